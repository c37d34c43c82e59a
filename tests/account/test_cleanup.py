"""`make verify` removes what it made, asks before it makes anything, and says where nobody can answer."""

import os
import subprocess
import sys

import pytest

from account.session import Account
from account.verify import equipment
from account.verify.cleanup import Remains, find_remains, remove
from account.verify.lab import PREFIX, Lab
from account.verify.manifest import images
from local.aws import ROOT, LocalAws


def test_what_a_crash_left_is_found_and_removed(account: Account, lab: Lab) -> None:
    name = f"{PREFIX}{lab.run}"
    equipment.create(account, lab.run)
    lab.pair(images(lab.bucket, 10, "cat", "pet"))
    lab.begin(lab.project(), "TEST")  # is being created
    other = lab.rekognition.create_project(ProjectName=f"other-{lab.run}")["ProjectArn"]
    found = find_remains(account)
    assert (found.stacks, len(found.projects)) == ([name], 2)
    remove(account, found, lab.clock, lambda _step: None)
    lab.clock.wait(10)
    assert find_remains(account) == Remains([], [])
    kept = lab.rekognition.describe_projects(ProjectNames=[f"other-{lab.run}"])["ProjectDescriptions"]
    assert [each["ProjectArn"] for each in kept] == [other]


@pytest.mark.parametrize(
    ("answer", "said"), [("n\n", "Nothing was made."), ("", "Nobody can answer: there is no terminal. YES=1 agrees.")]
)
def test_nothing_is_made_before_somebody_agrees(local_aws: LocalAws, answer: str, said: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "account", "verify"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **local_aws.environment},
        input=answer,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert "account 123456789012, Region us-east-1." in done.stdout
    assert said in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert local_aws.client("rekognition").describe_projects()["ProjectDescriptions"] == []
