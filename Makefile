# Two commands set everything up on a fresh machine: `make play` and `make test`.
VENV := .venv
PYTHON ?= python3
BIN := $(VENV)/bin
RUNTIME := $(VENV)/.runtime
DEV := $(VENV)/.dev

.PHONY: play serve test check bench clean help

help:
	@echo "make play    a game in this terminal, now"
	@echo "make serve   host tables for others on port 1982"
	@echo "make test    every check and test"
	@echo "make check   style and types only"
	@echo "make bench   engine and server benchmarks"

play: $(RUNTIME)
	@$(BIN)/rachel play

serve: $(RUNTIME)
	@$(BIN)/rachel serve

test: check
	$(BIN)/python -m pytest

check: $(DEV)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(DEV)
	$(BIN)/python benchmarks/engine.py
	$(BIN)/python benchmarks/server.py

clean:
	rm -rf $(VENV) dist build

$(VENV)/bin/python:
	@./scripts/make-venv $(PYTHON) $(VENV)

$(RUNTIME): $(VENV)/bin/python pyproject.toml
	$(BIN)/python -m pip install --quiet --editable '.[server]'
	@touch $@

# Dependency groups need pip 25.1; a fresh Debian's is older.
$(DEV): $(RUNTIME) pyproject.toml
	$(BIN)/python -m pip install --quiet --upgrade 'pip>=25.1'
	$(BIN)/python -m pip install --quiet --group dev
	@touch $@
