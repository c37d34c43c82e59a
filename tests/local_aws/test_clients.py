"""The AWS CLI and the AWS SDK for JavaScript call every operation of the Custom Labels service."""

import json
import os
import subprocess
from pathlib import Path

import pytest
from botocore import xform_name

from local.aws import ROOT
from local.custom_labels.service import OPERATIONS
from tests.support.unique import unique
from tests.support.workbench import Workbench, images

FOLDER = Path(__file__).parent / "clients"
CLI = ROOT / ".local" / "tools" / "bin"
RESULTS = ["SUCCESS", "12", "12", "UPDATE_COMPLETE\tUPDATE_COMPLETE", "0", "red", "DELETING"]


@pytest.fixture
def bench(bench: Workbench) -> Workbench:
    """The service finishes every change at once."""
    seconds = ("creation_seconds", "update_seconds", "distribution_seconds", "deletion_seconds")
    bench.aws.configure(**dict.fromkeys(seconds, 0))
    return bench


def run_client(bench: Workbench, command: str, file: str, added: str) -> list[str]:
    """The lines that the script prints."""
    bench.put(images(10), name="clients.manifest")
    environment = bench.aws.process_environment
    path = os.pathsep.join((str(CLI), environment["PATH"]))
    ran = subprocess.run(
        [command, str(FOLDER / file), unique("clients"), bench.bucket, "clients.manifest", added],
        env={**environment, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.splitlines()


@pytest.mark.assumes("success_message_code", "stale_status_seconds")
def test_the_aws_cli_drives_every_operation(bench: Workbench) -> None:
    assert (CLI / "aws").is_file(), "The AWS CLI of the project is missing. `make test` installs it."
    added = json.dumps({"GroundTruth": "\n".join(images(2, first=10))})
    assert run_client(bench, "sh", "every_operation.sh", added) == RESULTS


@pytest.mark.assumes("success_message_code", "stale_status_seconds")
def test_the_javascript_sdk_drives_every_operation(bench: Workbench) -> None:
    added = "\n".join(images(2, first=10))
    assert run_client(bench, "node", "every_operation.mjs", added) == RESULTS


def test_both_scripts_call_every_operation() -> None:
    shell, javascript = ((FOLDER / name).read_text() for name in ("every_operation.sh", "every_operation.mjs"))
    for operation in OPERATIONS:
        assert f" {xform_name(operation, '-')} " in shell
        assert f'"{operation}"' in javascript
