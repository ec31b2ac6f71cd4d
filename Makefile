# Everything a fresh machine needs is done by the targets themselves: Python 3.11+ and a package index suffice.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip install --quiet --disable-pip-version-check

# print a command and run it from the virtual environment
show = printf '\n$$ %s\n' '$(1)' && $(BIN)/$(1)

.PHONY: demo test torture compiled quality relevance lint types check clean
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

$(VENV)/.bench: setup.cfg pyproject.toml | $(BIN)/python
	@echo "installing searchidx and the engines it is compared with into $(VENV)"
	@$(PIP) --editable '.[bench]'
	@touch $(VENV)/.run $@

demo: $(VENV)/.run  ## build the sample corpus and search it
	@$(call show,searchidx build corpus/ --index .demo-index)
	@$(call show,searchidx search self-supervised depth --index .demo-index -n 3 --facets)
	@$(call show,searchidx search contrastive learning --has-code --dataset ImageNet --index .demo-index -n 3)
	@printf '%s\n' '' 'The sample index is in .demo-index. To go on:' \
	  '  . $(VENV)/bin/activate' \
	  '  export SEARCHIDX_INDEX=.demo-index' \
	  "  searchidx search '\"knowledge distillation\" -vision' --explain" \
	  '  searchidx results ImageNet accuracy' \
	  "  searchidx search --metric 'accuracy>=80' --json" \
	  '  searchidx build YOUR-PAPERS.jsonl --index my.index'

test: $(VENV)/.test  ## all tests but the long ones
	$(BIN)/python -m pytest -q -m "not torture" -n auto

torture: $(VENV)/.test  ## the long tests too
	$(BIN)/python -m pytest -q

compiled: $(VENV)/.test  ## extraction as a wheel has it, compiled, held to its tests
	@echo "installing searchidx into build/compiled"
	@rm -rf build
	@$(PIP) --no-deps --upgrade --target build/compiled .
	@cd build/compiled && $(CURDIR)/$(BIN)/python -c 'import searchidx.extraction.reading as reading, sys; \
	  sys.exit(None if reading.__file__.startswith("$(CURDIR)/build/compiled/") and not reading.__file__.endswith(".py") \
	  else f"extraction was not compiled: {reading.__file__}")'
	cd build/compiled && $(CURDIR)/$(BIN)/python -m pytest -q -c $(CURDIR)/pyproject.toml --rootdir $(CURDIR) \
	  -m "not torture" -n auto $(CURDIR)/tests/test_extraction_*.py

quality: $(VENV)/.test  ## precision and recall of extraction; fails when a figure drops
	$(BIN)/python -m tests.quality

relevance: $(VENV)/.bench  ## ranking over test collections, beside other engines; fails when a figure drops
	$(BIN)/python -m tests.bench relevance

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.dev
	$(BIN)/mypy

check: test lint types

clean:
	rm -rf $(VENV) .demo-index build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache
