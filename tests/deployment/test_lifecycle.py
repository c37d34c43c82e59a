"""A deployment over an older one while executions run, and a deployment that retains data."""

import hashlib
import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from infra.functions import FUNCTIONS
from local.aws import ACCOUNT, REGION, ROOT, LocalAws, LocalAwsError, forget_other_accounts
from local.cdk import STACK, deploy_assembly, destroy, synthesize_assembly
from tests.support.executions import Execution, Executions, read_records
from tests.support.inventory import list_stack_resources
from tests.support.workbench import Workbench, images

# The newer version. Its functions do not fit the older definition, and the older functions do not fit its definition.
EDITS = {
    "lambdas/resolve_datasets.py": {
        '"Action": decision.action,\n        "R': '"Verdict": decision.action,\n        "R'
    },
    "lambdas/claim_pair.py": {'"Action"': '"Verdict"'},
    "lambdas/check_distribution.py": {'"Verdict": poll.verdict': '"Stage": poll.verdict'},
    "infra/workflow/state_machine.py": {
        "$pair.Action": "$pair.Verdict",
        '"verdict": ".Verdict"': '"verdict": ".Stage"',
        "Wait before checking": "Wait before polling",
    },
}
LOG_GROUPS = len(FUNCTIONS) + 2  # and those of the state machines
DATA = {"AWS::DynamoDB::Table": 1, "AWS::KMS::Key": 1, "AWS::Logs::LogGroup": LOG_GROUPS, "AWS::S3::Bucket": 1}

Inventory = dict[str, set[str]]


@dataclass(frozen=True)
class Older:
    """The older version, deployed, with waiting executions."""

    assembly: Path
    outputs: dict[str, str]
    executions: Executions
    waiting: dict[str, str]
    """The ARN of an execution, by the state that it waits in."""


@dataclass(frozen=True)
class Newer:
    """The same executions after their end, and one that began with the newer version."""

    old: dict[str, Execution]
    new: Execution
    pages: list[str]
    versions: set[str]
    """The versions of all functions, after a deployment that failed and one that succeeded."""


@pytest.fixture(scope="module")
def aws() -> Iterator[LocalAws]:
    """A local AWS of this module's own, because it creates and deletes stacks."""
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
    """The assembly with a resource that fails after the state machine has got the newer definition."""
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
    """The newer version, which retains data. Its first deployment fails and is rolled back."""
    checkout = edited_checkout(tmp_path_factory.mktemp("newer"))
    assembly = synthesize_assembly(bench.aws, context={"removalPolicy": "retain"}, checkout=checkout)
    with pytest.raises(LocalAwsError):
        deploy_assembly(bench.aws, with_a_resource_that_fails(assembly))
    assert deploy_assembly(bench.aws, assembly) == older.outputs
    bench.aws.configure(creation_seconds=0, distribution_seconds=0)
    bench.finish()
    old = {state: older.executions.wait_until_ended(arn) for state, arn in older.waiting.items()}
    later = project(bench, "later")
    bench.pair(later, images(10))
    new = older.executions.run({"ProjectArn": later})
    versions = {arn.rpartition(":")[2] for arn in list_stack_resources(bench.aws, STACK)["AWS::Lambda::Version"]}
    return Newer(old, new, pages(bench, older), versions)


def pages(bench: Workbench, deployed: Older) -> list[str]:
    listed = bench.s3.list_objects_v2(Bucket=deployed.outputs["ReportsBucket"])
    return [page["Key"] for page in listed.get("Contents", [])]


@pytest.mark.parametrize("state", ["Wait for datasets", "Wait before checking"])
def test_running_execution_keeps_its_version(newer: Newer, state: str) -> None:
    execution = newer.old[state]
    assert execution.status == "SUCCEEDED", execution
    assert execution.output["Outcome"] == "DISTRIBUTED"
    assert "Wait before checking" in execution.states
    assert "Wait before polling" not in execution.states


def test_next_execution_runs_the_newer_version(newer: Newer) -> None:
    assert newer.new.output["Outcome"] == "DISTRIBUTED"
    assert "Wait before polling" in newer.new.states


def test_rolled_back_deployment_leaves_no_version(newer: Newer) -> None:
    """Lambda does not publish a version that equals the one before (PublishVersion). So a version that remains would
    fail the same deployment from then on."""
    assert newer.versions == {"$LATEST", "1", "3"}


def test_bucket_that_is_now_retained_is_not_emptied(newer: Newer) -> None:
    assert len(newer.pages) == 3


@dataclass(frozen=True)
class Retained:
    """What remains after the newer version, which retains data, is destroyed."""

    inventory: Inventory
    records: list[dict[str, str]]
    sizes: list[int]
    """The sizes of the pages, which only the key can decrypt."""


@pytest.fixture(scope="module")
def retained(bench: Workbench, older: Older, newer: Newer) -> Retained:
    destroy(bench.aws, older.assembly)
    bucket = older.outputs["ReportsBucket"]
    return Retained(
        list_stack_resources(bench.aws, STACK),
        read_records(bench.aws, older.outputs["RecordsTable"], "later"),
        [bench.s3.get_object(Bucket=bucket, Key=page)["ContentLength"] for page in newer.pages],
    )


def test_only_retained_resources_remain(retained: Retained) -> None:
    assert {kind: len(names) for kind, names in retained.inventory.items()} == DATA


def test_retained_data_can_be_read(newer: Newer, retained: Retained) -> None:
    (record,) = retained.records
    assert (record["Execution"], record["Outcome"]) == (newer.new.arn, "DISTRIBUTED")
    assert retained.sizes
    assert all(retained.sizes)
