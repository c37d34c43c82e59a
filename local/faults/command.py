"""`python -m local fault`: let something go wrong in the local AWS that `python -m local` keeps running."""

import argparse
import json
import re
from dataclasses import fields
from pathlib import Path

from urllib3 import PoolManager
from urllib3.exceptions import HTTPError

from local.aws import LocalAwsError, control
from local.faults.fault import Fault, read_fault

ENV_FILE = Path(".local/env")
EXPORT = re.compile(r"export (\w+)='(.*)'")
CALL, *MEMBERS = fields(Fault)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Those of the command: one for each member of a fault, and what else it can do."""
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--call", help=CALL.metadata["about"])
    what.add_argument("--list", action="store_true", help="show the fault in force, and how often it has struck")
    what.add_argument("--clear", action="store_true", help="let nothing go wrong any more")
    for member in MEMBERS:
        action = "store_true" if member.type is bool else "store"
        parser.add_argument(f"--{member.name}", action=action, default=argparse.SUPPRESS, help=member.metadata["about"])


def run_fault(arguments: argparse.Namespace) -> int:
    """Do what the arguments say and print the faults that are in force then; LocalAwsError for what cannot be done."""
    faults = _control(_read_faults(arguments))
    for fault in faults:
        print(json.dumps(fault))
    if not faults:
        print("No fault is in force.")
    return 0


def _read_faults(arguments: argparse.Namespace) -> list[object] | None:
    given = {member.name: getattr(arguments, member.name) for member in MEMBERS if member.name in arguments}
    if arguments.call is None:
        if given:
            raise LocalAwsError(f"--{next(iter(given))} belongs to a --call.")
        return [] if arguments.clear else None
    try:
        read_fault(fault := {"call": arguments.call, **{name: _value(name, given[name]) for name in given}})
    except ValueError as error:
        raise LocalAwsError(str(error)) from None
    return [fault]


def _value(name: str, given: str) -> object:
    """What is no JSON is left as it is, for Fault to say what it should be."""
    if Fault.__dataclass_fields__[name].type in (str, bool):
        return given
    try:
        return json.loads(given)
    except ValueError:
        return given


def _control(faults: list[object] | None) -> list[object]:
    try:
        environment = dict(EXPORT.findall(ENV_FILE.read_text()))
        with PoolManager(ca_certs=environment["AWS_CA_BUNDLE"]) as connections:
            answer = control(connections, environment["AWS_ENDPOINT_URL"], "faults", faults)
    except (OSError, KeyError, HTTPError):
        raise LocalAwsError("No local AWS runs here: start one with `make local`, and try again.") from None
    in_force: list[object] = answer["faults"]
    return in_force
