"""State machines that users have instead: they poll at a fixed interval and publish to a topic at the end."""

from typing import Any

Definition = dict[str, Any]


def script(seconds: int) -> Definition:
    """What the script of Amazon Rekognition's guide does, with calls of the SDK: a poll is one DescribeDataset."""
    return _poller(seconds, "aws-sdk:rekognition:describeDataset", "aws-sdk:rekognition:distributeDatasetEntries", [])


def job_poller(seconds: int) -> Definition:
    """The Job Poller, a sample project of AWS Step Functions: a function for each call, and a last look at the job."""
    return _poller(seconds, "lambda:invoke", "lambda:invoke", ["Get final status"])


def _poller(seconds: int, look: str, start: str, last: list[str]) -> Definition:
    """Polls until the datasets are there, starts the distribution, polls until it has ended, and publishes."""
    steps = ["Start distribution", *last, "Notify people"]
    following = dict(zip(steps, [*steps[1:], ""], strict=True))
    states = {
        **_loop("Created", seconds, look, "Start distribution"),
        "Start distribution": _task(start, "Wait for Distributed"),
        **_loop("Distributed", seconds, look, steps[1]),
        **{name: _task(look, following[name]) for name in last},
        "Notify people": _task("sns:publish", ""),
    }
    return {"QueryLanguage": "JSONata", "StartAt": "Wait for Created", "States": states}


def _loop(name: str, seconds: int, look: str, following: str) -> Definition:
    wait, task, choice = f"Wait for {name}", f"Get {name}", f"{name}?"
    done = {"Condition": "{% $done %}", "Next": following}
    return {
        wait: {"Type": "Wait", "Seconds": seconds, "Next": task},
        task: {**_task(look, choice), "Assign": {"done": "{% $states.result.Done %}"}},
        choice: {"Type": "Choice", "Choices": [done], "Default": wait},
    }


def _task(resource: str, following: str) -> Definition:
    ending = {"Next": following} if following else {"End": True}
    return {"Type": "Task", "Resource": f"arn:aws:states:::{resource}", "Arguments": {}, **ending}
