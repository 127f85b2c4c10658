# 村站通: what one does every day. `make` alone explains itself.
.DEFAULT_GOAL := help
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules --no-print-directory

PY := .venv/bin/python
COUNTY ?= 140926
# For trying one thing: make test TESTS=tests/policy
TESTS ?= tests
SOURCES := server miniapp_api desk wsgi.py tools bench tests
# Tests and drills start Python hundreds of times; each start would compile the house anew.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help setup run test check fix plain container-twice bench accuracy vendor map pictures drill fuzz browser lock sbom licences audit clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-8s %s\n", $$1, $$2}' Makefile

setup: .venv/.run vendor ## what running needs: .venv, packages, browser libraries

run: setup ## start 静乐县 at http://127.0.0.1:8000 (NO_DEMO=1: nothing made up; OPEN_DEMO=1: the demonstration open to other machines)
	@exec $(PY) -m server run --county $(COUNTY) $(if $(NO_DEMO),,--demo $(if $(OPEN_DEMO),--demo))

test: .venv/.dev browser vendor check ## everything: check, then all tests on both engines
	@# Four processes on two cores: browser tests and drills mostly wait. The house's own tests
	@# have just been run by check.
	@$(PY) -m pytest -n 4 --dist loadfile --no-loadscope-reorder \
		$(if $(filter tests,$(TESTS)),--ignore=tests/house --ignore=tests/test_house.py) $(TESTS)

check: .venv/.dev ## the quick looks: lint, types, who imports whom, map, house tests
	@$(PY) -m ruff check -q $(SOURCES)
	@$(PY) -m ruff format -q --check $(SOURCES)
	@$(PY) -m tools.old_phones
	@# Types on one core; who imports whom, and the house's tests, on the other.
	@$(PY) -m mypy --no-error-summary & types=$$!; \
		{ said=$$(.venv/bin/lint-imports 2>&1) || { echo "$$said"; false; }; } && \
		$(PY) -m pytest -q tests/test_house.py tests/house; rest=$$?; \
		wait $$types && exit $$rest

fix: .venv/.dev ## let the tools mend what they can: format, imports, map
	@$(PY) -m ruff check -q --fix $(SOURCES)
	@$(PY) -m ruff format -q $(SOURCES)
	@$(PY) tools/map.py

bench: .venv/.dev vendor ## measure, each figure beside its ceiling (KEEP=1: into bench/results.md)
	@$(PY) -m bench $(if $(KEEP),--keep)

accuracy: .venv/.dev ## how right the machine reads, finds doubles and judges photos (15 minutes)
	@tools/setup.sh fonts
	@$(PY) -m bench.accuracy

vendor: .venv/.run ## fetch the browser libraries, if web/vendor is not right already
	@$(PY) tools/vendor.py

map: .venv/.run ## draw docs/architecture.md anew from the modules' first sentences
	@$(PY) tools/map.py

pictures: .venv/.dev browser vendor ## take the pictures of the handbook and the READMEs anew
	@HANDBOOK=1 $(PY) -m pytest -q -m pictures tests/app tests/desk tests/journey tests/miniapp

drill: .venv/.dev browser ## some hours of cuts, power cuts, kills, full disks, restarts and old phones (DRILL_SEED=n repeats)
	@DRILL=long nice -n 10 $(PY) -m pytest -q tests/policy/hours/test_ways.py \
		tests/app/test_core_names.py tests/app/test_core_checks.py \
		tests/app/test_core_findings.py
	@DRILL=long nice -n 10 $(PY) -m pytest -q -m drill tests/drills tests/desk/test_largest_files.py tests/app/test_app_old_phones.py

fuzz: .venv/.dev ## half an hour of odd requests, forms and files, on both engines (make test tries a few)
	@FUZZ=long nice -n 10 $(PY) -m pytest -q tests/api/test_fuzzed.py tests/desk/test_fuzzed.py \
		tests/media/test_fuzzed_files.py

plain: ## the container's steps in a plain Debian root, where no container can run (root; 3 minutes)
	@tools/plain_root.sh

container-twice: ## the container's ground twice, compared file by file (root; 5 minutes)
	@tools/container_twice.sh

lock: .venv/.run ## write the lock files anew: every package of requirements and constraints, with all hashes
	@tools/setup.sh supply
	@$(PY) -m tools.supply lock

sbom: .venv/.run vendor ## what the house is made of, as CycloneDX JSON: build/sbom.json
	@tools/setup.sh supply
	@$(PY) -m tools.supply sbom

licences: .venv/.run vendor ## write docs/licences.md anew
	@$(PY) -m tools.supply licences

audit: .venv/.run ## known faults of the packages, or "not checked" where nobody can be asked
	@tools/setup.sh supply
	@$(PY) -m tools.supply audit

clean: ## remove what set-up made (not the data in instance/)
	rm -rf .venv web/vendor .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

# The stamps lie inside .venv, so that they go when it goes.
$(PY):
	@tools/setup.sh venv

.venv/.run: $(PY) requirements.lock
	@tools/setup.sh pip requirements.lock
	@touch $@

.venv/.dev: .venv/.run requirements-dev.lock
	@tools/setup.sh pip requirements-dev.lock
	@touch $@

# No stamp: somebody may have removed Chromium since, and looking costs little.
browser: .venv/.run
	@tools/setup.sh browser
	@$(PY) -m tools.old_phones
	@$(PY) -m tools.native_pages
