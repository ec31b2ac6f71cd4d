# Everything a fresh machine needs is done by the targets themselves: Python 3.11+ and a package index suffice.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: demo test torture quality lint types check clean
.DEFAULT_GOAL := test

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "searchidx needs Python 3.11 or later, $(PYTHON) is older; name another: make PYTHON=python3.12"; exit 2; }
	@echo "making $(VENV)"
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.run: setup.cfg pyproject.toml | $(BIN)/python
	@echo "installing searchidx into $(VENV)"
	@$(PIP) --editable .
	@touch $@

$(VENV)/.test: setup.cfg pyproject.toml | $(BIN)/python
	@echo "installing searchidx and what its tests need into $(VENV)"
	@$(PIP) --editable '.[test]'
	@touch $(VENV)/.run $@

$(VENV)/.dev: $(VENV)/.test
	@echo "installing ruff and mypy into $(VENV)"
	@$(PIP) --editable '.[test,dev]'
	@touch $@

demo: $(VENV)/.run  ## build the sample corpus and search it
	@PATH="$(CURDIR)/$(BIN):$$PATH" sh demo.sh

test: $(VENV)/.test  ## all tests but the long ones
	$(BIN)/python -m pytest -q -m "not torture"

torture: $(VENV)/.test  ## the long tests too
	$(BIN)/python -m pytest -q

quality: $(VENV)/.test  ## precision and recall of extraction; fails when a figure drops
	$(BIN)/python -m tests.quality

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev
	$(BIN)/mypy

check: test lint types

clean:
	rm -rf $(VENV) .demo-index build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache
