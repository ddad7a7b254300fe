#!/usr/bin/env bash
# Installs the locked Python packages into .venv.   python_packages.sh run|test
# Every file is checked against its hash, wherever this machine's pip is set up to get it from.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
lock=requirements/$1.lock

python=${PYTHON:-python3}
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
  echo "SIDFlow needs Python 3.11 or newer; $python is $("$python" --version). Name another with PYTHON=." >&2
  exit 1
}
# A folder that was moved or whose Python is gone is made anew.
.venv/bin/python -c 'import pip' 2>/dev/null || "$python" -m venv --clear .venv
pip=(.venv/bin/python -m pip)
"${pip[@]}" install --quiet --disable-pip-version-check --require-hashes --requirement requirements/installer.lock

# uv is several times faster than pip and does not read pip's configuration: hand it the parts that matter.
setting() { "${pip[@]}" config get "global.$1" 2>/dev/null || true; }
index=${PIP_INDEX_URL:-$(setting index-url)}
certificate=${PIP_CERT:-$(setting cert)}
[ -z "$index" ] || export UV_DEFAULT_INDEX=${UV_DEFAULT_INDEX:-$index}
[ -z "$certificate" ] || export SSL_CERT_FILE=${SSL_CERT_FILE:-$certificate}
.venv/bin/uv pip install --quiet --python .venv/bin/python --require-hashes --requirement "$lock" 2>.build/uv.log || {
  echo "uv could not install the Python packages (.build/uv.log says why); trying pip, which is slower."
  "${pip[@]}" install --quiet --disable-pip-version-check --require-hashes --requirement "$lock"
}
