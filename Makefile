# Two commands set everything up on a fresh machine: `make play` and `make test`.
VENV := .venv
PYTHON ?= python3
BIN := $(VENV)/bin
# What is installed so far: for playing, for hosting, for working on Rachel.
PLAY := $(VENV)/.play
HOST := $(VENV)/.host
DEV := $(VENV)/.dev

SEEDS ?= 200

# What is tested a second time, compiled.
COMPILED := tests/test_form.py tests/rules tests/rubp tests/table tests/simulation \
	tests/server/test_session.py tests/server/test_tcp_games.py tests/server/test_crash.py

.PHONY: play serve test check simulate bench clean help

help:
	@echo "make play    a game in this terminal, now"
	@echo "make play ARGS=--plain           in lines of text, for screen readers"
	@echo "make serve   host tables for others on port 1982"
	@echo "make serve ARGS='--port 8080'    with options of rachel serve"
	@echo "make test    every check and test"
	@echo "make check   style and types only"
	@echo "make simulate SEEDS=200   evenings in virtual time, other ones each time"
	@echo "make bench   benchmarks, beside other servers and engines (docs/PERFORMANCE.md)"

play: $(PLAY)
	@$(BIN)/rachel play $(ARGS)

serve: $(HOST)
	@PYTHONPATH=$$(./scripts/compiled $(BIN)/python) exec $(BIN)/rachel serve $(ARGS)

test: check
	@./scripts/need-postgresql
	@./scripts/need-chromium
	@./scripts/need-openssh
	@./scripts/need-groff
	@./scripts/need-deploy-checkers
	@./scripts/need-compiler $(BIN)/python
	$(BIN)/python benchmarks/ratio.py
	$(BIN)/python -m pytest --numprocesses=2
	RACHEL_FORM=compiled PYTHONSAFEPATH=1 PYTHONPATH=$$(./scripts/compiled $(BIN)/python) \
		$(BIN)/python -m pytest --numprocesses=2 $(COMPILED)

check: $(DEV)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

simulate: $(DEV)
	$(BIN)/python tests/simulation/explore.py $(SEEDS)

bench: $(DEV)
	$(BIN)/python benchmarks/engine.py
	$(BIN)/python benchmarks/engines.py
	$(BIN)/python benchmarks/house.py
	$(BIN)/python benchmarks/server.py
	$(BIN)/python benchmarks/server.py --contenders echo,rachel-pure,rachel-compiled --connections 1000 --think 100
	$(BIN)/python benchmarks/first_card.py
	$(BIN)/python benchmarks/terminal.py

clean:
	rm -rf $(VENV) dist build

$(VENV)/bin/python:
	@echo "Setting up, once: this takes a minute or two..."
	@./scripts/make-venv $(PYTHON) $(VENV)

$(PLAY): $(VENV)/bin/python pyproject.toml
	@echo "Installing what Rachel needs..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable .
	@touch $@

$(HOST): $(PLAY) pyproject.toml
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[server]'
	@touch $@

# Dependency groups need pip 25.1; a fresh Debian's is older.
$(DEV): $(HOST) pyproject.toml
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --upgrade 'pip>=25.1'
	@$(BIN)/python -m pip install --quiet --group dev
	@touch $@
