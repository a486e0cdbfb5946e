# Tandem's commands. `make` alone lists them.
.DEFAULT_GOAL := help
.PHONY: help run dev ui ui-test api-types screenshots test test-fast browser simulate mutants chaos soak format lint types imports tests coverage schemas install clean
MAKEFLAGS += --no-print-directory

VENV := .venv
BIN := $(VENV)/bin
# The newest Python in the path that is new enough; PYTHON=... overrules it.
PYTHON ?= $(shell for name in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	"$$name" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && { echo "$$name"; break; }; done)
# A stamp carries the sum of what it stands for, so an install happens only when that changed.
sum = $(shell cat $(1) 2>/dev/null | cksum | tr ' ' -)
RUNTIME := $(VENV)/.runtime-$(call sum,requirements.txt)
TOOLS := $(VENV)/.tools-$(call sum,requirements.txt requirements-dev.txt)
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-virtualenv

help: ## List the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk 'BEGIN {FS = ":.*## "} {printf "  make %-10s %s\n", $$1, $$2}'

run: $(RUNTIME) ## Run Tandem: paper trading, or live where config/accounts_config.json exists (Ctrl-C stops)
	@exec $(BIN)/python run.py

test: $(TOOLS) lint types imports schemas ui-test tests coverage ## Everything CI runs: format, lint, types, imports, schemas, dashboard, every test, coverage

test-fast: $(TOOLS) ## The inner loop: unit and property tests, in seconds
	@$(BIN)/pytest -q -n 2 -m "not process" tests/unit tests/property

# The dashboard. Its built form is committed, so running Tandem needs no Node; changing it does.
NPM := npm --prefix frontend --no-update-notifier --no-fund --no-audit
NODE_MODULES := frontend/node_modules/.installed-$(call sum,frontend/package-lock.json)

dev: $(NODE_MODULES) ## The dashboard while it is written, on http://localhost:3000 (beside `make run`)
	@$(NPM) run dev

ui: $(NODE_MODULES) ## Build the dashboard into static/app
	@$(NPM) run build

ui-test: $(TOOLS) $(NODE_MODULES) ## The dashboard's types, style and unit tests; is static/app what the source builds?
	@$(NPM) run check
	@$(NPM) test
	@$(NPM) run build
	@git diff --exit-code --stat -- static/app && test -z "$$(git status --porcelain -- static/app)" \
		|| { echo "static/app is not what frontend/ builds: run make ui and commit both."; exit 1; }

api-types: $(TOOLS) ## Write the TypeScript types of what server and page exchange
	@$(BIN)/python -m app.web.typescript frontend/src/api/types.ts

screenshots: $(TOOLS) browser ## Pictures of the dashboard with fixed data, into data/screenshots (and those of the documents)
	@$(BIN)/python -m tests.screenshots

chaos: $(TOOLS) ## Real processes killed and paused under faults while orders are copied (KILLS=30 ORDERS=150)
	@$(BIN)/python -m tests.chaos --kills $(KILLS) --orders $(ORDERS)

# The long run: what `make test` does in minutes, ten times over. About an hour on two cores.
soak: $(TOOLS) browser ## The long run: 5,000 simulated days, all planted bugs, 200 kills, 2,000 races, 1,000 drops
	@$(BIN)/python -m tests.simulation --seeds 5000
	@$(BIN)/python -m tests.simulation --stage 'two days' --seeds 500
	@$(BIN)/python -m tests.simulation.mutants
	@$(BIN)/python -m tests.chaos --kills 200 --orders 600
	@$(BIN)/python -m tests.chaos.hour --orders 600
	@$(BIN)/python -m tests.races --races 2000
	@$(BIN)/python -m tests.drops --drops 1000

format: $(TOOLS) ## Put all sources into the house format
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

lint: $(TOOLS) ## Format and style, checked only
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .

types: $(TOOLS) ## mypy, strict
	@$(BIN)/mypy

imports: $(TOOLS) ## Who may import whom (import-linter)
	@$(BIN)/lint-imports --no-logo

schemas: $(TOOLS) ## Are config/*.schema.json what the code reads?
	@$(BIN)/pytest -q tests/architecture/test_config_schemas.py

# A skipped browser test is no test, so a missing browser is installed (Debian, as root) or asked for.
browser:
	@command -v "$${CHROMIUM:-chromium}" >/dev/null || { test "$$(id -u)" = 0 && command -v apt-get >/dev/null \
		&& apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null; } \
		|| { echo "The page is tested in Chromium, which is missing: install Debian's package chromium, or set CHROMIUM to its path."; exit 1; }

# The simulation and the two hundred strange answers run uncounted: tracing their millions of steps would take
# minutes and add nothing to the coverage.
# Tests that start programs mostly wait for them; three files at a time, each in its own order, keep two cores busy.
tests: $(TOOLS) browser
	@rm -f .coverage .coverage.*
	@$(BIN)/pytest -q -n 2 -m "not process" --ignore tests/simulation --ignore $(STRANGE) --cov --cov-report=
	@$(BIN)/pytest -q $(STRANGE)
	@$(BIN)/pytest -q -n 2 -m "not process" tests/simulation
	@$(BIN)/pytest -q -n 3 --dist loadfile -m process --durations=25 --cov --cov-append --cov-report=

STRANGE := tests/integration/test_strange_answers.py
SEEDS ?= 500
KILLS ?= 30
ORDERS ?= 150
simulate: $(TOOLS) ## Trading days under faults and crashes on a virtual clock (SEEDS=500)
	@$(BIN)/python -m tests.simulation --seeds $(SEEDS)

mutants: $(TOOLS) ## Plant bugs in our own code and count the simulated days until each is caught
	@$(BIN)/python -m tests.simulation.mutants

coverage: $(TOOLS) ## Judge the last full test run: domain and ports 100 %, engine 95 %, all 90 %
	@$(BIN)/coverage report --include='app/domain/*,app/ports/*' --fail-under=100
	@$(BIN)/coverage report --include='app/engine/*' --fail-under=95
	@$(BIN)/coverage report --format=total --fail-under=90

install: $(RUNTIME) ## Make .venv and install what running needs, no more

clean: ## Remove .venv and what tools left behind; data/ and config/ stay
	@rm -rf $(VENV) .coverage .coverage.* .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -not -path './data/*' -prune -exec rm -rf {} +

$(NODE_MODULES): frontend/package-lock.json
	@command -v npm >/dev/null || { echo "The dashboard is built with Node 20.19 or newer and npm, which are missing."; exit 1; }
	@echo "Installing what frontend/package-lock.json names ..."
	@cd frontend && npm ci --no-update-notifier --no-fund --no-audit
	@touch $@

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Tandem needs Python 3.11 or newer with its venv module, and found none."; \
	echo "Install it (Debian, Ubuntu: apt install python3 python3-venv; macOS: brew install python3),"; \
	echo "or name it: make $(MAKECMDGOALS) PYTHON=/path/to/python3"; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Tandem needs Python 3.11 or newer; PYTHON is " + sys.version)'
	@echo "Making $(VENV) with $$($(PYTHON) --version) ..."
	@$(PYTHON) -m venv --clear $(VENV)

$(RUNTIME): | $(BIN)/python
	@echo "Installing what requirements.txt names ..."
	@$(PIP) -r requirements.txt
	@rm -f $(VENV)/.runtime-* && touch $@

$(TOOLS): | $(BIN)/python
	@echo "Installing what requirements-dev.txt names ..."
	@$(PIP) -r requirements-dev.txt
	@rm -f $(VENV)/.tools-* $(VENV)/.runtime-* && touch $@ $(RUNTIME)
