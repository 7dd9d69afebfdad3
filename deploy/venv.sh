# Makes .venv and installs a requirements file when it changed. Usage: source deploy/venv.sh FILE
python=""
for candidate in ${PYTHON:-} python3 python3.13 python3.12 python3.11; do
  if command -v "$candidate" >/dev/null 2>&1 &&
     "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then python=$candidate; break; fi
done
if [ -z "$python" ]; then echo "Cần Python 3.11 trở lên." >&2; exit 1; fi
if [ ! -x .venv/bin/pip ]; then
  if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    echo "Thiếu python3-venv. Hãy gõ:  sudo apt-get install -y python3-venv" >&2; exit 1
  fi
  "$python" -m venv .venv
fi
stamp=.venv/installed-$(basename "$1")
wanted=$(cat requirements.txt "$1" | sha256sum)
if [ "$(cat "$stamp" 2>/dev/null)" != "$wanted" ]; then
  echo "Đang cài các thư viện trong $1 …"
  .venv/bin/pip install --quiet --disable-pip-version-check -r "$1"
  echo "$wanted" > "$stamp"
fi
