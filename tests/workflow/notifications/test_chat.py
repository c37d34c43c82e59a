"""The workflow notifies a chat channel."""

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from local.aws import LocalAws
from tests.support.executions import Executions
from tests.support.queues import create_queue
from tests.support.workbench import Workbench, images
from tests.workflow.notifications.messages import DOCS, distribute_new_pair, receive_bodies


@pytest.fixture
def bench(bench: Workbench) -> Workbench:
    bench.aws.configure(creation_seconds=0, update_seconds=0, distribution_seconds=0, event_copies=0)
    return bench


def test_a_chat_message_reports_the_distribution(
    local_aws: LocalAws, stack: dict[str, str], bench: Workbench, project: str, executions: Executions
) -> None:
    queue = subscribe_to_chat(local_aws, stack)
    execution = distribute_new_pair(bench, project, executions, images(10))
    chat = read_chat(local_aws, queue)
    assert chat["content"]["title"] == f"DISTRIBUTED: {project.split('/')[1]}"
    assert chat["content"]["nextSteps"][0] == "Nothing. The pair is ready to train with."
    assert chat["content"]["nextSteps"][1] == f"Report: {execution.output['ReportLink']}"
    assert execution.arn in chat["content"]["nextSteps"][2]


def test_chat_message_lists_the_warnings(
    local_aws: LocalAws, stack: dict[str, str], bench: Workbench, project: str, executions: Executions
) -> None:
    queue = subscribe_to_chat(local_aws, stack)
    bench.aws.configure(min_per_label=1, at_least_one=False)
    rare = images(2, "<!here> [rare](http://x)")
    distribute_new_pair(bench, project, executions, images(20, "rusty") + rare)
    content = read_chat(local_aws, queue)["content"]
    assert "\n- No test entry has the label &lt;!here&gt; [rare] (http[:]//x). " in content["description"]
    assert content["nextSteps"][0] == "Read the warnings above before you train with the pair."


def test_hostile_input_mentions_nobody_in_a_channel(
    local_aws: LocalAws, stack: dict[str, str], executions: Executions
) -> None:
    queue = subscribe_to_chat(local_aws, stack)
    executions.run({"ProjectName": "<!channel> & <http://x|y>"})
    assert "&lt;!channel&gt; &amp; &lt;http[:]//x|y&gt;" in read_chat(local_aws, queue)["content"]["description"]


def subscribe_to_chat(local_aws: LocalAws, stack: dict[str, str]) -> str:
    """The URL of a queue that receives the messages of the chat topic."""
    queue, arn = create_queue(local_aws, "sns.amazonaws.com")
    local_aws.client("sns").subscribe(TopicArn=stack["ChatTopicArn"], Protocol="sqs", Endpoint=arn)
    return queue


def read_chat(local_aws: LocalAws, queue: str) -> dict[str, Any]:
    """The one message in the queue. Raises ValidationError when docs/chat.schema.json does not describe it."""
    (body,) = receive_bodies(local_aws, queue)
    chat: dict[str, Any] = json.loads(body["Message"])
    Draft202012Validator(json.loads((DOCS / "chat.schema.json").read_text())).validate(chat)
    return chat
