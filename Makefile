# What can I do here? `make help` lists it. Each step runs only when something that it reads has changed.

HOST ?= 127.0.0.1
PORT ?= 8000
PY := .venv/bin/python

.DEFAULT_GOAL := help
.PHONY: help run test check bench build engine prepared prepared-for-tests clean
.DELETE_ON_ERROR:
.NOTPARALLEL:

help: ## list what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /\1|/' | awk -F'|' '{printf "  make %-8s %s\n", $$1, $$2}'
	@echo "  Variables: HOST and PORT (make run), PYTHON (which Python makes .venv), CHROMIUM (browser of the tests)."

run: build ## install what is missing, build, and serve http://127.0.0.1:8000/ until Ctrl-C
	@HOST='$(HOST)' PORT='$(PORT)' scripts/run.sh

build: engine .build/static.stamp ## install what is missing and build everything; start nothing

check: prepared-for-tests ## the fast part of the tests: format, lint, types, arrows, migrations, docs
	@scripts/check.sh

test: ## everything that must hold, also on PostgreSQL and Redis and in a browser
	@scripts/test.sh

bench: prepared-for-tests ## one line per figure: name, value, unit
	@scripts/bench.sh

clean: ## remove what was built; keep data/, .venv and node_modules
	rm -rf .build staticfiles static/dist
	[ ! -f engine/Makefile ] || $(MAKE) -s -C engine clean

prepared-for-tests: .build/apt-test.stamp .build/python-test.stamp build

.build:
	@mkdir -p $@

.build/apt-run.stamp: apt-packages.txt scripts/apt_packages.sh | .build
	@scripts/apt_packages.sh run
	@touch $@

.build/apt-test.stamp: apt-packages.txt scripts/apt_packages.sh | .build
	@scripts/apt_packages.sh test
	@touch $@

# .venv may have been removed or the tree copied: its own marks say what is in it.
.venv/run.stamp: requirements/run.lock requirements/installer.lock scripts/python_packages.sh | .build/apt-run.stamp
	@echo "Installing Python packages"
	@scripts/python_packages.sh run
	@touch $@

.build/python-test.stamp: requirements/test.lock .venv/run.stamp
	@scripts/python_packages.sh test
	@touch $@

node_modules/.stamp: package.json package-lock.json scripts/npm_packages.sh | .build/apt-run.stamp
	@echo "Installing npm packages"
	@scripts/npm_packages.sh
	@touch $@

# The engine's own Makefile knows what is old.
engine: .venv/run.stamp
	@$(MAKE) -s -C engine -j2 native wasm PYTHON='$(abspath $(PY))'

FRONT_END := $(shell find frontend -type f 2>/dev/null) package.json
static/dist/.stamp: $(FRONT_END) node_modules/.stamp | engine
	@node frontend/build.mjs
	@touch $@

# What esbuild writes stands behind its stamp: its chunks have other names after every change.
STATIC := $(shell find static -type f -not -path 'static/dist/*' 2>/dev/null) $(wildcard static/dist/engine.wasm)
.build/static.stamp: static/dist/.stamp $(STATIC) .venv/run.stamp | engine
	@scripts/collect_static.sh
	@touch $@
