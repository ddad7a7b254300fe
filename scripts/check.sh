#!/usr/bin/env bash
# The fast part of `make test`: what can be said about the code without running the site.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source scripts/stages.sh
bin=.venv/bin
python_sources=(core feedback hardware jobs models_registry playback sidflow_site tests scripts manage.py engine)

openapi_is_fresh() {
  $bin/python manage.py spectacular --validate --fail-on-warn --file .build/openapi.yaml || return 1
  diff -u docs/openapi.yaml .build/openapi.yaml || {
    echo "docs/openapi.yaml is old: .venv/bin/python manage.py spectacular --file docs/openapi.yaml"
    return 1
  }
}

deploy_check() {
  SIDFLOW_PRODUCTION=true SIDFLOW_ALLOWED_HOSTS=sidflow.example SIDFLOW_SECRET_KEY=$($bin/python -c \
    'import secrets; print(secrets.token_urlsafe(64))') \
    $bin/python manage.py check --deploy --fail-level WARNING
}

engine_format() {
  git ls-files -z 'engine/*.cpp' 'engine/*.h' 'tests/*.cpp' 'tests/*.h' |
    xargs -0 clang-format --style=file:engine/.clang-format --dry-run -Werror
}

types_of_javascript() {
  local all_well=0
  for environment in page worker worklet; do
    node_modules/.bin/tsc --noEmit -p "tsconfig.$environment.json" || all_well=1
  done
  return $all_well
}

stage "Python format" $bin/ruff format --quiet --check "${python_sources[@]}"
stage "Python lint" $bin/ruff check --quiet "${python_sources[@]}"
stage "Python types" $bin/mypy
stage "arrows between apps" $bin/lint-imports
stage "migrations match the models" $bin/python manage.py makemigrations --check --dry-run
stage "production settings" deploy_check
stage "API description is fresh" openapi_is_fresh
stage "engine format" engine_format
stage "JavaScript and CSS lint" node_modules/.bin/biome check --error-on-warnings .
stage "JavaScript types in page, worker and worklet" types_of_javascript
stage "documentation matches the code" $bin/python -m pytest -q -p no:randomly tests/docs
stages_end "make check: all well."
