# What one does with this repository. `make` alone lists it all.

PYTHON ?= $(shell for python in python3.11 python3.12 python3.13 python3; do \
	$$python -c 'import sys, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
BIN := .venv/bin
INSTALLED := .venv/.installed
TOOLED := .venv/.tooled
# Tests wait for servers a quarter of their time and more: three left two cores idle for a seventh of it.
AT_ONCE := 4
# Modules are compiled when they are first imported; most of those of the packages never are.
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile
LOCKED := $(BIN)/uv pip compile pyproject.toml --generate-hashes --universal --python-version 3.11 --no-emit-index-url \
	--no-header --quiet
EXTRAS := $(addprefix --extra ,oauth postgres sql dkim metrics demo build)
LOCKS := requirements.lock tests/requirements.lock tests/bench/requirements.lock

.DEFAULT_GOAL := help
.PHONY: help install tools servers test demo lint format types soak eval train further refit bench audit-deps licences mutants fuzz lock clean

help: ## list what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: $(INSTALLED) ## .venv with exactly the packages of requirements.lock, and .venv/bin/mailbot

$(INSTALLED): requirements.lock
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer with venv is needed: sudo apt-get install python3-venv" >&2; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(PIP) --require-hashes -r requirements.lock
	$(PIP) --no-deps --no-build-isolation -e .
	@touch $@

tools: $(TOOLED) ## what tests, style and types need beside it

$(TOOLED): tests/requirements.lock $(INSTALLED)
	$(PIP) --require-hashes -r tests/requirements.lock
	@touch $@

test: tools ## the tests; those against real servers too, where these are installed
	$(BIN)/pytest -m "not soak" -n $(AT_ONCE) --dist worksteal

servers: ## unpack in .servers, without installing them, the mail servers that cannot stand beside Dovecot and Postfix
	tests/rig/unpack

demo: install ## see it work on made-up mail, without any server
	$(BIN)/mailbot demo

lint: tools ## style and formatting
	$(BIN)/ruff check
	$(BIN)/ruff format --check

format: tools ## put the code in its format
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

types: tools ## mypy --strict
	$(BIN)/mypy

soak: tools ## the long runs
	$(BIN)/pytest -m soak

eval: tools ## how well mails are sorted
	$(BIN)/python tests/bench/evaluate.py

train: tools ## make the sorting model anew from the labelled mails (hours on two cores; carries on where it was interrupted)
	$(PIP) --require-hashes -r tests/bench/requirements.lock
	OPENBLAS_NUM_THREADS=1 $(BIN)/python tests/bench/train.py

further: tools ## teach the network further files of mails: make further MAILS="xa xb" (a second for every five mails)
	$(PIP) --require-hashes -r tests/bench/requirements.lock
	OPENBLAS_NUM_THREADS=1 $(BIN)/python tests/bench/train.py --further $(MAILS)

refit: tools ## fit only the linear models of the sorter anew, beside its network (some minutes)
	$(PIP) --require-hashes -r tests/bench/requirements.lock
	OPENBLAS_NUM_THREADS=1 $(BIN)/python tests/bench/train.py --linear

bench: tools ## how fast and how large; parts by words: make bench PARTS="growth peer mailboxes"
	PYTHONPATH=tests $(BIN)/python tests/bench $(PARTS)

audit-deps: tools ## whether a package in the lock has a known hole
	$(BIN)/python tests/bench/audit_deps.py

licences: tools ## the licence of every package in the lock
	$(BIN)/python tests/bench/licences.py

mutants: tools ## mutate the core's rules one by one: which does a test not notice?
	PYTHONPATH=tests nice $(BIN)/python tests/bench/mutants.py --quick

fuzz: tools ## ten minutes of mails that no sender wrote
	PYTHONPATH=tests nice $(BIN)/python tests/fuzzing.py 10

lock: tools ## write the locks anew: the newest versions that pyproject.toml allows
	$(LOCKED) $(EXTRAS) --upgrade --output-file requirements.lock
	$(LOCKED) $(EXTRAS) --extra dev --constraint requirements.lock --upgrade --output-file tests/requirements.lock
	$(LOCKED) --extra train --constraint tests/requirements.lock --upgrade --output-file tests/bench/requirements.lock
	@! grep -nE '://|--index|--extra-index|--find-links|file:' $(LOCKS) || { echo "a lock names a host" >&2; exit 1; }

clean: ## throw away caches and builds (not .venv)
	rm -rf build .pytest_cache .hypothesis .mypy_cache .ruff_cache demo-out
	find . -name __pycache__ -not -path './.venv/*' -prune -exec rm -rf {} +
