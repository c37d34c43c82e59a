"""Definitions are validated: on request, and when a state machine is created or updated."""

import json
import shutil
import subprocess
from collections.abc import Callable
from functools import cache, lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

from ministack.core.responses import error_response_json, json_response
from ministack.services import stepfunctions
from ministack.services.cloudformation import provisioners

from local.ministack_patches.registry import patch

Record = dict[str, Any]

MOST_RESULTS = 100
FAILED = "SCHEMA_VALIDATION_FAILED"
# The codes of asl-validator that the API has, too. It has the first one for every other.
CODES = {
    "MISSING_TRANSITION_TARGET": "MISSING_TRANSITION_TARGET",
    "MISSING_TERMINAL_STATE": "MISSING_END_STATE",
    "DUPLICATE_STATE_NAMES": "DUPLICATE_STATE_NAME",
}
# A new process takes 0.4 seconds, this one milliseconds for each definition. asl-validator knows templates of JSONata
# only as objects, and of JSONPath none with a list of texts. AWS accepts any JSON.
VALIDATOR = """
const [, root] = process.argv;
const schema = (name) => require(`${root}/dist/src/schemas/${name}.json`).definitions;
const object = { type: "object" };
Object.assign(schema("jsonata"), { output: {}, arguments: {}, jsonata_template: {}, assign: object });
Object.assign(schema("paths"), { assign: object });
const validate = require(root);
require("node:readline").createInterface({ input: process.stdin }).on("line", (line) => {
  let errors;
  try { errors = validate(JSON.parse(line)).errors; } catch (error) { errors = [{ Message: error.message }]; }
  console.log(JSON.stringify(errors));
});
"""


@patch(
    "Step Functions: ValidateStateMachineDefinition validates, and a state machine needs a valid definition",
    why="MiniStack answers OK to every definition, and checks nothing but the syntax of JSONata. "
    "ValidateStateMachineDefinition, ValidateStateMachineDefinitionDiagnostic and CreateStateMachine, AWS Step "
    "Functions API Reference. Here asl-validator finds the errors; nothing finds warnings.",
)
def install() -> None:
    stepfunctions._validate_state_machine_definition = _validate
    stepfunctions._create_state_machine = _require_valid(stepfunctions._create_state_machine)
    stepfunctions._update_state_machine = _require_valid(stepfunctions._update_state_machine)
    machine = provisioners._RESOURCE_HANDLERS["AWS::StepFunctions::StateMachine"]
    machine["create"] = _require_valid_property(machine["create"])


def _validate(request: Record) -> Any:
    most = request.get("maxResults") or MOST_RESULTS
    if most > MOST_RESULTS:
        constraint = f"Member must have value less than or equal to {MOST_RESULTS}"
        message = f"Value '{most}' at 'maxResults' failed to satisfy constraint: {constraint}"
        return error_response_json("ValidationException", f"1 validation error detected: {message}")
    found = _diagnose(request["definition"])
    result = {"result": "FAIL" if found else "OK", "diagnostics": list(found[:most]), "truncated": len(found) > most}
    return json_response(result)


def _require_valid(original: Callable[[Record], Any]) -> Callable[[Record], Any]:
    def change(request: Record) -> Any:
        refusal = _refusal(request["definition"]) if "definition" in request else ""
        return error_response_json("InvalidDefinition", refusal) if refusal else original(request)

    return change


def _require_valid_property(original: Callable[..., Any]) -> Callable[..., Any]:
    """Only of a creation: MiniStack's CloudFormation updates a state machine through the API."""

    def create(logical_id: str, properties: Record, stack: str) -> Any:
        refusal = _refusal(provisioners._sfn_definition(properties))
        if refusal:
            raise ValueError(f"{refusal} (Service: AWSStepFunctions; Error Code: InvalidDefinition)")
        return original(logical_id, properties, stack)

    return create


def _refusal(definition: str) -> str:
    """The message of InvalidDefinition; empty if the definition is valid."""
    found = [f"{each['code']}: {each['message']} at {each.get('location', '/')}" for each in _diagnose(definition)]
    return f"Invalid State Machine Definition: '{', '.join(found)}'" if found else ""


@lru_cache  # the validator takes 0.1 seconds, and the same definition comes again and again
def _diagnose(definition: str) -> tuple[dict[str, str], ...]:
    """The diagnostics of the API."""
    return tuple(_find_diagnostics(definition))


def _find_diagnostics(definition: str) -> list[dict[str, str]]:
    try:
        content = json.loads(definition.strip() or "null")
    except (ValueError, RecursionError) as error:
        return [_diagnostic("INVALID_JSON_DESCRIPTION", str(error))]
    if not isinstance(content, dict):
        return [_diagnostic(FAILED, "Definition must be a valid JSON object")]
    found = [_translate(error) for error in _run_validator(content)]
    syntax = stepfunctions._validate_definition_jsonata(definition)  # of the first expression that is wrong
    if syntax:
        code, message = syntax.split(": ", 1)
        found.append(_diagnostic(code, *message.rsplit("\n  at ", 1)))
    return [each for position, each in enumerate(found) if each not in found[:position]]


def _translate(error: Record) -> dict[str, str]:
    location = error["schemaError"]["instancePath"] or "/" if "schemaError" in error else ""
    message = error["Message"].partition(" is invalid. ")[2] or error["Message"]
    return _diagnostic(CODES.get(error.get("Error code", ""), FAILED), message, location)


def _diagnostic(code: str, message: str, location: str = "") -> dict[str, str]:
    return {"severity": "ERROR", "code": code, "message": message, **({"location": location} if location else {})}


_asking = Lock()


def _run_validator(definition: Record) -> list[Record]:
    """The errors that asl-validator finds."""
    with _asking:
        process = _start_validator()
        assert process.stdin is not None and process.stdout is not None  # noqa: S101, PT018 - _start_validator sets both
        process.stdin.write(json.dumps(definition) + "\n")
        process.stdin.flush()
        errors: list[Record] = json.loads(process.stdout.readline())
        return errors


@cache
def _start_validator() -> subprocess.Popen[str]:
    command = shutil.which("asl-validator")
    if command is None:
        raise RuntimeError("The command asl-validator is not on the PATH; install the npm package asl-validator.")
    package = Path(command).resolve().parents[2]  # the command is dist/bin/asl-validator.js
    return subprocess.Popen(
        ["node", "-e", VALIDATOR, str(package)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
