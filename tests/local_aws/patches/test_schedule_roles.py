"""A schedule acts under its role."""

import pytest

from local.aws import LocalAws
from tests.support.machines import SUCCEED, Machine
from tests.support.queues import create_queue
from tests.support.roles import Role
from tests.support.schedules import run_once

SEND = ["sqs:SendMessage"]
USE_KEY = ["kms:GenerateDataKey", "kms:Decrypt"]
GIVEN = '{"a": 1}'


@pytest.mark.parametrize(
    ("actions", "started", "kept"),
    [
        ([*SEND, *USE_KEY, "states:StartExecution"], 1, 0),
        ([*SEND, *USE_KEY], 0, 1),
        ([*SEND, *USE_KEY[:1]], 0, 0),
        (USE_KEY, 0, 0),
    ],
)
def test_a_schedule_needs_its_role_for_target_and_dead_letter_queue(
    local_aws: LocalAws, actions: list[str], started: int, kept: int
) -> None:
    """The queue's policy and its key's do not matter: the role does."""
    machine, role = Machine(local_aws, SUCCEED), Role(local_aws, {"Action": actions})
    sqs, key = local_aws.client("sqs"), local_aws.client("kms").create_key()["KeyMetadata"]["Arn"]
    url, queue = create_queue(local_aws, "nobody.amazonaws.com")
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"KmsMasterKeyId": key})
    target = {"Arn": machine.arn, "RoleArn": role.arn, "Input": GIVEN, "DeadLetterConfig": {"Arn": queue}}
    run_once(local_aws, target)
    listed = local_aws.client("stepfunctions").list_executions(stateMachineArn=machine.arn)["executions"]
    bodies = [message["Body"] for message in sqs.receive_message(QueueUrl=url).get("Messages", [])]
    assert (len(listed), bodies) == (started, [GIVEN] * kept)
