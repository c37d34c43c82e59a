"""`python -m local` keeps a local AWS running with the stack deployed. `python -m local demo` shows a distribution.

`python -m local fault` makes calls fail in the local AWS that is running."""

import argparse
import signal
import sys
from contextlib import ExitStack
from pathlib import Path

from rich.console import Console

from local.aws import END_SIGNALS, LocalAws, LocalAwsError, forget_other_accounts
from local.cdk import deploy
from local.demo import run_demo
from local.faults.command import ENV_FILE, add_arguments, run_fault
from local.manifest_file import ManifestError
from local.status_lines import Steps

WAIT_SCALE = 0.1
HIGHEST_PORT = 65535


def main() -> int:
    """The exit status: 0, or 1 if the demo's distribution failed, or 2 for an error that the caller has to fix."""
    arguments = _parse_arguments()
    console = Console(highlight=False)
    for end_signal in END_SIGNALS:
        signal.signal(end_signal, _interrupt)
    forget_other_accounts()
    try:
        if arguments.command == "demo":
            return run_demo(console, arguments.manifest)
        if arguments.command == "fault":
            return run_fault(arguments)
        return _keep_running(console, arguments.port)
    except (LocalAwsError, ManifestError) as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nStopped; nothing is left running.")
        return 130 if arguments.command == "demo" else 0


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m local", description=__doc__)
    parser.add_argument("--port", type=_port, default=0, help="the port of the local AWS; a free port by default")
    commands = parser.add_subparsers(dest="command")
    demo = commands.add_parser("demo", help="show a distribution in a new local AWS")
    demo.add_argument("--manifest", type=Path, help="your manifest; a sample by default")
    add_arguments(commands.add_parser("fault", help="make calls fail in the local AWS that is running"))
    return parser.parse_args()


def _port(given: str) -> int:
    if not (given.isascii() and given.isdecimal() and int(given) <= HIGHEST_PORT):
        print(
            f"The port {given!r} is not valid: give a number from 1 to {HIGHEST_PORT}, or none to get a free port.",
            file=sys.stderr,
        )
        sys.exit(2)
    return int(given)


def _interrupt(_signal: int, _frame: object) -> None:
    raise KeyboardInterrupt


def _keep_running(console: Console, port: int) -> int:
    with ExitStack() as running:
        with Steps(console) as steps:
            steps.begin("Starting the local AWS")
            aws = running.enter_context(LocalAws(port=port, wait_scale=WAIT_SCALE))
            outputs = deploy(aws, report=steps.begin)
        running.callback(ENV_FILE.unlink, missing_ok=True)
        write_environment(aws, outputs)
        print(_instructions(aws), flush=True)
        aws.wait()
        raise LocalAwsError(f"The local AWS has ended by itself; the last line of its log is: {aws.last_log_line()}")


def write_environment(aws: LocalAws, outputs: dict[str, str]) -> None:
    """Write the file from which shells and `fault` learn where the local AWS is; `outputs` are the stack's."""
    variables = {
        **aws.environment,
        "STATE_MACHINE_ARN": outputs["StateMachineArn"],
        "TOPIC_ARN": outputs["TopicArn"],
        "RECORDS_TABLE": outputs["RecordsTable"],
    }
    ENV_FILE.parent.mkdir(exist_ok=True)
    lines = ["unset AWS_PROFILE AWS_SESSION_TOKEN", *(f"export {name}='{value}'" for name, value in variables.items())]
    ENV_FILE.write_text("\n".join(lines) + "\n")


def _instructions(aws: LocalAws) -> str:
    return f"""
The local AWS is at {aws.endpoint_url}, with the stack deployed. In another shell:

  . .local/env
  aws rekognition describe-projects
  aws stepfunctions start-execution --state-machine-arn "$STATE_MACHINE_ARN" --input '{{"ProjectName": "NAME"}}'

Its log: {aws.log}
Ctrl-C stops it."""
