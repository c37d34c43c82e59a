"""A deployment over an older one, while executions run; and what is kept of one that is to keep data."""

import hashlib
import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from local.aws import ACCOUNT, REGION, ROOT, LocalAws, LocalAwsError, forget_other_accounts
from local.cdk import STACK, deploy_assembly, destroy, synthesize_assembly
from tests.support.executions import Execution, Executions, read_records
from tests.support.inventory import list_stack_resources
from tests.support.workbench import Workbench, images

# The newer version: no function of it answers what the older definition reads, nor the other way round.
EDITS = {
    "lambdas/resolve_datasets.py": {
        '"Action": decision.action,\n        "R': '"Verdict": decision.action,\n        "R'
    },
    "lambdas/claim_pair.py": {'"Action"': '"Verdict"'},
    "lambdas/check_distribution.py": {'"Verdict": poll.verdict': '"Stage": poll.verdict'},
    "infra/workflow/state_machine.py": {
        "$pair.Action": "$pair.Verdict",
        '"verdict": ".Verdict"': '"verdict": ".Stage"',
        "Wait before checking": "Wait before looking",
    },
}
DATA = {"AWS::DynamoDB::Table": 1, "AWS::KMS::Key": 1, "AWS::Logs::LogGroup": 6, "AWS::S3::Bucket": 1}

Inventory = dict[str, set[str]]


@dataclass(frozen=True)
class Older:
    """The older version, deployed, with executions that wait in it."""

    assembly: Path
    outputs: dict[str, str]
    executions: Executions
    waiting: dict[str, str]
    """The execution by the state that it waits in."""


@dataclass(frozen=True)
class Newer:
    """What came of them, and of one that began with the newer version."""

    old: dict[str, Execution]
    new: Execution
    pages: list[str]
    versions: set[str]
    """Of each function, once a deployment failed and the next did not."""


@pytest.fixture(scope="module")
def aws() -> Iterator[LocalAws]:
    """One of its own: stacks come and go in it."""
    forget_other_accounts()
    with LocalAws(wait_scale=0.1) as aws:
        aws.configure(creation_seconds=60.0, distribution_seconds=60.0, event_copies=0)
        yield aws


@pytest.fixture(scope="module")
def bench(aws: LocalAws) -> Workbench:
    aws.client("s3").create_bucket(Bucket="manifests")
    return Workbench(aws, aws.client("rekognition"), aws.client("s3"), "manifests")


def project(bench: Workbench, name: str) -> str:
    return str(bench.rekognition.create_project(ProjectName=name)["ProjectArn"])


@pytest.fixture(scope="module")
def older(bench: Workbench) -> Older:
    assembly = synthesize_assembly(bench.aws)
    outputs = deploy_assembly(bench.aws, assembly)
    executions = Executions(bench.aws, outputs["StateMachineArn"])
    distributing, creating = project(bench, "distributing"), project(bench, "creating")
    bench.pair(distributing, images(10))
    waiting = {"Wait before checking": executions.begin({"ProjectArn": distributing})}
    executions.wait_until_entered(waiting["Wait before checking"], "Wait before checking", times=1)
    bench.begin(creating, "TRAIN", images(10))
    bench.begin(creating, "TEST")
    waiting["Wait for datasets"] = executions.begin({"ProjectArn": creating})
    executions.wait_until_entered(waiting["Wait for datasets"], "Wait for datasets", times=1)
    return Older(assembly, outputs, executions, waiting)


def edited_checkout(folder: Path) -> Path:
    for name in ("app.py", "cdk.json"):
        shutil.copy(ROOT / name, folder)
    for name in ("infra", "lambdas"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name, edits in EDITS.items():
        for old, new in edits.items():
            text = (folder / name).read_text()
            assert old in text
            (folder / name).write_text(text.replace(old, new))
    return folder


def with_a_resource_that_fails(assembly: Path) -> Path:
    """It comes after the state machine, whose definition is the newer one by then."""
    broken = assembly.with_name("broken")
    shutil.copytree(assembly, broken)
    path = broken / f"{STACK}.template.json"
    content = path.read_bytes()
    template = json.loads(content)
    machine = next(n for n, r in template["Resources"].items() if r["Type"] == "AWS::StepFunctions::StateMachine")
    template["Resources"]["Broken"] = {
        "Type": "AWS::Logs::LogGroup",
        "Properties": {"KmsKeyId": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/none"},
        "DependsOn": machine,
    }
    path.write_text(json.dumps(template))
    old, new = (hashlib.sha256(each).hexdigest() for each in (content, path.read_bytes()))
    for manifest in (broken / "manifest.json", broken / f"{STACK}.assets.json"):
        manifest.write_text(manifest.read_text().replace(old, new))
    return broken


@pytest.fixture(scope="module")
def newer(bench: Workbench, older: Older, tmp_path_factory: pytest.TempPathFactory) -> Newer:
    """Its first deployment fails and is rolled back; it also begins to keep data."""
    checkout = edited_checkout(tmp_path_factory.mktemp("newer"))
    assembly = synthesize_assembly(bench.aws, context={"removalPolicy": "retain"}, checkout=checkout)
    with pytest.raises(LocalAwsError):
        deploy_assembly(bench.aws, with_a_resource_that_fails(assembly))
    assert deploy_assembly(bench.aws, assembly) == older.outputs
    bench.aws.configure(creation_seconds=0, distribution_seconds=0)
    bench.finish()
    old = {state: older.executions.wait_until_ended(arn) for state, arn in older.waiting.items()}
    begun_later = project(bench, "begun-later")
    bench.pair(begun_later, images(10))
    new = older.executions.run({"ProjectArn": begun_later})
    versions = {arn.rpartition(":")[2] for arn in list_stack_resources(bench.aws, STACK)["AWS::Lambda::Version"]}
    return Newer(old, new, pages(bench, older), versions)


def pages(bench: Workbench, deployed: Older) -> list[str]:
    listed = bench.s3.list_objects_v2(Bucket=deployed.outputs["ReportsBucket"])
    return [page["Key"] for page in listed.get("Contents", [])]


@pytest.mark.parametrize("state", ["Wait for datasets", "Wait before checking"])
def test_a_running_execution_ends_as_it_began(newer: Newer, state: str) -> None:
    execution = newer.old[state]
    assert execution.status == "SUCCEEDED", execution
    assert execution.output["Outcome"] == "DISTRIBUTED"
    assert "Wait before checking" in execution.states
    assert "Wait before looking" not in execution.states


def test_the_next_execution_runs_the_newer_version(newer: Newer) -> None:
    assert newer.new.output["Outcome"] == "DISTRIBUTED"
    assert "Wait before looking" in newer.new.states


def test_a_deployment_that_was_rolled_back_leaves_no_version(newer: Newer) -> None:
    """Lambda publishes no version whose code and configuration are those of the one before (PublishVersion): the same
    deployment would fail from then on."""
    assert newer.versions == {"$LATEST", "1", "3"}


def test_data_that_shall_be_kept_from_now_on_is_not_emptied(newer: Newer) -> None:
    assert len(newer.pages) == 3


@dataclass(frozen=True)
class Kept:
    """What the newer version, which is to keep data, leaves when it is destroyed."""

    inventory: Inventory
    records: list[dict[str, str]]
    sizes: list[int]
    """Of the pages, which take the key to read."""


@pytest.fixture(scope="module")
def kept(bench: Workbench, older: Older, newer: Newer) -> Kept:
    destroy(bench.aws, older.assembly)
    bucket = older.outputs["ReportsBucket"]
    return Kept(
        list_stack_resources(bench.aws, STACK),
        read_records(bench.aws, older.outputs["RecordsTable"], "begun-later"),
        [bench.s3.get_object(Bucket=bucket, Key=page)["ContentLength"] for page in newer.pages],
    )


def test_what_is_asked_to_be_kept_stays_and_nothing_else(kept: Kept) -> None:
    assert {kind: len(names) for kind, names in kept.inventory.items()} == DATA


def test_what_is_kept_can_be_used(newer: Newer, kept: Kept) -> None:
    (record,) = kept.records
    assert (record["Execution"], record["Outcome"]) == (newer.new.arn, "DISTRIBUTED")
    assert kept.sizes
    assert all(kept.sizes)
