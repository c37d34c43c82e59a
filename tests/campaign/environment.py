"""A local AWS with the deployed stack, and queues that receive what the executions of a run send."""

import itertools
import json
from typing import Any

from local.aws import LocalAws
from local.cdk import STACK
from tests.support.queues import create_queue, take_all
from tests.support.workbench import Workbench

ENDED = ["SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"]


class Environment:
    """A local AWS with the stack, and queues that receive notifications, endings and completion events."""

    def __init__(self, aws: LocalAws, outputs: dict[str, str]) -> None:
        self.aws, self.outputs = aws, outputs
        self.stepfunctions, self._sqs = aws.client("stepfunctions"), aws.client("sqs")
        self.rekognition = aws.client("rekognition")
        s3 = aws.client("s3")
        s3.create_bucket(Bucket="chaos")
        self.bench = Workbench(aws, self.rekognition, s3, "chaos")
        self.messages, topic_queue = create_queue(aws, "sns.amazonaws.com")
        aws.client("sns").subscribe(TopicArn=outputs["TopicArn"], Protocol="sqs", Endpoint=topic_queue)
        self.endings = self._create_event_queue("endings", {"source": ["aws.states"], "detail": {"status": ENDED}})
        self.completions = self._create_event_queue("completions", {"source": ["dataset-distribution"]})
        self._numbers = itertools.count()
        self._events = aws.client("events")
        self._lambda = aws.client("lambda")
        (self._notify_ending,) = [
            each["FunctionName"]
            for each in self._lambda.list_functions()["Functions"]
            if "NotifyEnding" in each["FunctionName"]
        ]

    def _create_event_queue(self, name: str, pattern: dict[str, Any]) -> str:
        """The URL of a queue that receives the events of this pattern."""
        url, arn = create_queue(self.aws, "events.amazonaws.com")
        events = self.aws.client("events")
        events.put_rule(Name=name, EventPattern=json.dumps(pattern))
        events.put_targets(Rule=name, Targets=[{"Id": "queue", "Arn": arn}])
        return url

    def pass_endings(self, arrive: bool) -> None:
        """Whether the events of ended executions reach the function that notifies people."""
        (rule,) = self._events.list_rules(NamePrefix=f"{STACK}-Watch")["Rules"]
        if arrive != (rule["State"] == "ENABLED"):
            (self._events.enable_rule if arrive else self._events.disable_rule)(Name=rule["Name"])

    def notify_of(self, executions: list[str]) -> None:
        """Let people be notified of the executions whose events came while calls failed, as a later sweep would."""
        payload = json.dumps({"Executions": executions})
        self._lambda.invoke(FunctionName=self._notify_ending, Payload=payload)

    def receive_all(self, queue: str, seconds: int = 0) -> list[Any]:
        """The messages in the queue, parsed. If it is empty, wait up to `seconds` for the first message."""
        return [json.loads(body) for body in take_all(self._sqs, queue, seconds=seconds)]

    def new_name(self) -> str:
        """A name for a project that no earlier run has used."""
        return f"run-{next(self._numbers)}"
