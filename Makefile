.PHONY: run test lint bench
run:
	@bash deploy/start.sh
test:
	@bash .ci/test.sh
lint:
	.venv/bin/ruff check . && .venv/bin/ruff format --check . && .venv/bin/mypy
bench:
	@for script in bench/bench_*.py; do .venv/bin/python $$script; done
