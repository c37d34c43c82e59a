"""`make demo`: its output, its exit status, and its errors."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from local.aws import ROOT, LocalAws
from local.demo.run import Demo, subscribe
from tests.support.workbench import boxed, classified, images

SHARED = ROOT.parent / "shared" / "data"
BOXES = [boxed(f"{number}.jpg", "bolt", "nut") for number in range(10)]
CORRECT_ALL = (
    "What to do: Every entry of the training dataset has an error. Call ListDatasetEntries with HasErrors to see what "
    "is wrong with each. Correct them with UpdateDatasetEntries."
)


def run_command(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "local", "demo", *arguments],
        cwd=ROOT,
        env={**os.environ, "COLUMNS": "120"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture
def demonstrate(local_aws: LocalAws, stack: dict[str, str], tmp_path: Path) -> Any:
    """Run the demo on the running local AWS; its exit status and output."""

    def run(manifest: bytes) -> tuple[int, str]:
        local_aws.configure(creation_seconds=0, distribution_seconds=0)
        output = io.StringIO()
        subscribe(local_aws, stack["TopicArn"])
        demo = Demo(Console(file=output, width=200), local_aws, stack, tmp_path / "report.html")
        return demo.run(manifest), output.getvalue()

    return run


def test_the_demo_shows_every_step_and_ends_with_the_outcome() -> None:
    result = run_command()
    assert (result.returncode, result.stderr) == (0, "")
    lines = result.stdout.splitlines()
    assert lines[-1].startswith("DISTRIBUTED: 38 of 200 entries")
    for state in (
        "Resolve datasets",
        "Start distribution",
        "Wait before checking",
        "Check distribution",
        "Distributed",
    ):
        assert any(state in line for line in lines), state
    assert any(line.split() == ["entries", "200", "162", "38"] for line in lines)
    assert any(line.split() == ["crack", "19", "16", "3"] for line in lines)
    assert "  Subject: DISTRIBUTED: demo" in lines


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "cannot be read: No such file or directory."),
        ("", "is empty; a manifest has one JSON object per line."),
        ("\n \n", "is empty; a manifest has one JSON object per line."),
        ("source-ref,label\n", "is not JSON Lines: 1 of 1 lines are not a JSON object."),
        ("[" * 100_000, "is not JSON Lines: 1 of 1 lines are not a JSON object."),
        ('[\n{"source-ref": "s3://b/1"}\n,\n]', "is not JSON Lines: 3 of 4 lines are not a JSON object."),
        ('{"name": "x"}\n', 'is not a manifest: none of its lines names an image with "source-ref".'),
    ],
)
def test_an_invalid_manifest_is_refused_in_one_line(tmp_path: Path, content: str | None, sentence: str) -> None:
    path = tmp_path / "given.manifest"
    if content is not None:
        path.write_text(content)
    result = run_command("--manifest", str(path))
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.count("\n") == 1
    assert sentence in result.stderr


def test_a_folder_is_not_a_manifest(tmp_path: Path) -> None:
    result = run_command("--manifest", str(tmp_path))
    assert (result.returncode, result.stdout) == (2, "")
    assert "cannot be read: Is a directory." in result.stderr


def test_a_manifest_with_boxes_is_distributed(demonstrate: Any) -> None:
    status, output = demonstrate("\n".join(BOXES).encode())
    assert status == 0
    assert output.splitlines()[-1].startswith("DISTRIBUTED: 2 of 10 entries (20%)")
    assert "The import of the manifest" not in output


def test_the_demo_says_where_the_report_is(demonstrate: Any, tmp_path: Path) -> None:
    _, output = demonstrate("\n".join(images(10)).encode())
    page = tmp_path / "report.html"
    assert f"\n  {page}\n" in output
    assert "<title>DISTRIBUTED: demo</title>" in page.read_text()


def test_too_few_images_are_a_clear_failure(demonstrate: Any) -> None:
    status, output = demonstrate("\n".join(images(1)).encode())
    assert status == 1
    assert "\nFAILED: DistributionFailed: Rekognition could not distribute the entries." in output
    assert output.splitlines()[-1].startswith(
        "What to do: The training dataset, or one of its labels, has too few labeled images. A dry run lists"
    )


def test_errors_in_every_entry_are_the_advice(demonstrate: Any) -> None:
    status, output = demonstrate("\n".join(images(10)).replace('"confidence": 1, ', "").encode())
    assert status == 1
    assert "\nFAILED: DistributionFailed: " in output
    assert output.splitlines()[-1].startswith(CORRECT_ALL)
    wrong = "10 entries: ERROR_INVALID_LABEL_ATTRIBUTE_METADATA_FORMAT: The format of the label attribute metadata is"
    assert f"\nThe import of the manifest\n\n  {wrong} invalid.\n" in output


def test_lines_that_are_no_entry_are_counted(demonstrate: Any) -> None:
    """No API and no message of AWS says that Rekognition dropped a line."""
    status, output = demonstrate("\n".join([*images(10), "", images(1)[0]]).encode())
    assert status == 0
    assert "\nThe import of the manifest\n\n  Lines that are no entry: 2 of 12." in output


def test_images_in_two_buckets_are_a_manifest_to_correct(demonstrate: Any) -> None:
    lines = [*images(10), classified("far.jpg", "rusty", bucket="elsewhere")]
    status, output = demonstrate("\n".join(lines).encode())
    assert status == 1
    assert "\nFAILED: DatasetCreationFailed: " in output
    assert output.splitlines()[-1].startswith("What to do: Correct the manifest: all its images must be in one bucket.")


def test_partly_broken_lines_are_used_and_reported(demonstrate: Any) -> None:
    """The second box of each line lies outside the image. Five more lines have no box."""
    outside = [line.replace('{"class_id": 1, "left": 10', '{"class_id": 1, "left": 1200') for line in BOXES]
    lines = [*outside, *(classified(f"plain-{number}.jpg") for number in range(5))]
    status, output = demonstrate("\n".join(lines).encode())
    assert status == 0
    assert "\nDISTRIBUTED: 3 of 15 entries (20%)" in output
    assert "- 10 entries have errors. Rekognition trains with such an entry without its broken annotations" in output
    assert "- 5 entries have no label, so Rekognition does not train with them." in output
    assert "What to do: Read the warnings above before you train with the pair." in output


def test_a_manifest_that_the_service_refuses_is_a_clear_failure(demonstrate: Any) -> None:
    lines = images(2) + ["no JSON"] * 8
    status, output = demonstrate("\n".join(lines).encode())
    assert status == 1
    assert "\nFAILED: DatasetCreationFailed: " in output


def test_a_hostile_label_cannot_write_to_the_terminal(demonstrate: Any) -> None:
    hostile = "\x1b[2J[red]\u202e<b>"
    entries = [json.loads(line) for line in images(10)]
    for entry in entries:
        entry["label0-metadata"]["class-name"] = hostile
    status, output = demonstrate("\n".join(map(json.dumps, entries)).encode())
    assert status == 0
    assert "\x1b[2J" not in output
    assert "\u202e" not in output
    assert "[2J[red]" in output


@pytest.mark.skipif(not SHARED.is_dir(), reason="the real manifests are not part of the project")
@pytest.mark.parametrize(
    ("name", "status", "outcome"),
    [
        ("coral-classification", 0, "DISTRIBUTED: 44 of 229 entries (19%)"),
        ("birds-without-confidence", 1, "FAILED: DistributionFailed: "),
        ("animals-localization", 1, "FAILED: DistributionFailed: "),
    ],
)
def test_real_manifests_have_the_expected_outcome(demonstrate: Any, name: str, status: int, outcome: str) -> None:
    ended, output = demonstrate((SHARED / f"{name}.manifest").read_bytes())
    assert ended == status
    assert f"\n{outcome}" in output


@pytest.mark.skipif(not SHARED.is_dir(), reason="the real manifests are not part of the project")
@pytest.mark.parametrize(
    ("name", "status", "said"),
    [
        ("02-annotations-member-missing", 0, "- 5 entries have no label, so Rekognition does not train with them."),
        *((name, 1, CORRECT_ALL) for name in ("03-no-confidence", "04-segmentation", "08-multilabel-ground-truth")),
        (
            "04-segmentation",
            1,
            "  10 entries: ERROR_UNSUPPORTED_USE_CASE_TYPE: The use case type of the mask-ref-metadata label attribute "
            "metadata is unsupported. Check the type field.",
        ),
        ("09-bom", 0, "4 of 20 entries (20%) are in the test dataset now"),
        ("14-nan-confidence", 0, "  Lines that are no entry: 2 of 20."),
        *((name, 1, CORRECT_ALL) for name in ("15-label-value-as-text", "16b-class-id-as-text", "20-image-7168-wide")),
        ("16a-float-boxes", 0, "2 of 12 entries (17%) are in the test dataset now"),
        ("17-boxes-over-the-edge", 0, "- 5 entries have no label, so Rekognition does not train with them."),
        ("18-class-map-lacks-one", 0, "- 6 entries have errors. Rekognition trains with such an entry without its"),
        ("20-image-7168-wide", 1, "ERROR_INVALID_IMAGE_DIMENSION: The image dimension(s) do not conform to allowed"),
        ("21-two-buckets", 1, "What to do: Correct the manifest: all its images must be in one bucket."),
        ("23-label-of-one-image", 1, "What to do: The training dataset, or one of its labels, has too few"),
        ("24-251-labels", 1, "What to do: Correct the manifest: a dataset has at most 250 labels."),
    ],
)
def test_reported_cases_are_told_as_they_are(demonstrate: Any, name: str, status: int, said: str) -> None:
    ended, output = demonstrate((SHARED / "cases" / f"{name}.manifest").read_bytes())
    assert ended == status
    assert said in output
