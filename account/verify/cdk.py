"""The kit's own deployment of this checkout, by the CDK CLI, with the credentials of the shell."""

import os
import subprocess
from pathlib import Path

from account.deployed_stack import DeployedStack
from account.session import Account, AccountError
from account.verify.lab import PREFIX

ROOT = Path(__file__).resolve().parent.parent.parent
CLI = ROOT / "node_modules" / ".bin" / "cdk"
STACK = "DatasetDistributionVerify"


def deploy(account: Account, images: str, log: Path, **settings: str) -> DeployedStack:
    """Deploy the stack for the projects of the kit only, or change its settings. Its images are in the bucket `images`.

    Raises AccountError with the last line of the CLI.
    """
    settings |= {"stackName": STACK, "projects": f"{PREFIX}*", "imageBuckets": images, "createDashboard": "false"}
    context = [word for key, value in settings.items() for word in ("--context", f"{key}={value}")]
    _run(log, "deploy", STACK, *context, "--require-approval", "never", "--progress", "events")
    return DeployedStack(account, STACK)


def _run(log: Path, *arguments: str) -> None:
    path = os.pathsep.join((str(CLI.parent), str(ROOT / ".venv" / "bin"), os.environ["PATH"]))
    with log.open("wb") as file:
        done = subprocess.run(
            [str(CLI), *arguments, "--ci", "--no-color", "--no-notices"],
            cwd=ROOT,
            env={**os.environ, "PATH": path},
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
            check=False,
        )
    if done.returncode:
        lines = log.read_text(errors="replace").strip().splitlines() or ["it wrote nothing"]
        raise AccountError(f"cdk {arguments[0]} failed: {lines[-1]} All it said is in {log}.")
