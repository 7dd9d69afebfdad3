#!/usr/bin/env bash
# `make run`: environment, then one Python process that prepares the database and becomes the server.
set -eu
cd "$(dirname "$0")/.."
. deploy/venv.sh requirements.txt
exec .venv/bin/python -m contest.serve
