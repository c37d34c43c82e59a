# Each target sets up what it needs. Variables: MANIFEST (demo), PORT (local), NOTIFY (deploy), PYTHON.
PYTHON ?= python3
BIN := .venv/bin
# The Node.js of package-lock.json goes before the machine's, for the CDK CLI and for jsii.
WITH_NODE := PATH="$(CURDIR)/node_modules/.bin:$(CURDIR)/$(BIN):$$PATH"
export MANIFEST PORT NOTIFY
.PHONY: demo local test check deploy setup

demo: setup ## deploy the real stack on a local AWS and distribute a dataset; MANIFEST=path takes your own
	@$(BIN)/python -m local demo $${MANIFEST:+--manifest="$$MANIFEST"}

local: setup ## keep a local AWS running with the stack deployed; PORT=4566 fixes its port
	@$(BIN)/python -m local $${PORT:+--port="$$PORT"}

test: setup ## every test
	@$(WITH_NODE) $(BIN)/python -m pytest

check: setup ## ruff and mypy
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

deploy: setup ## deploy into your AWS account; NOTIFY=you@example.com subscribes you
	@$(WITH_NODE) cdk deploy $${NOTIFY:+--context "email=$$NOTIFY"}

setup:
	@$(PYTHON) -m local.install
