#!/usr/bin/env bash
# Makes the built site ready and serves it in the foreground.   HOST=… PORT=… run.sh
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
.venv/bin/python manage.py prepare_site
exec .venv/bin/python manage.py serve --host "${HOST:-127.0.0.1}" --port "${PORT:-8000}"
