"""SQS: a call that waits for a message gets one as soon as it is sent."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor

from local.aws import LocalAws
from local.ministack_patches.long_polls import wait_for_message, wake_waiting
from tests.support.queues import create_queue
from tests.support.unique import unique

LONG = 3600.0


def test_a_message_that_is_sent_ends_the_wait() -> None:
    """Another thread sends it."""

    async def wait_and_send() -> None:
        waiting = asyncio.create_task(wait_for_message(LONG))
        await asyncio.sleep(0)  # the task begins to wait
        await asyncio.to_thread(wake_waiting(lambda: None))
        await asyncio.wait_for(waiting, LONG / 60)

    asyncio.run(wait_and_send())


def test_the_wait_ends_without_a_message() -> None:
    asyncio.run(wait_for_message(0.0))


def test_a_waiting_call_gets_a_message_of_a_rule(local_aws: LocalAws) -> None:
    url, arn = create_queue(local_aws, "events.amazonaws.com")
    events, rule = local_aws.client("events"), unique("rule")
    events.put_rule(Name=rule, EventPattern=json.dumps({"source": [rule]}))
    events.put_targets(Rule=rule, Targets=[{"Id": "queue", "Arn": arn}])
    receive = local_aws.client("sqs").receive_message
    with ThreadPoolExecutor(1) as thread:
        waiting = thread.submit(receive, QueueUrl=url, WaitTimeSeconds=20)
        events.put_events(Entries=[{"Source": rule, "DetailType": "x", "Detail": '{"a": 1}'}])
        (message,) = waiting.result()["Messages"]
    assert json.loads(message["Body"])["detail"] == {"a": 1}
    events.remove_targets(Rule=rule, Ids=["queue"])
    events.delete_rule(Name=rule)
