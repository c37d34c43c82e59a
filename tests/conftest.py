"""One local AWS a test process, with the stack deployed when a test asks for it."""

import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from local.aws import LocalAws, forget_other_accounts
from local.cdk import deploy
from tests import tally
from tests.custom_labels import Workbench
from tests.executions import Executions, Subscriber

# Nothing finishes unless a test moves the clock.
DURATIONS = dict.fromkeys(("creation_seconds", "update_seconds", "distribution_seconds", "deletion_seconds"), 60.0)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """What the tests counted, below their results."""
    ran = (terminalreporter.stats.get(result, []) for result in ("passed", "failed"))
    terminalreporter.write(tally.render(report for reports in ran for report in reports))


@pytest.fixture(scope="session")
def local_aws() -> Iterator[LocalAws]:
    forget_other_accounts()
    with LocalAws(wait_scale=0) as aws:
        yield aws


@pytest.fixture(autouse=True)
def _custom_labels_defaults(request: pytest.FixtureRequest) -> Iterator[None]:
    """The Custom Labels service is each test's own: its settings, and what is in it."""
    if "local_aws" not in request.fixturenames:
        yield
        return
    aws: LocalAws = request.getfixturevalue("local_aws")
    aws.configure(**DURATIONS)
    yield
    aws.reset()


@pytest.fixture(scope="session")
def rekognition(local_aws: LocalAws) -> Any:
    return local_aws.client("rekognition")


@pytest.fixture(scope="session")
def s3(local_aws: LocalAws) -> Any:
    return local_aws.client("s3")


@pytest.fixture(scope="session")
def bucket(s3: Any) -> str:
    name = f"manifests-{uuid.uuid4().hex[:12]}"
    s3.create_bucket(Bucket=name)
    return name


@pytest.fixture
def project(rekognition: Any) -> str:
    """The ARN of a project of this test's own."""
    arn: str = rekognition.create_project(ProjectName=f"project-{uuid.uuid4().hex[:12]}")["ProjectArn"]
    return arn


@pytest.fixture
def bench(local_aws: LocalAws, rekognition: Any, s3: Any, bucket: str) -> Workbench:
    return Workbench(local_aws, rekognition, s3, bucket)


@pytest.fixture(scope="session")
def stack(local_aws: LocalAws) -> dict[str, str]:
    """The outputs of the deployed stack."""
    return deploy(local_aws)


@pytest.fixture(scope="session")
def executions(local_aws: LocalAws, stack: dict[str, str]) -> Executions:
    return Executions(local_aws, stack["StateMachineArn"])


@pytest.fixture
def subscriber(local_aws: LocalAws, stack: dict[str, str]) -> Iterator[Subscriber]:
    """A subscriber to the topic, from the beginning of the test to its end."""
    subscriber = Subscriber(local_aws, stack["TopicArn"])
    yield subscriber
    subscriber.leave()
