"""`python -m local` keeps a local AWS running with the stack deployed. `python -m local demo` shows a distribution.

`python -m local fault` makes calls fail in the local AWS that is running."""

import argparse
import errno
import signal
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from rich.console import Console

from local.answers_file import read_answers
from local.aws import END_SIGNALS, LocalAws, LocalAwsError, forget_other_accounts
from local.cdk import deploy
from local.demo.manifest_file import ManifestError
from local.demo.run import run_demo
from local.env_file import ENV_FILE, published
from local.faults.command import add_arguments, run_fault
from local.status_lines import Steps, replace_unprintable

WAIT_SCALE = 0.1
HIGHEST_PORT = 65535
UNWRITABLE = (errno.EACCES, errno.EPERM, errno.EROFS)


def main() -> int:
    """The exit status: 0, or 1 if the demo's distribution failed, 2 for an error that the caller has to fix, or 130 if
    Ctrl-C ends the demo."""
    arguments = _parse_arguments()
    replace_unprintable(sys.stdout)
    console = Console(highlight=False)
    handle_signals()
    forget_other_accounts()
    try:
        if arguments.command == "demo":
            return run_demo(console, arguments.manifest)
        if arguments.command == "fault":
            return run_fault(arguments)
        return _keep_running(console, arguments.port, arguments.answers)
    except (LocalAwsError, ManifestError) as error:
        print(error, file=sys.stderr)
        return 2
    except OSError as error:
        if error.errno not in UNWRITABLE:
            raise
        print(
            f"{error.filename} cannot be written: {error.strerror}. Run this in a checkout of yours.", file=sys.stderr
        )
        return 2
    except KeyboardInterrupt:
        print("\nStopped; nothing is left running.")
        return 130 if arguments.command == "demo" else 0


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m local", description=__doc__)
    parser.add_argument("--port", type=_port, default=0, help="the port of the local AWS; a free port by default")
    parser.add_argument("--answers", type=_answers, default={}, help="a file of `make verify`; AWS's answers from it")
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


def _answers(given: str) -> dict[str, Any]:
    try:
        return read_answers(Path(given))
    except ValueError as error:
        print(error, file=sys.stderr)
        sys.exit(2)


def handle_signals() -> None:
    """Let a signal end this process, unless it is ignored, as nohup lets SIGHUP be."""
    for end_signal in END_SIGNALS:
        # A shell ignores SIGINT for a job in the background. `kill -INT` has to end it all the same.
        if end_signal == signal.SIGINT or signal.getsignal(end_signal) != signal.SIG_IGN:
            signal.signal(end_signal, _interrupt)


def _interrupt(_signal: int, _frame: object) -> None:
    raise KeyboardInterrupt


def _keep_running(console: Console, port: int, answers: dict[str, Any]) -> int:
    with ExitStack() as running:
        with Steps(console) as steps:
            steps.begin("Starting the local AWS")
            aws = running.enter_context(LocalAws(port=port, wait_scale=WAIT_SCALE))
            aws.configure(**answers)
            outputs = deploy(aws, report=steps.begin)
        own_file = running.enter_context(published(aws.port, shell_variables(aws, outputs)))
        print(_instructions(aws, own_file), flush=True)
        aws.wait()
        raise LocalAwsError(f"The local AWS has ended by itself; the last line of its log is: {aws.last_log_line()}")


def shell_variables(aws: LocalAws, outputs: dict[str, str]) -> dict[str, str]:
    """The variables with which a shell uses the local AWS; `outputs` are the stack's."""
    return {
        **aws.environment,
        "STATE_MACHINE_ARN": outputs["StateMachineArn"],
        "TOPIC_ARN": outputs["TopicArn"],
        "RECORDS_TABLE": outputs["RecordsTable"],
    }


def _instructions(aws: LocalAws, own_file: Path) -> str:
    return f"""
The local AWS is at {aws.endpoint_url}, with the stack deployed. In another shell:

  . {ENV_FILE}
  aws rekognition describe-projects
  aws stepfunctions start-execution --state-machine-arn "$STATE_MACHINE_ARN" --input '{{"ProjectName": "NAME"}}'

The workflow distributes a project by itself as soon as it has both datasets. To distribute it yourself, as AWS's
guide does, create it with a tag:

  aws rekognition create-project --project-name NAME --tags auto-distribute=false

{ENV_FILE} leads to the newest local AWS of this checkout. The file of this one: {own_file}
Its log: {aws.log}
Ctrl-C stops it."""
