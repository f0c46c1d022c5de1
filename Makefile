# keywitness: what a person or CI runs. Plain `make` lists the targets.
#
# PYTHON is the interpreter for the environment in .venv: make test PYTHON=python3.12

PYTHON ?= python3
VENV := .venv
READY := $(VENV)/.ready
BIN := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help demo test lint format types docs bench fuzz clean browser azurite java

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(READY) ## triage the example company's logs; the report is demo-out/report.html
	@$(BIN)/keywitness triage examples/company/logs --context examples/company/context --out demo-out

test: $(READY) browser azurite java ## run all tests
	@$(BIN)/pytest -n auto -q

lint: $(READY) ## check style and formatting
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet . || { echo "lint: not formatted; 'make format' does it:"; $(BIN)/ruff format --check .; }
	@echo "lint: clean"

format: $(READY) ## format the code and apply the safe fixes
	@$(BIN)/ruff check --fix --quiet . || true
	@$(BIN)/ruff format .

types: $(READY) ## check all types, strictly
	@$(BIN)/mypy

docs: $(READY) ## write the pages that come from data, and check that all docs are true
	@$(BIN)/python docs/build.py
	@$(BIN)/pytest -q tests/house/test_docs.py

bench: $(READY) ## measure reading and triage on this machine
	@test -f bench/run.py || { echo "bench: this tree has no benchmark yet (bench/run.py)"; exit 1; }
	@$(BIN)/python bench/run.py

fuzz: $(READY) ## feed the readers many damaged logs (minutes)
	@KEYWITNESS_FUZZ=20000 $(BIN)/pytest -q tests/readers/test_fuzz.py tests/readers/test_compiled.py

clean: ## remove what the other targets made, except .venv
	@rm -rf demo-out build dist .hypothesis .mypy_cache .pytest_cache .ruff_cache
	@find src tests bench examples -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true

# The environment is built again only when what it holds has changed, so a second run needs no network.
$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "keywitness needs Python 3.11 or newer, and '$(PYTHON)' is not: $$($(PYTHON) --version 2>/dev/null || echo not found)."; \
	  echo "Name a newer one: make PYTHON=python3.12"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "'$(PYTHON)' has no venv module. On Debian and Ubuntu: apt-get install python3-venv"; exit 1; }
	@echo "setting up $(VENV) (once; about a minute)"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@touch $@

# Browser tests skip themselves without a browser; this says so first, or installs one where it may.
BROWSERS := chromium chromium-browser google-chrome /Applications/Chromium.app/Contents/MacOS/Chromium
AS_ROOT := $(shell test "$$(id -u)" = 0 || echo sudo -n)

browser:
	@for name in $(BROWSERS); do command -v $$name >/dev/null && exit 0; done; \
	if ! command -v apt-get >/dev/null; then \
	  echo "browser tests are skipped: no Chromium here and no apt-get to install it (macOS: brew install --cask chromium)"; \
	elif ! $(AS_ROOT) true 2>/dev/null; then \
	  echo "browser tests are skipped: no Chromium here, and to install it needs root (sudo apt-get install chromium)"; \
	else \
	  echo "installing Chromium for the browser tests (once)"; \
	  { $(AS_ROOT) apt-get -qq update && $(AS_ROOT) apt-get -qq install -y chromium; } >/dev/null 2>&1 </dev/null \
	    || echo "browser tests are skipped: apt-get could not install chromium"; \
	fi

# A server of Azure's blobs, for the tests of object storage; it comes by npm alone, and they skip themselves without it.
AZURITE := $(VENV)/azurite

azurite: $(READY)
	@test -x $(AZURITE)/node_modules/.bin/azurite-blob && exit 0; \
	if ! command -v npm >/dev/null; then \
	  echo "tests of az:// are skipped: no npm here to install Azurite"; \
	else \
	  echo "installing Azurite for the tests of az:// (once)"; \
	  npm install --prefix $(AZURITE) --no-audit --no-fund --loglevel=error azurite@3.35.0 >/dev/null 2>&1 </dev/null \
	    || { rm -rf $(AZURITE); echo "tests of az:// are skipped: npm could not install Azurite"; }; \
	fi

# Tests of Spark skip themselves without Java, likewise.
java:
	@if java -version >/dev/null 2>&1; then exit 0; fi; \
	if ! command -v apt-get >/dev/null; then \
	  echo "Spark tests are skipped: no Java here and no apt-get to install it (macOS: brew install openjdk@17)"; \
	elif ! $(AS_ROOT) true 2>/dev/null; then \
	  echo "Spark tests are skipped: no Java here, and to install it needs root (sudo apt-get install default-jre-headless)"; \
	else \
	  echo "installing Java for the Spark tests (once)"; \
	  { $(AS_ROOT) apt-get -qq update && $(AS_ROOT) apt-get -qq install -y default-jre-headless; } >/dev/null 2>&1 </dev/null \
	    || echo "Spark tests are skipped: apt-get could not install default-jre-headless"; \
	fi
