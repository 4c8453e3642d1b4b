# The front door: setup, demo, test, check, loadtest, console. Needs Python >= 3.11, make, git.
SHELL := /bin/bash
# The first that runs and is new enough: a name on PATH may be a shim without a Python behind it.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV   := .venv
BIN    := $(VENV)/bin
STAMPS := $(VENV)/.stamps
CONSOLE_SOURCES := $(shell find dispatch/console -path '*/node_modules' -prune -o -path '*/dist' -prune -o -path '*/public/geodata*' -prune -o -type f -print 2>/dev/null)
GEODATA_SOURCES := hatch_build.py deploy/geodata.py
MAP_SOURCES     := $(GEODATA_SOURCES) deploy/map_data.py deploy/place_names.py

# Sources are compiled once, not by each of the hundred processes that the tests start.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup demo test fuzz check openapi loadtest console docs lock clean
help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed; name it: make PYTHON=..." >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV)

$(STAMPS)/run: requirements/demo.txt pyproject.toml | $(VENV)/bin/python
	@echo "installing locked dependencies ..." >&2
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/demo.txt >&2
	@MSA_SKIP_CONSOLE=1 MSA_SKIP_GEODATA=1 $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e . >&2
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/dev: requirements/dev.txt $(STAMPS)/run
	@echo "installing locked development dependencies ..." >&2
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt >&2
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/console: $(STAMPS)/run $(CONSOLE_SOURCES) $(MAP_SOURCES)
	@echo "building the console ..." >&2
	@$(BIN)/python hatch_build.py --console >&2
	@touch $@

$(STAMPS)/geodata: $(STAMPS)/run $(GEODATA_SOURCES)
	@echo "deriving the areas of the centres ..." >&2
	@$(BIN)/python hatch_build.py --geodata >&2
	@touch $@

setup: $(STAMPS)/dev $(STAMPS)/console $(STAMPS)/geodata ## everything for development, in .venv

demo: $(STAMPS)/run $(STAMPS)/console $(STAMPS)/geodata ## a press from a virtual button to a console; DEMO_ARGS='--once --json'
	@$(BIN)/msa demo $(DEMO_ARGS)

test: setup ## all tests, on real PostgreSQL, Bluetooth, sockets and browser
	@$(BIN)/python deploy/ensure_chromium.py
	@$(BIN)/python deploy/ensure_tools.py
	@$(BIN)/python deploy/beside.py "$(BIN)/python hatch_build.py --test" \
		"$(BIN)/python -m pytest -n 4 --dist worksteal --durations 20 --durations-min 5 -m 'not alone' $(TEST_ARGS)"
	@$(BIN)/python -m pytest -n 2 --dist worksteal --durations 20 --durations-min 5 -m alone $(TEST_ARGS)

openapi: setup ## hold a running gateway to its OpenAPI document, with many more drawn requests than the tests
	MSA_OPENAPI_DRAWN=50 $(BIN)/python -m pytest -q tests/acceptance/test_openapi.py

fuzz: setup ## coverage-guided fuzzing of what reads bytes from outside, FUZZ_SECONDS=60 each; needs the extra fuzz
	@mkdir -p tests/artifacts
	@for one in dc09 scaip; do \
		$(BIN)/python -m tests.fuzz.$$one -max_total_time=$(or $(FUZZ_SECONDS),60) -artifact_prefix=tests/artifacts/ || exit 1; done

check: setup ## ruff, mypy, import-linter, svelte-check, lock-file and address greps
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	.ci/greps
	@$(BIN)/python deploy/beside.py "$(BIN)/python hatch_build.py --check" "$(BIN)/mypy"

loadtest: $(STAMPS)/dev $(STAMPS)/geodata ## latency and throughput at 10, 100 and 500 consoles; LOADTEST_ARGS=...
	$(BIN)/msa loadtest $(LOADTEST_ARGS)

console: $(STAMPS)/console ## build the console only

docs: $(STAMPS)/dev ## write the generated parts of docs/ anew
	$(BIN)/python deploy/generated_docs.py

lock: $(STAMPS)/dev ## write requirements/*.txt anew from pyproject.toml
	$(BIN)/python deploy/lock.py

clean: ## remove what was built
	rm -rf $(VENV) dispatch/static gateway/geodata dispatch/console/dist dispatch/console/public/geodata dispatch/console/node_modules .msa
