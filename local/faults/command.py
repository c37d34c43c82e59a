"""`python -m local fault`: make calls fail in the local AWS that `python -m local` keeps running."""

import argparse
import json
import os
import re
from dataclasses import fields

from urllib3 import PoolManager
from urllib3.exceptions import HTTPError

from local.aws import LocalAwsError, control
from local.env_file import ENV_FILE, link_newest
from local.faults.fault import Fault, read_fault

EXPORT = re.compile(r"export (\w+)='(.*)'")
CALL, *MEMBERS = fields(Fault)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command: one for each member of a fault, --list and --clear."""
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--call", help=CALL.metadata["about"])
    what.add_argument("--list", action="store_true", help="show the fault in force, and how many calls it has matched")
    what.add_argument("--clear", action="store_true", help="remove the fault")
    for member in MEMBERS:
        action = "store_true" if member.type is bool else "store"
        parser.add_argument(f"--{member.name}", action=action, default=argparse.SUPPRESS, help=member.metadata["about"])


def run_fault(arguments: argparse.Namespace) -> int:
    """Change the faults as the arguments say, and print those in force; LocalAwsError if that is not possible."""
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
            raise LocalAwsError(f"--{next(iter(given))} needs --call.")
        return [] if arguments.clear else None
    try:
        read_fault(fault := {"call": arguments.call, **{name: _parse(name, given[name]) for name in given}})
    except ValueError as error:
        raise LocalAwsError(str(error)) from None
    return [fault]


def _parse(name: str, given: str) -> object:
    """The value of a member. Text that is not JSON stays text, and Fault says what the value must be."""
    if Fault.__dataclass_fields__[name].type in (str, bool):
        return given
    try:
        return json.loads(given)
    except ValueError:
        return given


def _control(faults: list[object] | None) -> list[object]:
    try:
        link_newest()
        environment = dict(EXPORT.findall(os.fsdecode(ENV_FILE.read_bytes())))
        with PoolManager(ca_certs=environment["AWS_CA_BUNDLE"]) as connections:
            answer = control(connections, environment["AWS_ENDPOINT_URL"], "faults", faults)
    except (OSError, KeyError, HTTPError):
        raise LocalAwsError("No local AWS is running here: start one with `make local`, and try again.") from None
    in_force: list[object] = answer["faults"]
    return in_force
