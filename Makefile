# `make help` prints the targets. Each target installs what it needs; PYTHON=python3.13 chooses the Python for it.
PYTHON ?= python3
BIN := .venv/bin
TOOLS := .local/tools
# The CDK CLI and jsii use the Node.js of package-lock.json, not the one of the machine. Every file of the project is UTF-8.
WITH_NODE := PATH="$(CURDIR)/node_modules/.bin:$(CURDIR)/$(BIN):$$PATH" PYTHONUTF8=1 PYTHONIOENCODING= \
	JSII_RUNTIME_PACKAGE_CACHE_ROOT="$(CURDIR)/.local/jsii"
# These change which modules a Python finds and whether it checks assertions, and what npm counts as a package of the project.
unexport PYTHONHOME PYTHONPATH PYTHONSAFEPATH PYTHONOPTIMIZE PYTHONWARNINGS PYTHONINSPECT NODE_ENV
export MANIFEST PORT NOTIFY RUNS SEED FIRST ANSWER MOVE STACK ANSWERS FROM
.PHONY: help demo local doctor verify format check test unit pr mutations chaos unknowns docs bench audit lock diff release deploy setup

help: ## print this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "%-10s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

demo: setup ## deploy the stack on a local AWS and distribute a dataset; MANIFEST=path uses your manifest
	@exec $(BIN)/python -m local demo $${MANIFEST:+--manifest="$$MANIFEST"}

local: setup ## run a local AWS with the stack until you stop it; PORT=4566 sets its port, ANSWERS=file its settings
	@exec $(BIN)/python -m local $${PORT:+--port="$$PORT"} $${ANSWERS:+--answers="$$ANSWERS"}

doctor: setup ## say whether the stack on your AWS account is all right; STACK=name names it
	@exec $(BIN)/python -m account doctor $${STACK:+--stack="$$STACK"}

verify: setup ## ask your AWS account how Custom Labels and the workflow behave there; asks first, YES=1 agrees
	@$(WITH_NODE) exec $(BIN)/python -m account verify

format: setup ## correct and format the Python code with ruff
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

check: setup ## run ruff, mypy, import-linter and cdk-nag, and find stale pages; .local/nag has the report
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@mkdir -p .local; $(WITH_NODE) $(BIN)/lint-imports --no-cache >.local/imports.log || { cat .local/imports.log; exit 1; }
	@$(WITH_NODE) $(BIN)/python -m tools.docs --check
	@JSII_DEPRECATED=fail $(WITH_NODE) $(BIN)/python -m tools.docs.nag

test: setup $(TOOLS)/installed ## run every test; ANSWERS=file runs them under what `make verify` found
	@$(WITH_NODE) $(BIN)/python -m pytest $${ANSWERS:+--answer="@$$ANSWERS"}

unit: setup ## run the tests that need no AWS; takes a few seconds
	@$(WITH_NODE) $(BIN)/python -m pytest tests/unit --numprocesses=0

pr: check test ## run what CI runs for a pull request: check and test

# A copy is changed, never the code itself. Without a terminal the progress goes to run.log. SCORE prints the mutants of each module
# (all, killed, survived) and the share of killed ones.
MUTATIONS := .local/mutations
MUTMUT := "$(CURDIR)/$(TOOLS)/bin/mutmut"
SCORE := { module = $$3; for (i = 4; i <= NF && $$i !~ /^x/; i++) module = module "/" $$i; mutants[module]++ } \
	/: (killed|timeout)$$/ { killed[module]++; total++ } \
	END { for (module in mutants) printf "| %s | %d | %d | %d |\n", module, mutants[module], killed[module], \
	mutants[module] - killed[module] | "sort"; close("sort"); \
	printf "%d of %d mutants killed: %.1f%%\n", total, NR, 100 * total / NR; exit total < 0.95 * NR }
mutations: $(TOOLS)/installed ## break the rules and see tests fail (docs/mutations.md); fails if more than 5% survive
	@rm -rf $(MUTATIONS)
	@mkdir -p $(MUTATIONS)/tests
	@cp -R lambdas README.md pyproject.toml $(MUTATIONS)
	@cp -R tests/__init__.py tests/events tests/unit $(MUTATIONS)/tests
	@cd $(MUTATIONS) && if [ -t 1 ]; then $(MUTMUT) run; else $(MUTMUT) run >run.log; fi
	@cd $(MUTATIONS) && $(MUTMUT) results
	@cd $(MUTATIONS) && $(MUTMUT) results --all True | awk -F '[.: ]+' '$(SCORE)'

unknowns: setup ## run end-to-end tests under each answer to what AWS does not document; ANSWER=word selects
	@$(WITH_NODE) $(BIN)/python -m tests.campaign.unknowns $${ANSWER:+"$$ANSWER"} $${ANSWERS:+"@$$ANSWERS"}

chaos: setup ## check every promise under random faults; RUNS=10000 SEED=1; FIRST=3 begins at run 3
	@$(WITH_NODE) $(BIN)/python -m tests.campaign $${RUNS:+--runs="$$RUNS"} $${SEED:+--seed="$$SEED"} $${FIRST:+--first="$$FIRST"}

bench: setup $(TOOLS)/installed ## measure speed and cost beside what others have (docs/performance.md); SECTIONS="load money"
	@$(WITH_NODE) $(BIN)/python -m tests.benchmarks $${SECTIONS}

docs: setup ## write the pages that are generated from code
	@$(WITH_NODE) $(BIN)/python -m tools.docs

audit: $(TOOLS)/installed ## ask PyPI and npm for known vulnerabilities of the pinned packages
	@$(PYTHON) -m tools.audit

# --universal: one lock for every supported Python, on x86_64 and arm64. A pin changes only if it must.
COMPILE := $(TOOLS)/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --custom-compile-command 'make lock'
lock: $(TOOLS)/installed ## update the locks after an edit of requirements*.txt; MOVE=name upgrades an indirect one
	@$(COMPILE) $${MOVE:+--upgrade-package "$$MOVE"} requirements-dev.txt --output-file requirements.lock
	@$(COMPILE) $${MOVE:+--upgrade-package "$$MOVE"} requirements-tools.txt --output-file requirements-tools.lock
	@$(MAKE) --no-print-directory setup
	@$(WITH_NODE) $(BIN)/python -m tools.docs

.PHONY: $(TOOLS)/installed # tools/install.py decides whether they are up to date
$(TOOLS)/installed:
	@$(PYTHON) -I -X utf8 tools/install.py tools

diff: setup ## print what a deployment changes for those who have the last release; FROM=template.json
	@$(WITH_NODE) $(BIN)/python -m tools.diff $${FROM:+"$$FROM"}

release: setup ## keep the template of this checkout as that of the last release, for make diff
	@$(WITH_NODE) $(BIN)/python -m tools.diff keep

deploy: setup ## deploy the stack into your AWS account; NOTIFY=you@example.com subscribes you
	@$(WITH_NODE) cdk deploy $${NOTIFY:+--context "email=$$NOTIFY"}

setup: ## install the pinned packages into .venv and node_modules; other targets do this for you
	@$(PYTHON) -I -X utf8 tools/install.py
