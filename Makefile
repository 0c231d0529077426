# `make build` and `make test` are all the set-up there is, on a fresh Debian with Python too. Quick when nothing has changed.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Flags for pytest: `make test ARGS="-k routing -x"`.
ARGS ?=
# Programs of the environment come first, for recipes and for what tests start.
export PATH := $(CURDIR)/$(BIN):$(PATH)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help build test prove bench lock clean

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1\t\2/p' Makefile | expand -t 14

build: $(VENV)/.installed ## make the environment, install the project, build AutoWeave's artifacts
	@$(BIN)/python -m compileall -q monitoring_as_code
	$(BIN)/mac build

test: $(VENV)/.tools $(VENV)/.engines $(VENV)/.oracle ## every check: behaviour, types, style, layers, the real programs
	@$(BIN)/python -m compileall -q monitoring_as_code
	$(BIN)/python -m pytest -n auto $(ARGS)

prove: export MAC_PROVE = 1
prove: test ## the same checks, statistics over all cases instead of a seeded sample

bench: $(VENV)/.tools $(VENV)/.engines ## time and memory of `mac build` and `mac lint` beside their peers
	@$(BIN)/python -m compileall -q monitoring_as_code
	$(BIN)/python -m bench.build_and_lint $(ARGS)
	$(BIN)/python -m bench.dashboards
	$(BIN)/python -m bench.conform
	$(BIN)/python -m bench.instrument
	$(BIN)/python -m bench.middleware

lock: ## pin the newest of all that the tests need in requirements-test.txt
	scripts/lock $(PYTHON)

clean: ## remove the environment and all caches; build/ stays
	rm -rf $(VENV) dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.made:
	scripts/environment $(PYTHON) $(VENV)
	@touch $@

# PYTHONDONTWRITEBYTECODE may be set: pip compiles what it installs all the same, and the targets above compile our own.
$(VENV)/.installed: $(VENV)/.made pyproject.toml
	$(BIN)/python -m pip install -q --disable-pip-version-check -e .
	@touch $@

$(VENV)/.tools: $(VENV)/.made pyproject.toml requirements-test.txt
	$(BIN)/python -m pip install -q --disable-pip-version-check -r requirements-test.txt -e .
	@touch $@ $(VENV)/.installed

# Not fatal, and tried again as long as one is missing: the tests say what they could not run.
$(VENV)/.engines: scripts/engines
	@scripts/engines && touch $@ || true

# Grafana's own types and code, from npm. The same goes for it.
$(VENV)/.oracle: $(VENV)/.tools scripts/oracle $(addprefix tests/oracle/,.npmrc package.json package-lock.json schemas.mjs types.ts kubernetes.ts)
	@scripts/oracle $(BIN)/python $(VENV)/oracle && touch $@ || true
