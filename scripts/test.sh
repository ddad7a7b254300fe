#!/usr/bin/env bash
# Everything that must hold. Needs only bash, make and Python to begin with: it installs the rest.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source scripts/stages.sh

make --no-print-directory prepared-for-tests || exit 1
pytest=(.venv/bin/python -m pytest -q --maxfail=50)

stage "make check" scripts/check.sh
stage "Python tests, engine and SQLite" "${pytest[@]}" -n 2 --dist loadgroup --ignore=tests/browser --ignore=tests/docs
stage "the database's tests again, on PostgreSQL and Redis" \
  .venv/bin/python -m tests.services "${pytest[@]}" -n 2 --dist loadgroup --only-services --ignore=tests/browser
stage "JavaScript tests" npm test --silent
stage "browser tests" "${pytest[@]}" tests/browser
stages_end "make test: all passed."
