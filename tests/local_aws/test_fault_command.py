"""`python -m local fault`, and docs/faults.md."""

import json
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest

from local.aws import ROOT, LocalAws
from local.command import shell_variables
from local.env_file import published
from local.faults.fault import Fault
from tests.local_aws.test_local import run_local
from tests.support.executions import Executions, pair_without_execution
from tests.support.workbench import Workbench

PAGE = (ROOT / "docs" / "faults.md").read_text()
EXAMPLES = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
ERRORS = [
    ["InternalServerError"],
    ["ThrottlingException"] * 3,
    [],
    ["Runtime.ExitError"],
]
NONE_RUNS = "No local AWS is running here: start one with `make local`, and try again.\n"


def run_fault(folder: Path, *arguments: str) -> tuple[int, str, str]:
    """The exit status, the output and the error output."""
    process = run_local(folder, "fault", *arguments)
    output, errors = process.communicate(timeout=60)
    return process.returncode, output, errors


@pytest.fixture
def folder(
    tmp_path: Path, local_aws: LocalAws, stack: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """A folder in which `python -m local` seems to run."""
    monkeypatch.chdir(tmp_path)
    with published(local_aws.port, shell_variables(local_aws, stack)):
        yield tmp_path


def test_each_example_has_an_expectation() -> None:
    assert len(EXAMPLES) == len(ERRORS)


@pytest.mark.parametrize(("example", "errors"), list(zip(EXAMPLES, ERRORS, strict=True)))
def test_each_example_does_what_the_page_says(
    bench: Workbench, project: str, executions: Executions, folder: Path, example: str, errors: list[str]
) -> None:
    bench.aws.configure(creation_seconds=0, update_seconds=0, distribution_seconds=0)
    pair_without_execution(bench, project, executions)
    shell = example.replace(".venv/bin/python", f"PYTHONPATH={shlex.quote(str(ROOT))} {shlex.quote(sys.executable)}")
    subprocess.run(["/bin/sh", "-ec", shell], cwd=folder, check=True, capture_output=True)
    execution = executions.run({"ProjectArn": project})
    failed = [
        event["taskFailedEventDetails"]["error"] for event in execution.history() if event["type"] == "TaskFailed"
    ]
    assert failed == errors
    assert bench.aws.match_counts()[0] > 0
    assert execution.output["Outcome"] == "DISTRIBUTED"


def test_the_page_lists_every_member() -> None:
    defaults: dict[str, object] = {member.name: member.default for member in fields(Fault)}
    defaults |= {"show": {}, "seconds": 0}
    rows = [f"| `{m.name}` | `{json.dumps(defaults[m.name])}` | {m.metadata['about']} |" for m in fields(Fault)[1:]]
    assert "\n".join(rows) in PAGE


def test_a_fault_replaces_the_former_one_until_it_is_cleared(folder: Path, local_aws: LocalAws) -> None:
    first = ("--call", "state:Claim pair", "--error", "States.Timeout", "--after", "--skip", "2", "--seconds", "0.5")
    in_force = {"call": "state:Claim pair", "error": "States.Timeout", "after": True, "seconds": 0.5, "skip": 2}
    assert run_fault(folder, *first) == (0, json.dumps({**in_force, "matched": 0}) + "\n", "")
    second = {"call": "sns:Publish", "cut": True, "matched": 0}
    assert run_fault(folder, "--call", "sns:Publish", "--cut") == (0, json.dumps(second) + "\n", "")
    assert run_fault(folder, "--list") == (0, json.dumps(second) + "\n", "")
    assert local_aws.match_counts() == [0]
    assert run_fault(folder, "--clear") == (0, "No fault is in force.\n", "")
    assert run_fault(folder, "--list") == (0, "No fault is in force.\n", "")
    assert local_aws.match_counts() == []


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (
            ["--call", "sns:Publish", "--cut", "--times", "often"],
            "times must be a whole number, 0 or more, not 'often'.\n",
        ),
        (["--call", "sns:Publish", "--cut", "--times=-1"], "times must be a whole number, 0 or more, not -1.\n"),
        (
            ["--call", "sns:Publish", "--cut", "--kill"],
            "A fault can have one of error, cut, kill, show, not cut and kill.\n",
        ),
        (["--call", "rekognition:DescribeDataset", "--show", "{"], "show must be an object, not '{'.\n"),
        (["--clear", "--cut"], "--cut needs --call.\n"),
        (["--list"], NONE_RUNS),
        (["--call", "sns:Publish", "--cut"], NONE_RUNS),
    ],
)
def test_an_invalid_argument_is_an_error_of_one_sentence(tmp_path: Path, arguments: list[str], sentence: str) -> None:
    assert run_fault(tmp_path, *arguments) == (2, "", sentence)


@pytest.mark.parametrize("ca_bundle", ["/no/such/file", ""])
def test_a_killed_local_aws_is_an_error_of_one_sentence(tmp_path: Path, local_aws: LocalAws, ca_bundle: str) -> None:
    """A killed local AWS leaves its file behind; another program may use its folder and its port by now."""
    (tmp_path / ".local").mkdir()
    found = ca_bundle or local_aws.ca_bundle
    env = f"export AWS_ENDPOINT_URL='https://127.0.0.1:1'\nexport AWS_CA_BUNDLE='{found}'\n"
    (tmp_path / ".local" / "env").write_text(env)
    assert run_fault(tmp_path, "--list") == (2, "", NONE_RUNS)
