# `make` alone explains the targets. Everything is installed into .venv, static/vendor and node_modules beside this file.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
PYTEST_ARGS ?= -n 2
BIN := .venv/bin
CATALOGUES := sludgetrack/translations

export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help install run test check wheel campaign bench messages clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

install: .venv/.installed ## .venv with everything, fonts, browser code, message catalogues; does only what is missing
	@$(BIN)/python .ci/assets.py

.venv/.installed: constraints.txt setup.cfg pyproject.toml
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("sludgetrack needs Python 3.11 or newer")'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install -q -c constraints.txt setuptools wheel
	$(BIN)/python -m pip install -q -c constraints.txt --no-build-isolation -e '.[test]'
	@touch $@

run: install ## the system with a seeded demo city, on the embedded database; prints its address and the logins
	@$(BIN)/sludgetrack demo
	@exec $(BIN)/sludgetrack serve

test: install ## the whole test suite, real browser included (Debian packages it lacks are installed when root)
	@.ci/debian
	@$(MAKE) --no-print-directory check
	@$(BIN)/pytest $(PYTEST_ARGS)

check: install ## what needs no running: style, types, layers
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

wheel: install ## dist/sludgetrack-*.whl, with templates, fonts, migrations and catalogues inside
	rm -rf build dist
	$(BIN)/python -m build --wheel --no-isolation

campaign: install ## the long tests: faults and loads, minutes to hours
	$(BIN)/pytest -m campaign

bench: install ## the benchmarks: ratios taken in one run
	$(BIN)/pytest -m bench

messages: install ## collect the texts of code and templates into the catalogues
	@mkdir -p build
	$(BIN)/pybabel -q extract -F babel.cfg -k _l -k lazy_gettext -k lazy_ngettext:1,2 \
	    --project sludgetrack --version 1 --no-wrap --sort-output --no-location -o build/messages.pot .
	for locale in $$(ls $(CATALOGUES)); do \
	    $(BIN)/pybabel -q update -i build/messages.pot -d $(CATALOGUES) -l $$locale --init-missing \
	        --no-wrap --no-fuzzy-matching --ignore-obsolete --ignore-pot-creation-date || exit; \
	done
	@$(BIN)/python .ci/assets.py

clean: ## remove what was installed and built; the data in SLUDGETRACK_HOME stays
	rm -rf .venv node_modules static/vendor build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find sludgetrack tests migrations -name __pycache__ -prune -exec rm -rf {} +
	find $(CATALOGUES) -name '*.mo' -delete
