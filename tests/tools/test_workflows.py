"""The workflows of GitHub Actions, and the page about the one that uses an AWS account."""

import json
import re
from typing import Any

import pytest
import yaml

from local.aws import ROOT

FOLDER = ROOT / ".github" / "workflows"
PAGE = (ROOT / "docs" / "verify-in-ci.md").read_text()
WORKFLOWS = {path.name: yaml.safe_load(path.read_text()) for path in FOLDER.glob("*.yml")}
JOBS = [(name, job) for name, workflow in WORKFLOWS.items() for job in workflow["jobs"].values()]
TRIGGERS = True  # YAML reads the key `on` so
VERIFY: dict[str, Any] = WORKFLOWS["verify.yml"]["jobs"]["verify"]


def commands(job: dict[str, Any]) -> list[str]:
    return [step["run"] for step in job["steps"] if "run" in step]


def test_every_command_is_a_target_of_make() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    for name, job in JOBS:
        assert {command.removeprefix("make ") for command in commands(job)} <= targets, name


def test_ci_runs_checks_tests_and_audit() -> None:
    jobs = WORKFLOWS["ci.yml"]["jobs"].values()
    assert {command for job in jobs for command in commands(job)} == {"make check", "make test", "make audit"}


@pytest.mark.parametrize(("name", "job"), JOBS)
def test_job_ends_in_time_and_only_a_person_gets_it_credentials(name: str, job: dict[str, Any]) -> None:
    assert job["timeout-minutes"] <= 180
    if job.get("permissions", {}).get("id-token"):
        assert set(WORKFLOWS[name][TRIGGERS]) == {"workflow_dispatch"}
        assert job["environment"]
        assert job["permissions"] == {"contents": "read", "id-token": "write"}
    else:
        assert "permissions" not in job


def test_packages_are_installed_before_there_are_credentials() -> None:
    steps = [step.get("run") or step["uses"].partition("@")[0] for step in VERIFY["steps"]]
    order = ["make setup", "aws-actions/configure-aws-credentials", "make verify"]
    assert [step for step in steps if step in order] == order


def test_credentials_last_as_long_as_the_job_may_take() -> None:
    (given,) = [step["with"] for step in VERIFY["steps"] if "role-duration-seconds" in step.get("with", {})]
    assert given["role-duration-seconds"] == VERIFY["timeout-minutes"] * 60
    assert f"at least {VERIFY['timeout-minutes'] // 60} hours" in PAGE


def test_trust_policy_admits_the_environment_of_the_job_only() -> None:
    policy = json.loads(PAGE.partition("<!-- the trust policy -->\n```json\n")[2].partition("```")[0])
    (statement,) = policy["Statement"]
    (operator,) = statement["Condition"]
    conditions = {key.rpartition(":")[2]: value for key, value in statement["Condition"][operator].items()}
    assert operator == "StringEquals"
    assert conditions.keys() == {"aud", "sub"}
    assert conditions["sub"].startswith("repo:OWNER@")
    assert conditions["sub"].endswith(f":environment:{VERIFY['environment']}")


def test_verification_is_off_until_a_role_is_named() -> None:
    assert VERIFY["if"] == "${{ vars.VERIFY_ROLE != '' }}"
