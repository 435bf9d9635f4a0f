# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
# The developer's commands; "make" lists them. Each sets up what it needs below this folder.

.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# The Python for .venv, for example: make test PYTHON=/opt/python3.13/bin/python3
PYTHON ?= python3.13 python3.12 python3.11 python3.14 python3
# Additional arguments of a command, for example: make integration ARGS=mysafe_api_secret_create
ARGS ?=

VENV := .venv
READY := $(VENV)/ready
NOX := $(VENV)/bin/python -m nox

# Anything in it lets a command run what is exhaustive too, for example: make wire FULL=1
FULL ?=

QUICK := codeqa formatters yamllint layers licences workflows
LINTERS := $(QUICK) typing extra-checks docs-check ansible-lint
# What "make test" runs, two groups at a time. Sessions of a group run one after the other: those of ansible-test must, as
# they share an output folder. Long groups come first, so that none of them ends alone.
GROUPS := "sanity units integration" "$(LINTERS)" controller wire awx leaks faults model fuzz network "simulator contract roundtrip"
ALONE := simulator contract roundtrip wire model faults fuzz network awx sanity units integration coverage controller leaks

export MYSAFE_FULL := $(FULL)
# One cache of what pip loaded serves all the virtual environments, and the user's home is left alone.
export PIP_CACHE_DIR ?= $(CURDIR)/.cache/pip
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help demo probe test full lint quick format $(ALONE) versions mitogen mutants bench simulate picture docs build release-check clean

help: ## list these commands
	@echo 'Commands of senhasegura.mysafe. The first one takes a minute longer, to set up $(VENV).'
	@sed -n 's/^\([a-z-]*\):.*## /  make \1|/p' $(MAKEFILE_LIST) | awk -F'|' '{ printf "%-20s%s\n", $$1, $$2 }'

demo: $(READY) ## run a playbook twice against a simulated MySafe, and show the outcome
	@$(VENV)/bin/python demo/run.py

# Not through nox, which gives a session that is interrupted no time to tidy up.
probe: $(READY) ## find out how the MySafe of integration_config.yml behaves (ARGS=--no-sharing: it sends no e-mail)
	@PYTHONPATH=tests $(VENV)/bin/python -m probe $(ARGS)

test: $(READY) ## run the linters and every kind of test, in ten minutes: what the CI runs
	@CI=true $(VENV)/bin/python tools/suite.py $(GROUPS) --last coverage

full: $(READY) ## run all there is, also every Python, ansible-core and case: before a release
	@CI=true MYSAFE_FULL=1 $(VENV)/bin/python tools/suite.py "versions mitogen mutants" build-import-check $(GROUPS) --last coverage

lint: $(READY) ## check style, types, documentation and playbooks
	@CI=true $(NOX) -s $(LINTERS)

quick: $(READY) ## check style, layers, licences and workflows: what takes seconds of "make lint"
	@CI=true $(NOX) -s $(QUICK)

format: $(READY) ## format the Python files as "make lint" expects
	@$(NOX) -s formatters

simulator: ## test the simulator itself
contract: ## compare the simulator with the OpenAPI description of the API
roundtrip: ## test that "make probe" finds out how the simulator was set to behave
wire: ## test the core against the simulator, request by request
model: ## compare tasks with a plain model of MySafe, step by step; ARGS='--hypothesis-seed=…' runs the same again
awx: ## test docs/awx: credential type, job templates, execution environment
sanity: ## run ansible-test sanity
units: ## run the unit tests (FULL=1: with ansible-test, on every supported Python that is here)
integration: ## run the integration targets, against the simulator
coverage: ## show the coverage of plugins/ by the last wire and units, and integration with FULL=1
controller: ## test the plugins in the controller's process with plays, and that modules do the same
faults: ## run every operation under every fault (a sample; all of it with FULL=1)
leaks: ## search everything that plays at the highest verbosity leave behind for secrets
network: ## test against real servers in front of the simulator: nginx, tinyproxy, squid
fuzz: ## give the plugins hostile options and hostile answers (MYSAFE_FUZZ_SEED repeats a run)
$(ALONE): $(READY)
	@$(NOX) -s $@ $(if $(ARGS),-- $(ARGS))

versions: ## test every supported ansible-core and Python with old and new libraries (part of "make full")
bench: ## measure the speed, for the guide on performance (takes 25 minutes; ARGS=--quick for a smoke run)
mitogen: ## test that tasks do the same under the strategy mitogen_linear (part of "make full")
mutants: ## see that tests fail when a place of the core is broken: a sample (part of "make full"; ARGS=--all takes hours)
versions mitogen mutants bench: $(READY)
	@$(NOX) -s $@ $(if $(ARGS),-- $(ARGS))

simulate: $(READY) ## start a simulated MySafe to try things by hand, until Ctrl-C (ARGS=--help lists its options)
	@PYTHONPATH=tests $(VENV)/bin/python -m simulator $(ARGS)

picture: $(READY) ## draw the picture in the README from real output
	@$(VENV)/bin/python demo/picture.py

docs: $(READY) ## build the documentation as a website, in .cache/docs
	@$(NOX) -s docs

build: $(READY) ## build the archive of the collection in dist/, and check it as Galaxy does
	@$(NOX) -s build build-import-check

release-check: $(READY) ## check the archive as a user meets it, the documentation and the changelog: before a release
	@CI=true $(NOX) -s build release-check build-import-check ansible-lint docs-check docs

clean: ## remove everything that these commands created
	rm -rf $(VENV) .cache .nox .mypy_cache .ruff_cache dist

# A pyenv shim can be on PATH and fail when called, and a distribution's Python can lack venv, so each one is tried.
PROBE := import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))

$(READY): requirements.txt $(wildcard requirements/*.txt)
	@for python in $(PYTHON); do \
	    if "$$python" -c '$(PROBE)' >/dev/null 2>&1; then found=$$python; break; fi; \
	done; \
	if [ -z "$$found" ]; then \
	    echo 'Found no Python 3.11 or newer with venv. Tried: $(PYTHON)' >&2; \
	    echo 'Install one (Debian: python3 and python3-venv), or name it: make PYTHON=/path/to/python3' >&2; \
	    exit 1; \
	fi; \
	echo "Setting up $(VENV) with $$("$$found" --version). This takes a minute, and is repeated when a requirement changes."; \
	"$$found" -m venv --clear $(VENV) && $(VENV)/bin/python -m pip install --quiet --quiet -r requirements/dev.txt
	@touch $@
