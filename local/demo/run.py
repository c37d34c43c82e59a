"""The demo: it creates two datasets, their events start the workflow, entries move, and people are notified."""

import json
import time
import uuid
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from local.aws import ROOT, LocalAws, LocalAwsError
from local.cdk import deploy
from local.demo.history import POLL_SECONDS, Entered, follow
from local.demo.import_findings import describe_import
from local.demo.manifest_file import read_manifest
from local.demo.sample import sample_manifest
from local.status_lines import Steps

# Long enough to show datasets in progress and several polls.
DURATIONS = {"creation_seconds": 1.5, "distribution_seconds": 2.5}
WAIT_SCALE = 0.1
PROJECT = "demo"
ADDRESS = "you@example.com"
PAGE = ROOT / ".local" / "report.html"
LONGEST_WAIT_SECONDS = 120


@dataclass(frozen=True)
class Contents:
    """A dataset's status and statistics, its entries as JSON Lines, and the number of entries with each label."""

    status: str
    stats: dict[str, int]
    entries: list[str]
    labels: dict[str, int]

    @property
    def images(self) -> list[str]:
        """The images of its entries."""
        return [json.loads(entry)["source-ref"] for entry in self.entries]


def run_demo(console: Console, manifest: Path | None) -> int:
    """The exit status: 0 if the entries were distributed and the workflow reports it, else 1."""
    content = read_manifest(manifest) if manifest else sample_manifest()
    with ExitStack() as running:
        with Steps(console) as steps:
            steps.begin("Starting the local AWS")
            aws = running.enter_context(LocalAws(wait_scale=WAIT_SCALE))
            outputs = deploy(aws, report=steps.begin)
            steps.begin("Subscribing to the topic")
            aws.configure(**DURATIONS)
            subscribe(aws, outputs["TopicArn"])
        return Demo(console, aws, outputs).run(content)


class Demo:
    """One run of the demo on a local AWS with the stack deployed."""

    def __init__(self, console: Console, aws: LocalAws, outputs: dict[str, str], page: Path = PAGE) -> None:
        """`outputs` are the stack's. The demo writes the report to `page`."""
        self._console = console
        self._aws = aws
        self._state_machine_arn = outputs["StateMachineArn"]
        self._bucket = outputs["ReportsBucket"]
        self._page = page
        self._rekognition = aws.client("rekognition")
        self._stepfunctions = aws.client("stepfunctions")

    def run(self, manifest: bytes) -> int:
        """Create the datasets, show the executions that their events start, and the result; the exit status."""
        project = self._rekognition.create_project(ProjectName=PROJECT)["ProjectArn"]
        source = {"GroundTruthManifest": {"S3Object": self._upload(manifest)}}
        training = self._create_dataset(project, "TRAIN", source)
        self._watch(self._execution_for(training))
        before = self._contents(training)
        self._show_import(manifest, before)
        test = self._create_dataset(project, "TEST", None)
        execution = self._execution_for(test)
        self._watch(execution)
        after = self._contents(training), self._contents(test)
        self._console.print("\n[bold]Before and after[/]\n", _comparison(before, *after), sep="")
        self._show_mail()
        self._download_page(execution)
        return self._conclude(execution, before, *after)

    def _upload(self, manifest: bytes) -> dict[str, str]:
        s3 = self._aws.client("s3")
        bucket = f"custom-labels-{uuid.uuid4().hex[:12]}"
        s3.create_bucket(Bucket=bucket)
        s3.put_object(Bucket=bucket, Key="output.manifest", Body=manifest)
        return {"Bucket": bucket, "Name": "output.manifest"}

    def _create_dataset(self, project: str, dataset_type: str, source: dict[str, Any] | None) -> str:
        content = "from the manifest" if source else "empty"
        self._console.print(f"\n[bold]CreateDataset {dataset_type}[/], {content}: its event starts an execution\n")
        parameters = {"ProjectArn": project, "DatasetType": dataset_type, "DatasetSource": source}
        arn: str = self._rekognition.create_dataset(**{k: v for k, v in parameters.items() if v})["DatasetArn"]
        return arn

    def _execution_for(self, dataset: str) -> str:
        """Wait for the execution that the dataset's event starts; its ARN."""
        arn: str = _poll(lambda: self._find_execution(dataset))
        return arn

    def _find_execution(self, dataset: str) -> str | None:
        listed = self._stepfunctions.list_executions(stateMachineArn=self._state_machine_arn)["executions"]
        arns = [execution["executionArn"] for execution in listed]
        given = (self._stepfunctions.describe_execution(executionArn=arn)["input"] for arn in arns)
        return next((arn for arn, text in zip(arns, given, strict=True) if dataset in text), None)

    def _watch(self, execution: str) -> None:
        for step in follow(self._stepfunctions, execution):
            if isinstance(step, Entered):
                self._console.print(f"  [dim]{step.seconds:5.1f} s[/]  {step.state:<24}", end="")
            else:
                self._console.print(_plain(step.result), soft_wrap=True)

    def _describe_settled(self, dataset: str) -> dict[str, Any] | None:
        found: dict[str, Any] = self._rekognition.describe_dataset(DatasetArn=dataset)["DatasetDescription"]
        return None if found["Status"].endswith("IN_PROGRESS") else found

    def _contents(self, dataset: str) -> Contents:
        """Wait until the dataset is not in progress; its contents."""
        description = _poll(lambda: self._describe_settled(dataset))
        status, stats = description["Status"], description["DatasetStats"]
        if status == "CREATE_FAILED":
            return Contents(status, stats, [], {})
        entries = self._list_pages("list_dataset_entries", "DatasetEntries", dataset)
        labels = self._list_pages("list_dataset_labels", "DatasetLabelDescriptions", dataset)
        return Contents(
            status,
            stats,
            entries,
            {label["LabelName"]: label["LabelStats"]["EntryCount"] for label in labels},
        )

    def _list_pages(self, operation: str, key: str, dataset: str) -> list[Any]:
        pages = self._rekognition.get_paginator(operation).paginate(DatasetArn=dataset)
        return [item for page in pages for item in page[key]]

    def _show_import(self, manifest: bytes, training: Contents) -> None:
        """What the import did not take from the manifest. If it failed, the e-mail says why."""
        found = describe_import(manifest, training.entries) if training.status != "CREATE_FAILED" else []
        if found:
            self._console.print("\n[bold]The import of the manifest[/]\n")
        for sentence in found:
            self._console.print(_plain(f"  {sentence}"), soft_wrap=True)

    def _show_mail(self) -> None:
        self._console.print("\n[bold]The e-mail to the subscribers[/]\n")
        for mail in self._aws.mails(ADDRESS):
            self._console.print(_plain(f"  Subject: {mail['Subject']}\n"))
            for line in mail["Text"].splitlines():
                self._console.print(_plain(f"  {line}"), soft_wrap=True)

    def _download_page(self, execution: str) -> None:
        """Download the report of the execution, if the execution has put one into S3."""
        key = f"{PROJECT}/{execution.rsplit(':', 1)[-1]}.html"
        found = self._aws.client("s3").list_objects_v2(Bucket=self._bucket, Prefix=key)
        if found["KeyCount"]:
            self._page.parent.mkdir(exist_ok=True)
            self._aws.client("s3").download_file(self._bucket, key, str(self._page))
            self._console.print(f"\n[bold]The report[/]\n\n  {self._page}", soft_wrap=True)

    def _conclude(self, execution: str, before: Contents, training: Contents, test: Contents) -> int:
        """Compare the workflow's outcome with what the service did, and show it; the exit status."""
        described = self._stepfunctions.describe_execution(executionArn=execution)
        output = json.loads(described["output"]) if described["status"] == "SUCCEEDED" else {}
        outcome = output.get("Outcome", "FAILED")
        moved = bool(test.entries) and training.status == test.status == "UPDATE_COMPLETE"
        kept = Counter(training.images) + Counter(test.images) == Counter(before.images)
        self._console.print()
        if (outcome == "DISTRIBUTED") != moved or not kept:
            self._console.print(f"WRONG: the workflow reports {outcome}, but the service did something else.")
            return 1
        why = output.get("Reason") or f"{described.get('error')}: {described.get('cause')}"
        self._console.print(_plain(f"{outcome}: {why}"), soft_wrap=True)
        return 0 if outcome == "DISTRIBUTED" else 1


def subscribe(aws: LocalAws, topic_arn: str) -> None:
    aws.client("sns").subscribe(TopicArn=topic_arn, Protocol="email", Endpoint=ADDRESS)


def _poll(found: Callable[[], Any]) -> Any:
    began = time.monotonic()
    while not (result := found()):
        if time.monotonic() - began > LONGEST_WAIT_SECONDS:
            raise LocalAwsError(
                f"Within {LONGEST_WAIT_SECONDS} seconds no execution started, or a dataset stayed in progress."
            )
        time.sleep(POLL_SECONDS)
    return result


def _comparison(before: Contents, training: Contents, test: Contents) -> Table:
    table = Table(box=None)
    for heading in ("", "training\nbefore", "training\nafter", "test\nafter"):
        table.add_column(heading, justify="right" if heading else "left")
    shown = (before, training, test)
    counted = {"entries": "TotalEntries", "  labeled": "LabeledEntries", "  with errors": "ErrorEntries"}
    for name, count in counted.items():
        table.add_row(name, *(str(contents.stats[count]) for contents in shown))
    for label in sorted(before.labels):
        table.add_row(_plain(label), *(str(contents.labels.get(label, 0)) for contents in shown))
    return table


def _plain(text: str) -> Text:
    """Text from outside, without markup and without characters that control a terminal."""
    return Text("".join(character if character.isprintable() or character == "\n" else "�" for character in text))
