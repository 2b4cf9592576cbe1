# Everything a person does here, by name. `make` alone lists it. Needs GNU make and Python 3.11 or newer; nothing else.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.SILENT:

PYTHON ?= python3
PORT ?= 8000
# Where the demonstration keeps its database, keys and files.
export SANFUWU_DATA_DIR ?= $(CURDIR)/.data
# The demonstration, made once by `make setup` and copied into an empty data directory.
export SANFUWU_DEMO_CACHE ?= $(CURDIR)/.prepared
# Where the tests keep theirs: never the demonstration's.
TEST_DATA := $(CURDIR)/.test-data
BIN := $(CURDIR)/.venv/bin
WORKERS ?= 2
export PYTHONUTF8 = 1
# Some machines forbid Python to keep what it has compiled: every program would then compile the whole of itself again.
unexport PYTHONDONTWRITEBYTECODE

help: ## list what can be done
	awk 'BEGIN {FS = ":.*## "} /^[a-z0-9-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## make .venv with everything in it (the first time some minutes, then nothing)
	$(PYTHON) tools/setup.py $(if $(filter file,$(origin PYTHON)),--fastest)

demo: setup ## the platform with a first slice of 上虞, February 2019; Ctrl-C stops it all (PORT=8000)
	exec $(BIN)/sanfuwu demo --port $(PORT)

test: setup test-system check ## everything that can be tested here, browser included
	SANFUWU_DATA_DIR=$(TEST_DATA) $(BIN)/python -m pytest -n $(WORKERS) --dist worksteal -m "not faults"

test-fast: setup ## rules, ledger, actions, policies, queries: under two minutes
	SANFUWU_DATA_DIR=$(TEST_DATA) $(BIN)/python -m pytest -n $(WORKERS) -m "not browser and not slow and not faults"

test-faults: setup ## kill -9 of web process, worker and database under load
	SANFUWU_DATA_DIR=$(TEST_DATA) $(BIN)/python -m pytest -n 0 -m faults

test-pg15: setup ## the tests on Debian's PostgreSQL 15, in a private cluster on loopback
	tools/pg15.sh $(BIN)/python -m pytest -n $(WORKERS) -m "not browser and not faults"

test-system: ## what tests need from the system: Chromium and a Chinese typeface
	tools/system_packages.sh

check: setup ## lint, types, templates, messages, import arrows
	$(BIN)/python tools/check.py

format: setup ## format Python
	$(BIN)/ruff format . && $(BIN)/ruff check --fix --quiet .

bench: setup ## the measured figures, beside raw PostgreSQL; into benchmarks/results/
	$(BIN)/python -m benchmarks

assets: setup ## build the front end again
	$(BIN)/python tools/front_end.py

messages: setup ## collect messages from the code into the catalogues, and compile them
	$(BIN)/python tools/messages.py update

docs: setup ## draw the lifecycle tables into docs/
	$(BIN)/sanfuwu lifecycle

wheel: setup ## build dist/sanfuwu-*.whl and look into it
	$(BIN)/python -m build --wheel --no-isolation --outdir dist . >/dev/null
	$(BIN)/python tools/wheel_contents.py dist

lock: setup ## pin every package anew, by hash and without any address
	tools/lock.sh

clean: ## remove what was made, but never data
	rm -rf .venv .prepared .setup.log .setup.lock dist build frontend/node_modules src/sanfuwu/web/static/dist
	rm -rf .ruff_cache .mypy_cache .pytest_cache .import_linter_cache
	find src tools tests benchmarks -name __pycache__ -prune -exec rm -rf {} + 2>/dev/null || true

.PHONY: help setup demo test test-fast test-faults test-pg15 test-system check format bench assets messages docs wheel lock clean
