"""A schedule invokes its target as soon as it is due."""

import time

from local.aws import LocalAws
from tests.support.machines import SUCCEED, Machine
from tests.support.roles import Role
from tests.support.schedules import run_once

INTERVAL = 10.0  # seconds between two polls of MiniStack: without the patch, three schedules take twice as long


def test_three_schedules_one_after_another_wait_for_no_poll(local_aws: LocalAws) -> None:
    machine, role = Machine(local_aws, SUCCEED), Role(local_aws, {"Action": ["states:StartExecution"]})
    began = time.monotonic()
    for _ in range(3):
        run_once(local_aws, {"Arn": machine.arn, "RoleArn": role.arn, "Input": "{}"})
    assert time.monotonic() - began < INTERVAL
    listed = local_aws.client("stepfunctions").list_executions(stateMachineArn=machine.arn)["executions"]
    assert len(listed) == 3
