# Every command of the project. `make` lists them.
.DEFAULT_GOAL := help
SHELL := /bin/bash
VENV := .venv
PY := $(VENV)/bin/python
export PYTHONPATH := $(CURDIR)
export PYTHONDONTWRITEBYTECODE := 1
RUN_STAMP := $(VENV)/.run.stamp
DEV_STAMP := $(VENV)/.dev.stamp

.PHONY: help demo demo-fresh check test test-unit test-sqlite test-postgresql test-parcours test-interop trust mutants bench \
	install install-run lock messages aipd screenshots format clean

help: ## List these commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

$(RUN_STAMP): requirements/run.txt
	@test -x $(PY) || python3 -m venv $(VENV)
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.txt
	@touch $@

$(DEV_STAMP): requirements/dev.txt
	@test -x $(PY) || python3 -m venv $(VENV)
	@$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $(RUN_STAMP) $@

install-run: $(RUN_STAMP) ## Install what running needs, in .venv
install: $(DEV_STAMP) ## Install what developing needs, in .venv

demo: $(RUN_STAMP) ## Play the main job, then leave the demonstration open (DEMO_EXIT=1: play, print, exit)
	@$(PY) -m simulateurs.demo

demo-fresh: $(RUN_STAMP) ## The same, from an empty database
	@$(PY) -m simulateurs.demo --fresh

check: $(DEV_STAMP) ## Lint, types, import contracts, laws, migrations, deployment checks
	@tests/outils/check.sh

test: $(DEV_STAMP) ## Everything: SQLite, PostgreSQL, journeys in Chromium, interop
	@tests/outils/test.sh all

test-unit: $(DEV_STAMP) ## Unit tests on SQLite, both cores
	@tests/outils/test.sh sqlite

test-postgresql: $(DEV_STAMP) ## Unit tests on a private PostgreSQL cluster
	@tests/outils/test.sh postgresql

test-parcours: $(DEV_STAMP) ## Journeys in a real browser
	@tests/outils/test.sh parcours

test-interop: $(DEV_STAMP) ## The protocol spoken with peers nobody here wrote
	@tests/outils/test.sh interop

trust: $(DEV_STAMP) ## The long campaigns, attacks and faults, written to trust-report.json (ONLY="R-03 R-13": these)
	@$(PY) -m tests.fiabilite $(ONLY)

mutants: $(DEV_STAMP) ## Take each protection away, and see which tests notice (docs/mutants.md; DATABASE_URL for the locks)
	@$(PY) -m tests.outils.mutants

bench: $(DEV_STAMP) ## Server CPU and queries per flow, written to bench/README.md
	@$(PY) -m bench.run

format: $(DEV_STAMP) ## Format Python and templates
	@$(VENV)/bin/ruff format -q . && $(VENV)/bin/ruff check -q --fix . ; git ls-files '*.html' | xargs -r $(VENV)/bin/djade --target-version 5.2

aipd: $(DEV_STAMP) ## Write docs/aipd.md from the tags of the models
	@$(PY) -m docs.aipd

screenshots: $(DEV_STAMP) ## Take the pictures of README.md and docs/guide-aidant.md
	@$(PY) -m docs.captures

lock: ## Compile the hashed locks from pyproject.toml (needs uv)
	@uv pip compile -q --no-header --generate-hashes pyproject.toml -o requirements/run.txt
	@uv pip compile -q --no-header --generate-hashes pyproject.toml --group dev -o requirements/dev.txt

clean: ## Remove what was built (never the demonstration's data: see demo-fresh)
	@rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis dist build staticfiles
