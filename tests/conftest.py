"""Each test process has one local AWS. The first test that uses the stack deploys it."""

import json
import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from local.aws import LocalAws, forget_other_accounts
from local.cdk import STACK, deploy
from tests.campaign import answers
from tests.support import tally
from tests.support.executions import Executions, Subscriber
from tests.support.queues import create_queue
from tests.support.unique import unique
from tests.support.workbench import Workbench

# The CDK's validation of the template is nearly half of a synth, and tests synthesize dozens of times. `make check` and
# tests/deployment/test_synth.py validate it.
os.environ["CDK_VALIDATION"] = "false"

pytest.register_assert_rewrite(
    "tests.deployment.permissions.behaviours"
)  # it asserts, but its name does not begin with test_

# Each change takes this many seconds, so it finishes only when a test moves the clock.
DURATIONS = dict.fromkeys(answers.DURATIONS, 60.0)

# A stack that an earlier test deployed must not react in a test that does not use it.
NO_EVENTS = {"event_copies": 0}


def pytest_addoption(parser: pytest.Parser) -> None:
    about = "answers to what AWS does not document, in every test: setting=answer,setting=answer or @file"
    parser.addoption("--answer", default="", help=about)


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "assumes(*settings): the test holds only for their default answers")
    try:
        answers.read(config.getoption("--answer"))
    except ValueError as error:
        raise pytest.UsageError(str(error)) from error


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print the counts of the tests below their results."""
    ran = (terminalreporter.stats.get(result, []) for result in ("passed", "failed"))
    terminalreporter.write(tally.render(report for reports in ran for report in reports))


@pytest.fixture(scope="session")
def local_aws() -> Iterator[LocalAws]:
    forget_other_accounts()
    with LocalAws(wait_scale=0) as aws:
        yield aws


@pytest.fixture(autouse=True)
def _custom_labels_defaults(request: pytest.FixtureRequest) -> Iterator[None]:
    """Give each test an empty Custom Labels service with the default settings."""
    if "local_aws" not in request.fixturenames:
        yield
        return
    answer = answers.read(request.config.getoption("--answer"))
    assumed = {name for marker in request.node.iter_markers("assumes") for name in marker.args}
    if assumed & answer.keys():
        pytest.skip(f"The test assumes the default answers to {', '.join(sorted(assumed))}.")
    aws: LocalAws = request.getfixturevalue("local_aws")
    events = {} if "stack" in request.fixturenames else NO_EVENTS
    aws.configure(**{**DURATIONS, **events, **answer})
    yield
    aws.wait_until_idle()  # else a function that an event has invoked would notify people in the next test
    aws.reset()


@pytest.fixture
def events(local_aws: LocalAws) -> Iterator[None]:
    """Calls send events, also in a test that does not use the stack. No event starts an execution."""
    rules = local_aws.client("events")
    started_by = [rule["Name"] for rule in rules.list_rules(NamePrefix=f"{STACK}-Trigger")["Rules"]]
    for name in started_by:
        rules.disable_rule(Name=name)
    local_aws.configure(event_copies=1)
    yield
    for name in started_by:
        rules.enable_rule(Name=name)


@pytest.fixture(scope="session")
def rekognition(local_aws: LocalAws) -> Any:
    return local_aws.client("rekognition")


@pytest.fixture(scope="session")
def s3(local_aws: LocalAws) -> Any:
    return local_aws.client("s3")


@pytest.fixture(scope="session")
def bucket(s3: Any) -> str:
    name = unique("manifests")
    s3.create_bucket(Bucket=name)
    return name


@pytest.fixture
def project(rekognition: Any) -> str:
    """The ARN of a new project."""
    arn: str = rekognition.create_project(ProjectName=unique("project"))["ProjectArn"]
    return arn


@pytest.fixture
def bench(local_aws: LocalAws, rekognition: Any, s3: Any, bucket: str) -> Workbench:
    return Workbench(local_aws, rekognition, s3, bucket)


@pytest.fixture(scope="session")
def stack(local_aws: LocalAws, pytestconfig: pytest.Config) -> dict[str, str]:
    """The outputs of the deployed stack."""
    answer = answers.read(pytestconfig.getoption("--answer"))
    return deploy(local_aws, context=answers.MAY_READ_IMAGES if answer.get("distribution_reads_images") else None)


@pytest.fixture(scope="session")
def executions(local_aws: LocalAws, stack: dict[str, str]) -> Executions:
    return Executions(local_aws, stack["StateMachineArn"])


@pytest.fixture
def subscriber(local_aws: LocalAws, stack: dict[str, str]) -> Iterator[Subscriber]:
    """A subscriber to the notifications topic, for the duration of the test."""
    subscriber = Subscriber(local_aws, stack["TopicArn"])
    yield subscriber
    subscriber.unsubscribe()


@pytest.fixture
def token_queue(local_aws: LocalAws) -> str:
    """The URL of a queue to which a state machine sends its task tokens."""
    return create_queue(local_aws, "states.amazonaws.com")[0]


@pytest.fixture
def receive_token(local_aws: LocalAws, token_queue: str) -> Callable[[], str]:
    """A function that returns the next task token from the queue."""
    sqs = local_aws.client("sqs")

    def receive() -> str:
        (message,) = sqs.receive_message(QueueUrl=token_queue, WaitTimeSeconds=20)["Messages"]
        return str(message["Body"])

    return receive


@pytest.fixture
def receive_statuses(local_aws: LocalAws) -> Iterator[Callable[[str, int], list[str]]]:
    """A function that takes the ARN of an execution and a count, and returns its next statuses from EventBridge."""
    queue, queue_arn = create_queue(local_aws, "events.amazonaws.com")
    events, sqs, rule = local_aws.client("events"), local_aws.client("sqs"), unique("changes")
    events.put_rule(Name=rule, EventPattern=json.dumps({"source": ["aws.states"]}))
    events.put_targets(Rule=rule, Targets=[{"Id": "queue", "Arn": queue_arn}])

    def receive(arn: str, count: int) -> list[str]:
        statuses: list[str] = []
        while len(statuses) < count:
            (message,) = sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=20)["Messages"]
            sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
            detail = json.loads(message["Body"])["detail"]
            statuses += [detail["status"]] if detail["executionArn"] == arn else []
        return statuses

    yield receive
    events.remove_targets(Rule=rule, Ids=["queue"])
    events.delete_rule(Name=rule)
