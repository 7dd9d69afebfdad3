.PHONY: run install test lint bench
run:
	@bash deploy/start.sh
install:
	@bash -euc '. deploy/venv.sh requirements.txt'
test:
	@bash .ci/test.sh
lint:
	.venv/bin/ruff check . && .venv/bin/ruff format --check . && .venv/bin/mypy
bench:
	@for script in bench/bench_*.py; do .venv/bin/python $$script; done
