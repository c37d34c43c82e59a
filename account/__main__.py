"""`python -m account doctor` examines a deployed stack. `python -m account verify` asks the account how it behaves."""

import argparse
import signal
import sys

from rich.console import Console

from account.doctor.command import run_doctor
from account.session import AccountError
from account.verify.command import run_verify

STACK = "DatasetDistribution"


def main() -> int:
    """The exit status: that of the command, 2 if the account cannot be asked, 130 after Ctrl-C."""
    arguments = _parse_arguments()
    console = Console(highlight=False)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # what was made is removed, as after Ctrl-C
    try:
        return run_verify(console) if arguments.command == "verify" else run_doctor(console, arguments.stack)
    except AccountError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\nStopped." if arguments.command == "doctor" else "\nStopped. The next run removes what is left.")
        return 130


def _parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m account", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    doctor = commands.add_parser("doctor", help="say whether a deployed stack is all right")
    doctor.add_argument("--stack", default=STACK, help=f"the name of the stack; {STACK} by default")
    commands.add_parser("verify", help="ask the account how Custom Labels and the workflow behave there")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
