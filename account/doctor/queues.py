"""Are the dead-letter queues empty?"""

from collections.abc import Iterator

from account.deployed_stack import DeployedStack
from account.doctor.finding import Finding, good, wrong

ADVICE = {
    "Trigger": "Each is a new dataset that started no execution. Fix the cause, and start an execution for its project",
    "Schedule": "Each is a sweep that did not start. Fix the cause, and start a sweep",
    "Watch": "Each is an execution whose end nobody was notified of. Look at the execution",
}


def check_queues(stack: DeployedStack) -> Iterator[Finding]:
    """A finding for each queue with events, or one for all."""
    sqs, counts = stack.client("sqs"), {}
    for queue in stack.resources("AWS::SQS::Queue"):
        attributes = sqs.get_queue_attributes(
            QueueUrl=queue.physical_id, AttributeNames=["ApproximateNumberOfMessages"]
        )
        counts[queue.logical_id] = int(attributes["Attributes"]["ApproximateNumberOfMessages"])
    yield from judge(counts)


def judge(counts: dict[str, int]) -> Iterator[Finding]:
    """`counts`: the events in each queue by the queue's logical id."""
    for name, count in counts.items():
        if count:
            advice = next((advice for prefix, advice in ADVICE.items() if name.startswith(prefix)), "Read them")
            yield wrong(
                f"Events in the dead-letter queue {name}: {count}. The attribute ERROR_MESSAGE or ErrorMessage of each "
                f"says why. {advice}. Then purge the queue."
            )
    if not any(counts.values()):
        yield good(f"The {len(counts)} dead-letter queues are empty.")
