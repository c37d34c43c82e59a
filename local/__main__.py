"""`python -m local` keeps a local AWS running with the stack deployed; `python -m local demo` shows a distribution."""

import argparse
import signal
import sys
from pathlib import Path

from rich.console import Console

from local.aws import LocalAws, LocalAwsError
from local.cdk import deploy
from local.demo import run_demo
from local.manifest_file import ManifestError
from local.steps import Steps

ENV_FILE = Path(".local/env")
WAIT_SCALE = 0.1


def main() -> int:
    """The exit status: 0, or 1 for a failure of the demo's distribution, or 2 for what the caller has to mend."""
    arguments = _parse_arguments()
    console = Console(highlight=False)
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        if arguments.command == "demo":
            return run_demo(console, arguments.manifest)
        return _keep_running(console, arguments.port)
    except (LocalAwsError, ManifestError) as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nStopped; nothing is left running.")
        return 130 if arguments.command == "demo" else 0


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m local", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="of the local AWS; a free one when left out")
    commands = parser.add_subparsers(dest="command")
    demo = commands.add_parser("demo", help="distribute a dataset, before your eyes")
    demo.add_argument("--manifest", type=Path, help="a manifest of your own; a sample when left out")
    return parser.parse_args()


def _interrupt(_signal: int, _frame: object) -> None:
    raise KeyboardInterrupt


def _keep_running(console: Console, port: int) -> int:
    with LocalAws(port=port, wait_scale=WAIT_SCALE) as aws:
        with Steps(console) as steps:
            outputs = deploy(aws, report=steps.begin)
        _write_environment(aws, outputs)
        try:
            print(_how_to_reach(aws), flush=True)
            signal.pause()
        finally:
            ENV_FILE.unlink(missing_ok=True)
    return 0


def _write_environment(aws: LocalAws, outputs: dict[str, str]) -> None:
    variables = {
        **aws.environment,
        "STATE_MACHINE_ARN": outputs["StateMachineArn"],
        "TOPIC_ARN": outputs["TopicArn"],
    }
    ENV_FILE.parent.mkdir(exist_ok=True)
    ENV_FILE.write_text("".join(f"export {name}='{value}'\n" for name, value in variables.items()))


def _how_to_reach(aws: LocalAws) -> str:
    return f"""
The local AWS is at {aws.endpoint_url}, with the stack deployed. In another shell:

  . .local/env
  aws rekognition describe-projects
  aws stepfunctions start-execution --state-machine-arn "$STATE_MACHINE_ARN" --input '{{"ProjectName": "NAME"}}'

Its log: {aws.log}
Ctrl-C stops it."""


if __name__ == "__main__":
    sys.exit(main())
