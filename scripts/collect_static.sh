#!/usr/bin/env bash
# Gathers static files under hashed names and compresses them, once, so that serving them costs nothing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
.venv/bin/python manage.py collectstatic --noinput --clear --verbosity 0
