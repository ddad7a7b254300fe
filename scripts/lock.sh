#!/usr/bin/env bash
# Pins every Python package that pyproject.toml asks for, with hashes. Run it after changing dependencies:
#   scripts/lock.sh            keeps pins that still fit
#   scripts/lock.sh --upgrade  takes the newest versions that fit
# The locks name packages, versions and hashes, and no registry.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
compile() {
  .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
    --annotation-style line "$@"
}
compile pyproject.toml --output-file requirements/run.lock "$@"
compile pyproject.toml --group dev --constraints requirements/run.lock --output-file requirements/test.lock "$@"
compile --group installer --output-file requirements/installer.lock "$@"
