# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: the senhasegura.mysafe authors
# The developer's commands. Each sets up what it needs below this folder; "make" lists them.

.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# The Python that .venv is made with, for example: make test PYTHON=/opt/python3.13/bin/python3
PYTHON ?= python3.13 python3.12 python3.11 python3.14 python3
# Further arguments for what a command runs, for example: make integration ARGS=mysafe_api_secret_create
ARGS ?=

VENV := .venv
READY := $(VENV)/ready
NOX := $(VENV)/bin/python -m nox

# Anything in it lets a command run what is exhaustive too, for example: make wire FULL=1
FULL ?=

LINTERS := codeqa formatters yamllint typing extra-checks docs-check ansible-lint
# What "make test" runs, two groups at a time. Sessions of a group run one after the other: those of ansible-test must, as
# they share an output folder. The longest group comes first, so that it does not end alone.
GROUPS := "sanity units integration" "$(LINTERS)" controller wire awx leaks "simulator contract" build-import-check
ALONE := simulator contract wire awx sanity units integration coverage controller leaks

export MYSAFE_FULL := $(FULL)
# One cache of what pip loaded serves all the virtual environments, and the user's home is left alone.
export PIP_CACHE_DIR ?= $(CURDIR)/.cache/pip
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help demo test full lint format $(ALONE) versions bench build clean

help: ## list these commands
	@echo 'senhasegura.mysafe: what "make" can do here. The first command takes a minute to set up $(VENV).'
	@sed -n 's/^\([a-z]*\):.*## /  make \1|/p' $(MAKEFILE_LIST) | awk -F'|' '{ printf "%-20s%s\n", $$1, $$2 }'

demo: $(READY) ## run a playbook twice against a simulated MySafe, and show what it did
	@$(VENV)/bin/python demo/run.py

test: $(READY) ## run the linters and every kind of test, in ten minutes: what the CI runs
	@CI=true $(VENV)/bin/python tools/suite.py $(GROUPS) --last coverage

full: $(READY) ## run all there is, also every Python, ansible-core and case: before a release
	@CI=true MYSAFE_FULL=1 $(VENV)/bin/python tools/suite.py versions $(GROUPS) --last coverage

lint: $(READY) ## check style, types, documentation and playbooks
	@CI=true $(NOX) -s $(LINTERS)

format: $(READY) ## bring the Python files into the form that "make lint" wants
	@$(NOX) -s formatters

simulator: ## test the simulator itself
contract: ## check the simulator against the OpenAPI description of the API
wire: ## test the core against the simulator, request by request
awx: ## test what is for AWX: credential type, job templates, execution environment
sanity: ## run ansible-test sanity
units: ## run the unit tests, on the oldest and the newest supported Python that is here
integration: ## run the integration targets, against the simulator
coverage: ## show what of plugins/ the last wire, units and integration reached together
controller: ## test with plays what runs in the controller's own process, and that a module does the same
leaks: ## look for secrets in all that plays at the highest verbosity leave behind
$(ALONE): $(READY)
	@$(NOX) -s $@ $(if $(ARGS),-- $(ARGS))

versions: ## run "make controller" on the oldest and the newest ansible-core (part of "make full")
bench: ## measure how fast it is, for docs/benchmark.md (a quarter of an hour; ARGS=--quick for a smoke run)
versions bench: $(READY)
	@$(NOX) -s $@ $(if $(ARGS),-- $(ARGS))

build: $(READY) ## build the archive of the collection into dist/, and check it as Galaxy does
	@$(NOX) -s build build-import-check

clean: ## remove all that these commands have made
	rm -rf $(VENV) .cache .nox .mypy_cache .ruff_cache dist

# A pyenv shim is on PATH and fails when called, and a distribution's Python may lack venv: only a call can tell.
PROBE := import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))

$(READY): requirements.txt $(wildcard requirements/*.txt)
	@for python in $(PYTHON); do \
	    if "$$python" -c '$(PROBE)' >/dev/null 2>&1; then found=$$python; break; fi; \
	done; \
	if [ -z "$$found" ]; then \
	    echo 'No Python 3.11 or newer with venv: of "$(PYTHON)", none runs.' >&2; \
	    echo 'Install one (Debian: python3 and python3-venv), or name it: make PYTHON=/path/to/python3' >&2; \
	    exit 1; \
	fi; \
	echo "Setting up $(VENV) with $$("$$found" --version). This takes a minute, and is done again when a requirement changes."; \
	"$$found" -m venv --clear $(VENV) && $(VENV)/bin/python -m pip install --quiet --quiet -r requirements/dev.txt
	@touch $@
