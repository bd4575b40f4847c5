# One way in for each task. Nothing outside this folder is written.
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
INSTALLED := .venv/.installed
DEMO := demo
# The linter compiles the models (macros it cannot), for which dbt wants a database; an empty one
# will do.
LINT := build/lint
LINT_SQL := LOYALTY_WAREHOUSE=$(LINT) DBT_TARGET_PATH=$(LINT)/target
# No tool calls home.
export DO_NOT_TRACK := 1
export DBT_SEND_ANONYMOUS_USAGE_STATS := false
export PIP_DISABLE_PIP_VERSION_CHECK := 1

FAULTS ?= tests/faults
# Millions of orders, and the parts to measure (all).
SIZES ?= 1 10
PARTS ?=

.PHONY: help install demo test faults bench lint format docs semantic lock clean

help: ## what there is
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /  make \1\t/' | expand -t 18

install: $(INSTALLED) ## the environment, in .venv

$(INSTALLED): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || \
		{ echo "Python 3.11 or newer is needed: make install PYTHON=python3.11" >&2; exit 2; }
	$(PYTHON) -m venv .venv
	@# The lock is complete, so nothing is resolved: pip before 24 looks for sqlalchemy anew, and fails.
	$(BIN)/python -m pip install --quiet --no-cache-dir --require-hashes --no-deps -r requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation -e .
	$(BIN)/python -m loyalty.build.manifests
	@touch $@

demo: install ## synthetic data, one night, the scorecard
	$(BIN)/loyalty demo-data $(DEMO)/landing
	$(BIN)/loyalty run --source canonical=$(DEMO)/landing --warehouse $(DEMO)/warehouse
	@$(BIN)/loyalty scorecard --warehouse $(DEMO)/warehouse
	@echo "published file  $(CURDIR)/$(DEMO)/warehouse/loyalty.duckdb (open it read-only)"
	@echo "scorecard page  $(CURDIR)/$(DEMO)/warehouse/scorecard.html"
	@echo "gate results    $(CURDIR)/$(DEMO)/warehouse/data_docs/index.html"

test: install ## all tests
	$(BIN)/python -m pytest -n auto --dist loadfile

faults: install ## every promise of a night tried at full size; FAULTS=tests/faults/test_x.py for one
	LOYALTY_FAULTS=full $(BIN)/python -m pytest -n 2 --dist loadfile $(FAULTS)
	PYTHONPATH=tests $(BIN)/python -m faults.report

bench: install ## what it costs, beside the same work without it; SIZES="1 10 30 100" PARTS="load"
	$(BIN)/python -m bench --sizes $(SIZES) $(if $(PARTS),--parts $(PARTS))

lint: install ## ruff, layers of packages, portable SQL, sqlfluff, mypy
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/python -m loyalty.build.portability
	@mkdir -p $(LINT)/private
	$(LINT_SQL) $(BIN)/sqlfluff lint --processes 1 models tests/data
	$(BIN)/mypy

format: install ## let ruff and sqlfluff write what they can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .
	@mkdir -p $(LINT)/private
	$(LINT_SQL) $(BIN)/sqlfluff fix --processes 1 models tests/data

docs: install ## docs/marts.md and the published schema, from the contracts
	$(BIN)/python -m loyalty.catalogue.marts_docs

semantic: install ## MetricFlow's metrics, from the catalogue
	$(BIN)/python -m loyalty.catalogue.semantic

lock: ## pin anew what pyproject.toml asks for (needs uv)
	@command -v uv >/dev/null || { echo "uv is needed to lock: pip install uv" >&2; exit 2; }
	uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes \
		--no-strip-extras --no-header --output-file requirements.lock

clean: ## the environment, the demo and every tool's leavings
	rm -rf .venv $(DEMO) build target logs *.egg-info .mypy_cache .ruff_cache .import_linter_cache .pytest_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
