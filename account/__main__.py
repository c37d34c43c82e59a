"""`python -m account doctor` examines a deployed stack."""

import argparse
import sys

from rich.console import Console

from account.doctor.command import run_doctor
from account.session import AccountError

STACK = "DatasetDistribution"


def main() -> int:
    """The exit status: that of the command, 2 if the account cannot be asked, 130 after Ctrl-C."""
    arguments = _parse_arguments()
    console = Console(highlight=False)
    try:
        return run_doctor(console, arguments.stack)
    except AccountError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m account", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    doctor = commands.add_parser("doctor", help="say whether a deployed stack is all right")
    doctor.add_argument("--stack", default=STACK, help=f"the name of the stack; {STACK} by default")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
