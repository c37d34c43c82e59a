"""The laboratory: projects of its own in the account, with the steps that experiments repeat."""

import json
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol, TypeVar

from botocore.exceptions import ClientError

from account.session import AccountError
from account.verify.images import draw_image, image_names

PREFIX = "dataset-distribution-verify-"
NOT_BY_EVENT = {"auto-distribute": "false"}  # a deployed workflow leaves these projects alone
EVERY = 1.0  # seconds between two looks
QUIET = 45.0  # seconds without a change after which nothing more is expected
PATIENCE = 1800.0  # seconds
ACCEPTED = "accept"
Done = Callable[[tuple[dict[str, Any], ...]], bool]
GONE: dict[str, Any] = {"Status": "GONE"}
Found = TypeVar("Found")


class Clock(Protocol):
    """Seconds, and how to wait for some."""

    def now(self) -> float: ...

    def wait(self, seconds: float) -> None: ...


class RealClock:
    """The time of this machine."""

    def now(self) -> float:
        return time.monotonic()

    def wait(self, seconds: float) -> None:
        time.sleep(seconds)


class Sight(NamedTuple):
    """What DescribeDataset showed of each dataset, so many seconds after the first look."""

    at: float
    shown: tuple[dict[str, Any], ...]


class Pair(NamedTuple):
    """The ARNs of a project's datasets."""

    train: str
    test: str


@dataclass
class Lab:
    """Makes everything under the name of this run. `bucket` has the manifests and images."""

    client: Callable[..., Any]
    bucket: str
    run: str
    clock: Clock = field(default_factory=RealClock)
    _made: int = 0
    _drawn: set[str] = field(default_factory=set)

    @property
    def rekognition(self) -> Any:
        return self.client("rekognition")

    def project(self) -> str:
        """The ARN of a new project."""
        self._made += 1
        name = f"{PREFIX}{self.run}-{self._made}"
        return str(self.rekognition.create_project(ProjectName=name, Tags=NOT_BY_EVENT)["ProjectArn"])

    def put(self, lines: Iterable[str], key: str = "verify.manifest") -> dict[str, Any]:
        """Upload a manifest of these lines, and the images that it names. Returns its DatasetSource."""
        lines = list(lines)
        for name in image_names(self.bucket, lines) - self._drawn:
            self.client("s3").put_object(Bucket=self.bucket, Key=name, Body=draw_image(name), ContentType="image/png")
            self._drawn.add(name)
        self.client("s3").put_object(Bucket=self.bucket, Key=key, Body="".join(f"{line}\n" for line in lines).encode())
        return {"GroundTruthManifest": {"S3Object": {"Bucket": self.bucket, "Name": key}}}

    def begin(self, project: str, kind: str, lines: Iterable[str] | None = None) -> str:
        """Begin to create a dataset, empty or with these lines. Returns its ARN."""
        source = {} if lines is None else {"DatasetSource": self.put(lines)}
        return str(self.rekognition.create_dataset(ProjectArn=project, DatasetType=kind, **source)["DatasetArn"])

    def create(self, project: str, kind: str, lines: Iterable[str] | None = None) -> str:
        """Create a dataset, and wait until its creation has ended."""
        arn = self.begin(project, kind, lines)
        self.watch(arn, quiet=0)
        return arn

    def pair(self, lines: Iterable[str] | None = None) -> Pair:
        """A new project with a training dataset of these lines and an empty test dataset."""
        project = self.project()
        return Pair(self.create(project, "TRAIN", lines), self.create(project, "TEST"))

    def distribute(self, *arns: str) -> str:
        """Start a distribution. The code of the error with which it is refused, or ACCEPTED."""
        return refusal(self.rekognition.distribute_dataset_entries, Datasets=[{"Arn": arn} for arn in arns])

    def distributed(self, lines: Iterable[str]) -> tuple[Pair, list[Sight]]:
        """Distribute a new pair, and watch it until nothing happens any more."""
        pair = self.pair(lines)
        code = self.distribute(*pair)
        if code != ACCEPTED:
            raise AccountError(f"DistributeDatasetEntries refused a new pair with {code}.")
        return pair, self.watch(*pair, done=distribution_ended)

    def update(self, arn: str, *lines: str) -> str:
        """Add entries. The code of the error, or ACCEPTED."""
        changes = {"GroundTruth": "\n".join(lines).encode()}
        return refusal(self.rekognition.update_dataset_entries, DatasetArn=arn, Changes=changes)

    def describe(self, arn: str) -> dict[str, Any]:
        """The DatasetDescription; GONE if there is no such dataset."""
        try:
            return dict(self.rekognition.describe_dataset(DatasetArn=arn)["DatasetDescription"])
        except ClientError as error:
            if code_of(error) != "ResourceNotFoundException":
                raise
            return GONE

    def entries(self, arn: str, **filters: Any) -> list[dict[str, Any]]:
        """The entries that pass the filters."""
        pages = self.rekognition.get_paginator("list_dataset_entries").paginate(DatasetArn=arn, **filters)
        return [json.loads(entry) for page in pages for entry in page["DatasetEntries"]]

    def wait_until(self, found: Callable[[], Found], patience: float) -> Found:
        """Call `found` every second until its result is true, or for `patience` seconds. Returns the last result."""
        began = self.clock.now()
        while not (result := found()) and self.clock.now() - began < patience:
            self.clock.wait(EVERY)
        return result

    def watch(self, *arns: str, quiet: float = QUIET, done: Done | None = None) -> list[Sight]:
        """Look every second until it is done, or nothing is in progress and has changed for `quiet` seconds.

        The first look, and every one that differs from the look before.
        """
        began = changed = self.clock.now()
        sights: list[Sight] = []
        while True:
            now = self.clock.now()
            shown = tuple(self.describe(arn) for arn in arns)
            if not sights or shown != sights[-1].shown:
                sights.append(Sight(now - began, shown))
                changed = now
            waited = not any(in_progress(each) for each in shown) and now - changed >= quiet
            if waited or (done and done(shown)):
                return sights
            if now - began > PATIENCE:
                raise AccountError(f"After {PATIENCE / 60:g} minutes, {arns[0]} is still {shown[0]['Status']}.")
            self.clock.wait(EVERY)


def update_ended(shown: tuple[dict[str, Any], ...]) -> bool:
    """Whether the only change of each new dataset has ended."""
    return all(each["Status"] in ("UPDATE_COMPLETE", "UPDATE_FAILED") for each in shown)


def distribution_ended(shown: tuple[dict[str, Any], ...]) -> bool:
    """Whether the only distribution of a new pair has ended, and the test dataset counts its entries."""
    failed = any(each["Status"] == "UPDATE_FAILED" for each in shown)
    return update_ended(shown) and (failed or shown[1]["DatasetStats"]["TotalEntries"] > 0)


def in_progress(shown: dict[str, Any]) -> bool:
    """Whether the description shows a change that has not ended."""
    return str(shown["Status"]).endswith("_IN_PROGRESS")


def refusal(operation: Callable[..., Any], **parameters: Any) -> str:
    """The code of the error with which the service refuses the call, or ACCEPTED."""
    try:
        operation(**parameters)
    except ClientError as error:
        return code_of(error)
    return ACCEPTED


def code_of(error: ClientError) -> str:
    """The code of an error of AWS."""
    return str(error.response["Error"]["Code"])
