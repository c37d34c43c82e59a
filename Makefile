# Each target sets up what it needs. Variables: MANIFEST (demo), PORT (local), NOTIFY (deploy), ANSWER (unknowns), RUNS, SEED,
# FIRST (chaos), MOVE (lock), PYTHON.
PYTHON ?= python3
BIN := .venv/bin
TOOLS := .local/tools
# The Node.js of package-lock.json goes before the machine's, for the CDK CLI and for jsii.
WITH_NODE := PATH="$(CURDIR)/node_modules/.bin:$(CURDIR)/$(BIN):$$PATH"
export MANIFEST PORT NOTIFY RUNS SEED FIRST ANSWER MOVE
.PHONY: demo local test unit mutations chaos unknowns check docs audit lock deploy setup

demo: setup ## deploy the real stack on a local AWS and distribute a dataset; MANIFEST=path takes your own
	@$(BIN)/python -m local demo $${MANIFEST:+--manifest="$$MANIFEST"}

local: setup ## keep a local AWS running with the stack deployed; PORT=4566 fixes its port
	@$(BIN)/python -m local $${PORT:+--port="$$PORT"}

test: setup ## every test
	@$(WITH_NODE) $(BIN)/python -m pytest

unit: setup ## the rules' tables of cases: no AWS, a few seconds
	@$(WITH_NODE) $(BIN)/python -m pytest tests/unit --numprocesses=0

# In a copy. Whoever watches sees the count; else it is in run.log. SCORE prints a row for each module (its mutants, how many were
# killed, how many survived) and the share.
MUTATIONS := .local/mutations
MUTMUT := "$(CURDIR)/$(TOOLS)/bin/mutmut"
SCORE := { module = $$3 "/" $$4; mutants[module]++ } \
	/: (killed|timeout)$$/ { killed[module]++; total++ } \
	END { for (module in mutants) printf "| %s | %d | %d | %d |\n", module, mutants[module], killed[module], \
	mutants[module] - killed[module] | "sort"; close("sort"); \
	printf "%d of %d mutants killed: %.1f%%\n", total, NR, 100 * total / NR; exit total < 0.95 * NR }
mutations: $(TOOLS)/installed ## wrong rules that no table of cases notices: docs/mutations.md; fails where more than 5% survive
	@rm -rf $(MUTATIONS)
	@mkdir -p $(MUTATIONS)/tests
	@cp -R lambdas README.md pyproject.toml $(MUTATIONS)
	@cp -R tests/__init__.py tests/events tests/unit $(MUTATIONS)/tests
	@cd $(MUTATIONS) && if [ -t 1 ]; then $(MUTMUT) run; else $(MUTMUT) run >run.log; fi
	@cd $(MUTATIONS) && $(MUTMUT) results
	@cd $(MUTATIONS) && $(MUTMUT) results --all True | awk -F '[.: ]+' '$(SCORE)'

unknowns: setup ## the end-to-end tests under each plausible answer to what AWS does not say; ANSWER=word takes those with it
	@$(WITH_NODE) $(BIN)/python -m tests.campaign.unknowns $${ANSWER:+"$$ANSWER"}

chaos: setup ## random faults against every promise; RUNS=10000 SEED=1; FIRST=3 begins at that run
	@$(WITH_NODE) $(BIN)/python -m tests.campaign $${RUNS:+--runs="$$RUNS"} $${SEED:+--seed="$$SEED"} $${FIRST:+--first="$$FIRST"}

check: setup ## ruff, mypy, imports against the floors, stale pages, and cdk-nag with its report in .local/nag
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@mkdir -p .local; $(BIN)/lint-imports --no-cache >.local/imports.log || { cat .local/imports.log; exit 1; }
	@$(WITH_NODE) $(BIN)/python -m tools.docs --check
	@$(WITH_NODE) $(BIN)/python -m tools.docs.nag

docs: setup ## write the pages that come from code
	@$(WITH_NODE) $(BIN)/python -m tools.docs

audit: $(TOOLS)/installed ## known vulnerabilities of the exact pins; asks PyPI and npm
	@$(PYTHON) -m tools.audit

# --universal: one lock for every Python from the oldest on, and for x86_64 and arm64. What needs not move stays as it is.
COMPILE := $(TOOLS)/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --custom-compile-command 'make lock'
lock: $(TOOLS)/installed ## requirements*.lock and docs/dependencies.md, after an edit of requirements*.txt; MOVE=name moves one beneath
	@$(COMPILE) $${MOVE:+--upgrade-package "$$MOVE"} requirements-dev.txt --output-file requirements.lock
	@$(COMPILE) $${MOVE:+--upgrade-package "$$MOVE"} requirements-tools.txt --output-file requirements-tools.lock
	@$(MAKE) --no-print-directory setup
	@$(WITH_NODE) $(BIN)/python -m tools.docs

$(TOOLS)/installed: requirements-tools.lock
	@$(PYTHON) -c 'from tools.install import require_python; require_python()'
	@$(PYTHON) -m venv --clear $(TOOLS)
	@$(TOOLS)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement $<
	@touch $@

deploy: setup ## deploy into your AWS account; NOTIFY=you@example.com subscribes you
	@$(WITH_NODE) cdk deploy $${NOTIFY:+--context "email=$$NOTIFY"}

setup:
	@$(PYTHON) -m tools.install
