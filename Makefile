# make help lists what there is. Everything runs from the pinned locks; nothing is downloaded after setup.

SHELL := bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup build test check bench docs clean

PYTHON ?= python3
VENV := .venv
LINT := .venv-lint
SPLINK := .venv-splink
BIN := $(VENV)/bin

# $(call install,environment,lock): uv where it is installed, since it is faster; else pip, a dot per package
define install
	if command -v uv > /dev/null; then \
		uv pip install --quiet --python $(1)/bin/python --no-deps --require-hashes -r $(2); \
	else \
		{ $(1)/bin/python -m pip install --disable-pip-version-check --no-deps --require-hashes -r $(2) \
			2> $(1)/install.log || { cat $(1)/install.log >&2; exit 1; }; } \
			| awk '/^(Collecting|Installing)/ {printf "."; fflush()} END {print ""}'; \
	fi
endef
# dbt starts in half the time from compiled files; some shells forbid Python to write them
define compile
	PYTHONDONTWRITEBYTECODE= $(1)/bin/python -m compileall -q -j 0 $(1)/lib > /dev/null 2>&1 || true
endef

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-6s  %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

build: $(VENV)/.installed ## the warehouse, from $CAP_BRONZE_PATH or from sample data
	@$(BIN)/cap build

test: check ## make check, then the tests
	@$(BIN)/python -m pytest

check: $(VENV)/.installed $(LINT)/.installed ## lint and the project's own rules
	@echo "· ruff";          $(BIN)/ruff check --quiet . && $(BIN)/ruff format --quiet --check .
	@echo "· yamllint";      $(BIN)/yamllint --strict .
	@echo "· sqlfluff";      $(BIN)/sqlfluff lint --disable-progress-bar --processes 2 -q models tests
	@echo "· dbt parse";     $(BIN)/dbt --quiet parse
	@echo "· dbt-bouncer";   said=$$($(LINT)/bin/dbt-bouncer run 2>&1) || { echo "$$said"; exit 1; }
	@echo "· project rules"; $(BIN)/python scripts/check_project.py

bench: $(VENV)/.installed $(SPLINK)/.installed ## three sizes built and measured, and Splink beside; half an hour, 10 GB
	@$(BIN)/cap bench
	@$(BIN)/cap identity bench

docs: build ## the documentation as one file
	@$(BIN)/dbt --quiet docs generate --static
	@echo "Documentation: $(CURDIR)/target/static_index.html"

setup: $(VENV)/.installed ## the environment, which the others make when they need it

clean: ## remove target/ and logs/; data/ and the environments stay
	rm -rf target logs

$(VENV)/.installed: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2> /dev/null || { \
		echo "This needs Python 3.11 or newer; «$(PYTHON)» is $$($(PYTHON) --version 2>&1 | head -1)." >&2; \
		echo "Give another: make PYTHON=/path/to/python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@echo "Setting up $(VENV), once, in a minute or two"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(call install,$(VENV),requirements.lock)
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps --no-index --no-build-isolation -e .
	@$(call compile,$(VENV))
	@touch $@

$(SPLINK)/.installed: requirements-splink.lock $(VENV)/.installed
	@echo "Setting up $(SPLINK), once"
	@test -x $(SPLINK)/bin/python || $(BIN)/python -m venv $(SPLINK)
	@$(call install,$(SPLINK),requirements-splink.lock)
	@touch $@

$(LINT)/.installed: requirements-lint.lock $(VENV)/.installed
	@echo "Setting up $(LINT), once"
	@test -x $(LINT)/bin/python || $(BIN)/python -m venv $(LINT)
	@$(call install,$(LINT),requirements-lint.lock)
	@$(call compile,$(LINT))
	@touch $@
