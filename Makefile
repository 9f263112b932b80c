# Everything a developer types. `make` alone lists it.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory
PYTHON ?= python3
E2E ?= 1
B := .venv/bin
# Compiled modules are kept, whatever the surroundings say: a run of tests starts dozens of processes.
PYTHONDONTWRITEBYTECODE :=
export PYTHON E2E PYTHONDONTWRITEBYTECODE

CATALOGUES := $(patsubst %.po,%.mo,$(wildcard marketplace/translations/*/LC_MESSAGES/*.po))
PAGES := static/vendor/.stamp $(CATALOGUES)

.PHONY: help run test check fix seed shell migration bench torture screenshots pictures lighthouse browser \
	lint format types layers templates migrations squawk translations

help:  ## This list
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# For people

run: .venv/.run $(PAGES)  ## The whole site at http://127.0.0.1:8000 (a second copy: PORT=8010)
	@exec $(B)/python -m marketplace --end-with-parent

test: .venv/.test $(PAGES) browser  ## Every test (some: ARGS="tests/unit -k money"; no browser: E2E=0)
	@$(B)/python -m pytest -n auto $(if $(filter 0,$(E2E)),-m "not e2e") $(ARGS)

check: lint format types layers templates migrations squawk translations  ## Everything that reads the code and says no

fix: .venv/.test  ## What can be mended without thinking
	@$(B)/ruff check --quiet --fix . && $(B)/ruff format --quiet .

seed: .venv/.run $(CATALOGUES)  ## Fill an empty database with the demonstration, without the site
	@$(B)/python -m marketplace --prepare-only

shell: .venv/.run  ## A Python shell with the application and its database
	@$(B)/python -m marketplace exec $(B)/python -m flask --app marketplace.app shell

migration: .venv/.test  ## A new migration of what the models say: make migration NAME=pledge_receipt
	@$(B)/python tools/migrations.py new $(NAME)

bench: .venv/.test  ## Measure: make bench PROGRAM=territories
	@PYTHONPATH=. $(B)/python bench/$(or $(PROGRAM),$(error which? PROGRAM=$(subst $() ,|,$(basename $(notdir $(wildcard bench/*.py)))))).py $(ARGS)

torture: .venv/.test  ## Ten thousand lives of a campaign, with crashes: make torture [ARGS="10000 2"]
	@PYTHONPATH=.:tests $(B)/python bench/torture.py $(ARGS)
	@PERMUTATIONS=1000 $(B)/python -m pytest -q tests/faults/test_permutations.py

screenshots: .venv/.test browser  ## Every page of a running copy into var/screenshots: make screenshots [URL=… ARGS="--only feed-visitor"]
	@$(B)/python tools/screenshots.py $(or $(URL),http://127.0.0.1:8000) $(ARGS)

pictures: .venv/.test browser  ## Those of the README, from a running copy that nobody used yet: make pictures [URL=…]
	@$(B)/python tools/screenshots.py $(or $(URL),http://127.0.0.1:8000) --readme

lighthouse: .venv/.test tools/lighthouse/node_modules/.stamp browser  ## Lighthouse on a running copy: make lighthouse [URL=… ARGS="--runs 1"]
	@$(B)/python tools/lighthouse.py $(or $(URL),http://127.0.0.1:8000) $(ARGS)

# The parts of `make check`

lint: .venv/.test
	@$(B)/ruff check --quiet .

format: .venv/.test
	@$(B)/ruff format --quiet --check .

types: .venv/.test
	@$(B)/mypy --no-error-summary

layers: .venv/.test
	@$(B)/lint-imports --no-logo

templates: .venv/.test
	@$(B)/djlint --quiet --lint templates marketplace/sandbox/templates

migrations: .venv/.test
	@$(B)/python tools/migrations.py check

squawk: .venv/.test
	@$(B)/python tools/migrations.py squawk

translations: .venv/.test
	@$(B)/python tools/translations.py

# What they need; nothing is done twice

.venv/.run: requirements/run.txt
	@tools/setup.sh packages run

.venv/.test: requirements/test.txt .venv/.run
	@tools/setup.sh packages test

static/vendor/.stamp: package-lock.json tools/vendor.py marketplace/web/icons.py | .venv/.run
	@tools/setup.sh frontend

tools/lighthouse/node_modules/.stamp: tools/lighthouse/package-lock.json | .venv/.run
	@tools/setup.sh lighthouse

%.mo: %.po | .venv/.run
	@$(B)/python -m babel.messages.frontend --quiet compile --input-file=$< --output-file=$@

browser:
	@tools/setup.sh browser
