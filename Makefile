# Everything that is done with this project by hand. Needed beforehand: Python 3.11 or newer with pip and venv, and make.

PYTHON ?= python3
ARGS ?=
BIN := .venv/bin
STAMP := .venv/.set-up
PACKAGES := proof law models cases edges flows web cli demo

.DEFAULT_GOAL := help
.PHONY: help setup demo up test check requirements clean

help: ## show this list
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' Makefile | expand -t 22

setup: $(STAMP) ## make .venv with the pinned packages and the command sansdelai

$(STAMP): requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo 'Python 3.11 or newer is needed. Name one: make setup PYTHON=python3.12' >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv || \
		{ echo 'Python cannot make a virtual environment here. On Debian: apt-get install python3-venv' >&2; exit 1; }
	@echo 'Installing the pinned packages into .venv (once, a minute or two) ...'
	@$(BIN)/python -m pip install --disable-pip-version-check --quiet --no-deps --require-hashes -r requirements.txt
	@$(BIN)/python -m pip install --disable-pip-version-check --quiet --no-deps --no-build-isolation --editable .
	@# Without compiled bytecode every start of Prefect takes twice as long.
	@$(BIN)/python -m compileall -qq -j 0 .venv/lib || true
	@$(BIN)/python -m compileall -q $(PACKAGES)
	@touch $@

demo: setup ## play three weeks of law on this machine in a minute; ends by itself with ARGS=--once
	@$(BIN)/sansdelai demo $(ARGS)

up: setup ## start the real thing: database, Prefect, worker, pages; Ctrl-C stops it
	@$(BIN)/sansdelai up $(ARGS)

test: setup ## run all tests; some of them with ARGS='tests/law -k holiday'
	@$(BIN)/python -m pytest -q -n 2 --dist loadfile $(ARGS)

check: setup ## style, types, the direction of imports, migrations and privacy register against the tables, docs/
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy --strict $(PACKAGES)
	$(BIN)/lint-imports
	$(BIN)/sansdelai store check
	$(BIN)/sansdelai docs --check
	$(BIN)/sansdelai privacy check

requirements: ## resolve the ranges of pyproject.toml anew into requirements.txt; UPGRADE=--upgrade for newer ones
	@# The build backend is pinned along with the rest, so that setup builds without looking anything up.
	$(BIN)/python -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["build-system"]["requires"], sep="\n")' | \
		$(BIN)/uv pip compile pyproject.toml - --extra dev --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-emit-find-links --no-header --quiet $(UPGRADE) -o requirements.txt

clean: ## remove .venv and what tools left behind
	rm -rf .venv build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
