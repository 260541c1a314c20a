# Everything runs from the folder of the checkout, as an ordinary user, in a virtual environment of its own.
PYTHON ?= python3
VENV := .venv
# Many scenarios at once, on several clusters; what is chosen with ARGS runs one at a time, as plain pytest does.
WORKERS ?= 4
CLUSTERS ?= 2
# Where the brokers are: embedded, or vagrant, of which there is one and which runs one at a time.
CLUSTER ?= embedded
SPREAD := $(if $(filter embedded,$(CLUSTER)),-n $(WORKERS) --clusters $(CLUSTERS))
BIN := $(VENV)/bin
PYTEST := $(BIN)/python -m pytest $(if $(filter-out embedded,$(CLUSTER)),--cluster $(CLUSTER))
READY := $(VENV)/ready$(if $(filter vagrant,$(CLUSTER)),-machines)

.PHONY: help verify all test bench docs check clean
.DEFAULT_GOAL := help

help: ## show what can be made
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1|\2/' | column -t -s '|'

verify: $(READY) ## check every core promise on a real cluster, and write reports/latest/index.html
	$(PYTEST) -m core $(or $(ARGS),$(SPREAD))

all: $(READY) ## check every promise there is
	$(PYTEST) $(SPREAD) $(ARGS)

test: $(VENV)/ready-dev check ## run the suite's own tests
	$(PYTEST) tests $(ARGS)

check: $(VENV)/ready-dev ## lint and type-check
	$(BIN)/ruff check .
	$(BIN)/mypy

bench: $(VENV)/ready-dev ## measure, as ratios in one run
	$(BIN)/python -m tests.bench

docs: $(VENV)/ready ## write features/README.md and steps/README.md anew
	$(BIN)/python -m steps

clean: ## remove the virtual environment and what runs have left (the cache stays)
	rm -rf $(VENV) reports/latest .pytest_cache .ruff_cache .mypy_cache

# An environment is ready when everything is installed; one that was interrupted is made again.
$(VENV)/ready: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' || \
	  { echo "Python 3.10 or newer is needed; name one with make PYTHON=python3.12 $(MAKECMDGOALS)"; exit 75; }
	$(PYTHON) -m venv --clear $(VENV) || \
	  { echo "No virtual environment could be made; Debian and Ubuntu have it in python3-venv"; exit 75; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/ready-machines: $(VENV)/ready requirements-machines.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-machines.txt
	@touch $@

$(VENV)/ready-dev: $(VENV)/ready requirements-machines.txt requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@
