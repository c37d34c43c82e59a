"""250,000 entries in the local Custom Labels service, and beside it what `json.loads` makes of their lines.

`python -m tests.benchmarks.sections.largest_dataset NAME MANIFEST` measures one of the two in a process of its own.
"""

import json
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

from local.aws import ACCOUNT, REGION
from local.custom_labels.clock import Clock
from local.custom_labels.operations.call import Caller
from local.custom_labels.service import CustomLabels
from local.custom_labels.settings import Settings
from local.custom_labels.wire import TARGET_PREFIX, handle
from tests.benchmarks.section import Result

BEGAN = datetime(2026, 11, 1, tzinfo=UTC)
LABELS = ("rusty", "scratched", "sound")
SOURCE = {"GroundTruthManifest": {"S3Object": {"Bucket": "plates", "Name": "output.manifest"}}}


def make_manifest(count: int) -> bytes:
    """A line for each of `count` images, with one of three labels, as SageMaker Ground Truth writes it."""
    lines = (
        {
            "source-ref": f"s3://plates/2026/{number:06}.jpg",
            "plates": number % len(LABELS),
            "plates-metadata": {
                "confidence": round(0.5 + number % 50 / 100, 2),
                "job-name": "labeling-job/plates",
                "class-name": LABELS[number % len(LABELS)],
                "human-annotated": "yes",
                "creation-date": f"{BEGAN + timedelta(seconds=1.000001 * number):%Y-%m-%dT%H:%M:%S.%f}",
                "type": "groundtruth/image-classification",
            },
        }
        for number in range(count)
    )
    return "".join(f"{json.dumps(line, separators=(',', ':'))}\n" for line in lines).encode()


class Service:
    """The service in this process. `seconds` is the processor's time since it was last set to 0."""

    def __init__(self, manifest: bytes) -> None:
        self._clock = Clock()
        self._service = CustomLabels(clock=self._clock, settings=Settings(), put_event=lambda _event: None)
        root = f"arn:aws:iam::{ACCOUNT}:root"
        self._caller = Caller(ACCOUNT, REGION, root, "", "", "", lambda *_: None, lambda *_: manifest)
        self.seconds = 0.0

    def call(self, operation: str, **parameters: Any) -> Any:
        """The response, after every change has finished. Raises RuntimeError if the service refuses the call."""
        body = json.dumps(parameters).encode()
        began = time.process_time()
        status, _, answer = handle(self._service, TARGET_PREFIX + operation, body, self._caller)
        self.seconds += time.process_time() - began
        if status != 200:
            raise RuntimeError(f"The local service refused {operation}: {answer.decode()}")
        self._clock.advance(60)
        return json.loads(answer or b"{}")


def measure_service(manifest: bytes) -> Result:
    """Seconds of the `import`, of the `distribution`, and of each `page` of all entries; `memory` of the import."""
    service = Service(manifest)
    project = service.call("CreateProject", ProjectName="plates")["ProjectArn"]
    test = service.call("CreateDataset", ProjectArn=project, DatasetType="TEST")["DatasetArn"]
    before, service.seconds = _read_memory("VmRSS"), 0.0
    train = service.call("CreateDataset", ProjectArn=project, DatasetType="TRAIN", DatasetSource=SOURCE)["DatasetArn"]
    measured: Result = {"import": service.seconds, "memory": _read_memory("VmHWM") - before, "pages": 0, "listed": 0}
    token, service.seconds = "", 0.0
    while token or not measured["pages"]:
        page = service.call("ListDatasetEntries", DatasetArn=train, NextToken=token)
        measured["pages"] += 1
        measured["listed"] += len(page["DatasetEntries"])
        token = page.get("NextToken", "")
    measured["page"], service.seconds = service.seconds / measured["pages"], 0.0
    service.call("DistributeDatasetEntries", Datasets=[{"Arn": train}, {"Arn": test}])
    measured["distribution"] = service.seconds
    described = service.call("DescribeDataset", DatasetArn=test)["DatasetDescription"]
    return {**measured, "moved": described["DatasetStats"]["TotalEntries"]}


def measure_json(manifest: bytes) -> Result:
    """Seconds and `memory` of a list of the values of all lines, under the names of the service's import."""
    before, began = _read_memory("VmRSS"), time.process_time()
    values = [json.loads(line) for line in BytesIO(manifest)]
    seconds = time.process_time() - began
    return {"import": seconds, "memory": _read_memory("VmHWM") - before, "listed": len(values)}


def _read_memory(name: str) -> int:
    """VmRSS is the memory of this process now, VmHWM the most that it had, both in bytes.

    A run repeats them to 1%. ru_maxrss would begin with the memory of the parent, and tracemalloc would slow the run.
    """
    fields = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(fields[name].split()[0]) * 1024


MEASUREMENTS: dict[str, Callable[[bytes], Result]] = {"service": measure_service, "json": measure_json}

if __name__ == "__main__":
    print(json.dumps(MEASUREMENTS[sys.argv[1]](Path(sys.argv[2]).read_bytes())))
