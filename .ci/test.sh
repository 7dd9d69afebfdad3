#!/usr/bin/env bash
# `make test`: its own set-up, then ruff, mypy and the whole suite on SQLite and on a temporary PostgreSQL.
set -euo pipefail
cd "$(dirname "$0")/.."
. deploy/venv.sh requirements-dev.txt

missing=()
command -v chromium >/dev/null 2>&1 || missing+=(chromium)
command -v ffmpeg >/dev/null 2>&1 || missing+=(ffmpeg)
ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing+=(postgresql)
if [ ${#missing[@]} -gt 0 ]; then
  if [ "$(id -u)" = 0 ]; then
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
  else
    echo "Cần cài thêm. Hãy gõ:  sudo apt-get install -y ${missing[*]}" >&2; exit 1
  fi
fi

# Databases and files of tests outlive no run, so they stand in memory where there is enough of it.
in_memory=""
forget_memory() { if [ -n "$in_memory" ]; then rm -rf "$in_memory"; fi; }
free=$(df --output=avail -k /dev/shm 2>/dev/null | tail -n 1 || true)
if [ "${free:-0}" -gt 4000000 ]; then
  in_memory=$(mktemp -d /dev/shm/kheo.XXXXXX)
  chmod 755 "$in_memory"
  export TMPDIR=$in_memory
  trap forget_memory EXIT
fi

.venv/bin/ruff check .
.venv/bin/ruff format --check --quiet .
.venv/bin/mypy --no-error-summary
echo "== SQLite"
.venv/bin/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder
echo "== PostgreSQL"
. .ci/postgres.sh
trap 'stop_postgres; forget_memory' EXIT
# Slow lines of the network know no database.
KHEO_TEST_DATABASE_URL=$postgres_url .venv/bin/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder tests/services tests/web tests/postgres tests/house/test_migrations.py --ignore=tests/services/test_patience.py
