# The daily commands. `make help` lists them; only python3 (3.10 or newer, with venv), make and git are needed.

PYTHON ?= python3
VENV := .venv
ifeq ($(OS),Windows_NT)
BIN := $(VENV)/Scripts
else
BIN := $(VENV)/bin
endif
UV := $(BIN)/uv pip install --quiet --python $(BIN)/python --constraint constraints.txt
PACKAGES := singer-kit tap-syspro target-anaplan target-databricks-uc sandbox
EDITABLE := $(foreach package,$(PACKAGES),--editable ./$(package))
PYTEST := $(BIN)/python -m pytest --durations 20 --dist loadfile --numprocesses 2

export MELTANO_PROJECT_ROOT := $(CURDIR)
export MELTANO_SEND_ANONYMOUS_USAGE_STATS := false
# The SDK's joblib warns at import where there is no shared memory, which the SDK does not use.
export JOBLIB_MULTIPROCESSING := 0

.DEFAULT_GOAL := help

.PHONY: help
help: ## This list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1|/' | awk -F'|' '{printf "%-18s %s\n", $$1, $$2}'

$(BIN)/uv: constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt uv
	@touch $@

$(VENV)/demo.stamp: $(BIN)/uv VERSION pyproject.toml sandbox/pyproject.toml singer-kit/pyproject.toml target-anaplan/pyproject.toml
	@echo "Installing Meltano and the sandbox into $(VENV) ..."
	$(UV) --group demo --editable ./sandbox --editable ./singer-kit --editable ./target-anaplan
	@touch $@

$(VENV)/dev.stamp: $(VENV)/demo.stamp $(PACKAGES:%=%/pyproject.toml)
	@echo "Installing the packages and the test tools into $(VENV) ..."
	$(UV) --group dev $(EDITABLE)
	@touch $@

$(VENV)/full.stamp: $(VENV)/dev.stamp
	$(UV) --group full
	@touch $@

.PHONY: install
install: $(VENV)/dev.stamp ## Install everything for development into .venv

.PHONY: plugins
plugins: $(VENV)/demo.stamp ## Install the three plugins into their Meltano environments
	@echo "Installing the plugins into their Meltano environments ..."
	@$(BIN)/meltano --log-level warning install

.PHONY: demo
demo: plugins ## Move a company's books into Anaplan and Databricks, on stand-ins, and show the result
	@$(BIN)/python -m demo

.PHONY: lint
lint: $(VENV)/dev.stamp ## ruff, mypy --strict, the walls between and inside the packages, the workflow
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy singer-kit/singer_kit tap-syspro/tap_syspro target-anaplan/target_anaplan \
	  target-databricks-uc/target_databricks_uc sandbox/syspro_sandbox tools demo
	$(BIN)/lint-imports --no-logo
	$(BIN)/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml

.PHONY: check
check: lint ## lint and the tests that start no server: a minute
	$(BIN)/python -m pytest --quiet --dist loadfile --numprocesses 2 -m "not server and not meltano and not full and not spark"

.PHONY: test
test: $(VENV)/dev.stamp plugins ## Unit, contract and one end-to-end test, with branch coverage (10 minutes at most)
	$(PYTEST) -m "not full and not spark" --cov --cov-report term:skip-covered

.PHONY: test-full
test-full: $(VENV)/full.stamp plugins ## The long tests (40 minutes at most)
	$(PYTEST) -m "full or spark"

.PHONY: matrix
matrix: $(VENV)/dev.stamp ## The tests on every Python from 3.10 to 3.13 that is installed
	$(BIN)/python tools/matrix.py $(PYTHONS)

.PHONY: settings
settings: $(VENV)/dev.stamp ## Write the plugins' Meltano definitions and README tables from their --about
	$(BIN)/python tools/plugin_definitions.py

.PHONY: constraints
constraints: $(BIN)/uv ## Choose the pinned versions anew
	$(BIN)/python tools/constraints.py

.PHONY: dist
dist: $(VENV)/dev.stamp ## Build the wheels into dist/
	@$(BIN)/python tools/release.py

.PHONY: release
release: $(VENV)/dev.stamp ## Set the version, check the changelog, build the wheels: make release VERSION=0.2.0
	@$(BIN)/python tools/release.py "$(VERSION)"

.PHONY: clean
clean: ## Remove what the commands above made
	rm -rf $(VENV) .matrix .meltano dist var output .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
