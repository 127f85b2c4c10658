# 村站通: what one does every day. `make` alone explains itself.
.DEFAULT_GOAL := help
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules --no-print-directory

PY := .venv/bin/python
COUNTY ?= 140926
# For trying one thing: make test TESTS=tests/policy
TESTS ?= tests
SOURCES := server miniapp_api desk wsgi.py tools bench tests

.PHONY: help setup run test check fix bench vendor map drill clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' Makefile

setup: .make/run vendor ## what running needs: .venv, packages, browser libraries

run: setup ## start 静乐县 at http://127.0.0.1:8000 (NO_DEMO=1: without demonstration activity)
	@exec $(PY) -m server run --county $(COUNTY) $(if $(NO_DEMO),,--demo)

test: .make/dev .make/browser vendor check ## everything: check, then all tests on both engines
	@$(PY) -m pytest -n 2 --dist loadfile $(TESTS)

check: .make/dev ## the quick looks: lint, types, who imports whom, map, house tests
	@$(PY) -m ruff check -q $(SOURCES)
	@$(PY) -m ruff format -q --check $(SOURCES)
	@$(PY) -m mypy --no-error-summary
	@.venv/bin/lint-imports --no-logo >.make/imports.log || { cat .make/imports.log; exit 1; }
	@$(PY) tools/map.py --check
	@$(PY) -m pytest -q tests/test_house.py

fix: .make/dev ## let the tools mend what they can: format, imports, map
	@$(PY) -m ruff check -q --fix $(SOURCES)
	@$(PY) -m ruff format -q $(SOURCES)
	@$(PY) tools/map.py

bench: .make/dev vendor ## measure, each figure beside its ceiling in the same run
	@$(PY) -m bench

vendor: .make/run ## fetch the browser libraries, if web/vendor is not right already
	@$(PY) tools/vendor.py

map: .make/run ## draw docs/architecture.md anew from the modules' first sentences
	@$(PY) tools/map.py

drill: .make/dev ## break running processes on purpose and see them come back
	@$(PY) -m pytest -q -m drill tests/drills

clean: ## remove what set-up made (not the data in instance/)
	rm -rf .venv .make web/vendor .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(PY):
	@tools/setup.sh venv

.make/run: $(PY) requirements.txt constraints.txt
	@mkdir -p .make
	@tools/setup.sh pip requirements.txt
	@touch $@

.make/dev: .make/run requirements-dev.txt
	@tools/setup.sh pip requirements-dev.txt
	@touch $@

# Not a real stamp: another user may have removed Chromium since. Looking costs nothing.
.PHONY: .make/browser
.make/browser:
	@tools/setup.sh browser
