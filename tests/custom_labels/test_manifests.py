"""Manifests: lines that become entries, lines that are dropped, lines with errors, unusable manifests."""

import json
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from local.custom_labels.manifests.entries import read_entry
from local.custom_labels.manifests.labels import MULTILABEL
from local.custom_labels.manifests.manifest import UnusableManifest, max_entries, read_lines
from local.custom_labels.settings import Settings
from tests.support.workbench import Workbench, boxed, classified, images, refusal

REAL = Path(__file__).parents[3] / "shared" / "data"

Line = dict[str, Any]


WITHOUT_CONFIDENCE = classified("a.jpg", "rusty").replace('"confidence": 1, ', "")


def real(name: str) -> bytes:
    if not REAL.is_dir():
        pytest.skip("the real manifests are not here")
    return (REAL / name).read_bytes()


def changed(line: str, change: Callable[[Line], object], **answers: str) -> Line:
    """The listed entry of a line after a change to its members."""
    members = json.loads(line)
    change(members)
    entry = read_entry(json.dumps(members), Settings().changed(answers))
    assert entry
    listed: Line = json.loads(entry.listed())
    assert entry.findings.has_errors == bool(codes(listed))
    return listed


def codes(listed: Line) -> set[tuple[str, str]]:
    """The errors of a listed line, each with its place in the line."""
    places = {"image": listed, **{name: value for name, value in listed.items() if isinstance(value, dict)}}
    boxes = listed.get("boxes", {}).get("annotations", []) if isinstance(listed.get("boxes"), dict) else []
    places |= {f"box {position}": box for position, box in enumerate(boxes) if isinstance(box, dict)}
    return {(place, error["code"]) for place, value in places.items() for error in value.get("cl-errors", [])}


NO_VALID = ("image", "ERROR_NO_VALID_LABEL_ATTRIBUTES")
METADATA = {("label0-metadata", "ERROR_INVALID_LABEL_ATTRIBUTE_METADATA_FORMAT"), NO_VALID}
BOX_METADATA = {("boxes-metadata", "ERROR_INVALID_LABEL_ATTRIBUTE_METADATA_FORMAT"), NO_VALID}
FORMAT = {("boxes", "ERROR_INVALID_LABEL_ATTRIBUTE_FORMAT"), NO_VALID}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (dict.copy, set()),
        (lambda line: line["label0-metadata"].update({"confidence": 0}), set()),
        (lambda line: line["label0-metadata"].update({"job-name": "labeling-job/x"}), set()),
        (lambda line: line.update({"other": 1}), set()),
        (lambda line: line["label0-metadata"].pop("confidence"), METADATA),
        (lambda line: line["label0-metadata"].update({"confidence": 1.5}), METADATA),
        (lambda line: line["label0-metadata"].update({"confidence": True}), METADATA),
        (lambda line: line["label0-metadata"].pop("class-name"), METADATA),
        (lambda line: line["label0-metadata"].pop("type"), METADATA),
        (lambda line: line["label0-metadata"].pop("creation-date"), METADATA),
        (lambda line: line["label0-metadata"].update({"human-annotated": "maybe"}), METADATA),
        (lambda line: line["label0-metadata"].update({"job-name": 5}), METADATA),
        (
            lambda line: line.update({"label0-metadata": "text"}),
            {("image", "ERROR_INVALID_LABEL_ATTRIBUTE_METADATA_FORMAT"), NO_VALID},
        ),
        (
            lambda line: line.update({"label0": "rusty"}),
            {("label0-metadata", "ERROR_INVALID_LABEL_ATTRIBUTE_FORMAT"), NO_VALID},
        ),
        (lambda line: line["label0-metadata"].update({"type": MULTILABEL}), set()),
        (
            lambda line: line["label0-metadata"].update({"type": "groundtruth/wrongtype"}),
            {("label0-metadata", "ERROR_UNSUPPORTED_USE_CASE_TYPE"), NO_VALID},
        ),
        (
            lambda line: line["label0-metadata"].update({"class-name": ""}),
            {("label0-metadata", "ERROR_INVALID_LABEL_NAME_LENGTH"), NO_VALID},
        ),
        (
            lambda line: line["label0-metadata"].update({"class-name": "x" * 256}),
            {("label0-metadata", "ERROR_INVALID_LABEL_NAME_LENGTH"), NO_VALID},
        ),
        (lambda line: line.pop("label0"), {("image", "ERROR_NO_LABEL_ATTRIBUTES")}),
        (lambda line: line.pop("label0-metadata"), {("image", "ERROR_NO_LABEL_ATTRIBUTES")}),
    ],
)
def test_an_image_level_line_shows_its_errors(change: Callable[[Line], object], expected: set[tuple[str, str]]) -> None:
    listed = changed(classified("a.jpg", "rusty"), change, labeled_entries="valid_label")
    assert codes(listed) == expected
    assert listed["cl-metadata"] == {"is_labeled": not expected}


def first(line: Line) -> Line:
    box: Line = line["boxes"]["annotations"][0]
    return box


@pytest.mark.parametrize(
    ("change", "expected", "labeled"),
    [
        (dict.copy, set(), True),
        (lambda line: first(line).update(width=1270), set(), True),
        (lambda line: first(line).update(left=-1), {("box 0", "ERROR_INVALID_BOUNDING_BOX")}, True),
        (lambda line: first(line).update(width=1271), {("box 0", "ERROR_INVALID_BOUNDING_BOX")}, True),
        (lambda line: first(line).update(top=10**4000), {("box 0", "ERROR_INVALID_BOUNDING_BOX")}, True),
        (lambda line: first(line).update(height=1), {("box 0", "ERROR_BOUNDING_BOX_TOO_SMALL")}, True),
        (
            lambda line: [box.update(width=0) for box in line["boxes"]["annotations"]],
            {
                ("box 0", "ERROR_BOUNDING_BOX_TOO_SMALL"),
                ("box 1", "ERROR_BOUNDING_BOX_TOO_SMALL"),
                ("boxes", "ERROR_NO_VALID_ANNOTATIONS"),
                NO_VALID,
            },
            False,
        ),
        (
            lambda line: line["boxes-metadata"]["objects"].pop(),
            {("boxes-metadata", "ERROR_MISSING_BOUNDING_BOX_CONFIDENCE")},
            True,
        ),
        (
            lambda line: line["boxes-metadata"]["class-map"].pop("1"),
            {("boxes-metadata", "ERROR_MISSING_CLASS_MAP_ID")},
            True,
        ),
        (
            lambda line: line["boxes"].update(annotations=line["boxes"]["annotations"] * 26),
            {("boxes", "ERROR_TOO_MANY_BOUNDING_BOXES"), NO_VALID},
            False,
        ),
        (
            lambda line: line["boxes"]["image_size"][0].update(width=4097),
            {("boxes", "ERROR_INVALID_IMAGE_DIMENSION"), NO_VALID},
            False,
        ),
        (
            lambda line: line["boxes"]["image_size"][0].update(height=63),
            {("boxes", "ERROR_INVALID_IMAGE_DIMENSION"), NO_VALID},
            False,
        ),
        (lambda line: line["boxes"]["image_size"].append({}), FORMAT, False),
        (lambda line: line["boxes"]["image_size"][0].pop("depth"), FORMAT, False),
        (lambda line: line["boxes"].update(annotations={}), FORMAT, False),
        (lambda line: line["boxes"].update(annotations=[]), set(), False),
        (lambda line: first(line).pop("class_id"), FORMAT, False),
        (lambda line: first(line).update(left="10"), FORMAT, False),
        (lambda line: first(line).update(class_id=0.0), FORMAT, False),
        (lambda line: first(line).update(left=0.5, width=1279.5), set(), True),
        (lambda line: first(line).update(left=0.75, width=1279.5), {("box 0", "ERROR_INVALID_BOUNDING_BOX")}, True),
        (lambda line: first(line).update(top=10**400, height=1.5), {("box 0", "ERROR_INVALID_BOUNDING_BOX")}, True),
        (lambda line: line["boxes-metadata"].pop("objects"), BOX_METADATA, False),
        (lambda line: line["boxes-metadata"].update({"class-map": {"0": 5}}), BOX_METADATA, False),
        (
            lambda line: line["boxes-metadata"]["class-map"].update({"1": ""}),
            {("boxes-metadata", "ERROR_INVALID_LABEL_NAME_LENGTH"), NO_VALID},
            False,
        ),
    ],
)
def test_a_line_with_boxes_shows_its_errors(
    change: Callable[[Line], object], expected: set[tuple[str, str]], labeled: bool
) -> None:
    listed = changed(boxed("a.jpg", "bolt", "nut"), change, labeled_entries="valid_label")
    assert codes(listed) == expected
    assert listed["cl-metadata"] == {"is_labeled": labeled}


@pytest.mark.parametrize(
    ("answer", "change"),
    [
        ({"float_boxes": "error"}, lambda line: first(line).update(left=0.5)),
        ({"missing_annotations": "error"}, lambda line: line["boxes"].pop("annotations")),
    ],
)
def test_a_setting_makes_a_disputed_line_an_error(answer: dict[str, str], change: Callable[[Line], object]) -> None:
    """AWS's guide contradicts itself about these lines."""
    assert codes(changed(boxed("a.jpg", "bolt"), change)) == set()
    refused = changed(boxed("a.jpg", "bolt"), change, **answer, labeled_entries="valid_label")
    assert codes(refused) == FORMAT
    assert refused["boxes"]["cl-errors"][0]["message"] == "The format of the label attribute boxes is invalid."
    assert refused["cl-metadata"] == {"is_labeled": False}


def test_a_line_without_annotations_is_unlabeled() -> None:
    listed = changed(boxed("a.jpg", "bolt"), lambda line: line["boxes"].pop("annotations"))
    assert listed["cl-metadata"] == {"is_labeled": False}


@pytest.mark.parametrize(
    ("place", "change", "message"),
    [
        ("boxes", lambda line: line["boxes"].pop("image_size"), "The format of the label attribute boxes is invalid."),
        (
            "boxes",
            lambda line: line["boxes"]["image_size"][0].update(width=7168),
            "The image dimension(s) do not conform to allowed dimensions.",
        ),
        (
            "boxes-metadata",
            lambda line: line["boxes-metadata"]["class-map"].clear(),
            "One of more class ids is missing from the class map.",
        ),
        (
            "boxes-metadata",
            lambda line: line["boxes-metadata"].update(type="groundtruth/semantic-segmentation"),
            "The use case type of the boxes-metadata label attribute metadata is unsupported. Check the type field.",
        ),
    ],
)
def test_a_listed_error_has_the_text_of_the_guide(place: str, change: Callable[[Line], object], message: str) -> None:
    listed = changed(boxed("a.jpg", "bolt"), change)
    assert [error["message"] for error in listed[place]["cl-errors"]] == [message]


def test_a_box_of_one_pixel_after_resizing_is_too_small() -> None:
    """ "ERROR_BOUNDING_BOX_TOO_SMALL": training resizes an image, and its boxes, to 1280 pixels."""

    def change(line: Line) -> None:
        line["boxes"]["image_size"][0].update(width=3840, height=2160)
        first(line).update(width=3)

    assert codes(changed(boxed("a.jpg", "bolt", "nut"), change)) == {("box 0", "ERROR_BOUNDING_BOX_TOO_SMALL")}


def test_one_valid_attribute_is_enough_for_a_line() -> None:
    listed = changed(classified("a.jpg", "rusty", "wet"), lambda line: line["label1-metadata"].pop("confidence"))
    assert codes(listed) == {("label1-metadata", "ERROR_INVALID_LABEL_ATTRIBUTE_METADATA_FORMAT")}
    assert listed["cl-metadata"] == {"is_labeled": True}


@pytest.mark.parametrize("member", ["cl-errors", "errors"])
def test_a_corrected_listed_line_loses_its_errors(member: str) -> None:
    good = json.loads(boxed("a.jpg", "bolt"))
    small = {**good, "boxes": {**good["boxes"], "annotations": [{**first(good), "width": 1}]}}
    broken = read_entry(json.dumps(small), Settings().changed({"listed_errors": member}))
    assert broken
    assert broken.listed().count(f'"{member}":') == 3
    corrected = read_entry(broken.listed().replace('"width":1,', '"width":200,'), Settings())
    assert corrected
    assert json.loads(corrected.listed()) == {**good, "cl-metadata": {"is_labeled": True}}


@pytest.mark.parametrize(
    "line",
    [
        "",
        "   ",
        "no JSON",
        "[]",
        "5",
        "null",
        "{}",
        '{"source-ref": 5}',
        '{"source-ref": "https://images/a.jpg"}',
        '{"source-ref": "s3://images"}',
        '{"source-ref": "s3://images/"}',
        '{"source-ref": "s3://a/b.jpg"}',
        classified("a.jpg", "rusty").replace('"confidence": 1', '"confidence": 1, "x": NaN'),
        classified("a.jpg", "rusty").replace('"confidence": 1', '"confidence": 1, "x": Infinity'),
        '{"source-ref": "s3://images/a.jpg", "x": 1e999, "y-metadata": 1}',
        '{"source-ref": "s3://images/a.jpg", "x": ' + "9" * 5000 + "}",
        '{"source-ref": "s3://images/a.jpg", "x": ' + "[" * 49_000 + "]" * 49_000 + "}",
        '{"source-ref": "s3://images/a.jpg", "x": "' + "y" * 100_000 + '"}',
        classified("a.jpg", "rusty") + "}",
    ],
)
def test_a_line_with_a_terminal_error_is_no_entry(line: str) -> None:
    assert read_entry(line, Settings()) is None


@pytest.mark.parametrize(
    ("answer", "listed"),
    [("compact", '{"source-ref":"s3://images/ü.jpg"'), ("as_given", '{ "source-ref" : "s3://images/ü.jpg" ')],
)
def test_a_listed_line_is_compact_or_as_it_was_given(answer: str, listed: str) -> None:
    settings = Settings().changed({"listed_lines": answer})
    entry = read_entry('\t{ "source-ref" : "s3://images/ü.jpg" }\r', settings)
    assert entry
    assert entry.listed() == f'{listed},"cl-metadata":{{"is_labeled":false}}}}'


@pytest.mark.parametrize("label", ["rusty", "錆びた"])
def test_an_import_takes_at_most_twice_the_memory_of_the_manifest(label: str) -> None:
    lines = [json.loads(classified(f"plates/{number}.jpg", label)) for number in range(5000)]
    manifest = "\n".join(json.dumps(line, ensure_ascii=False) for line in lines).encode()
    tracemalloc.start()
    entries = read_lines(manifest, Settings(), len(lines))
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(entries) == len(lines)
    assert most <= 2 * len(manifest)


def test_half_of_a_surrogate_pair_is_listed_as_it_is() -> None:
    entry = read_entry(r'{"source-ref":"s3://images/a.jpg","name":"\ud800"}', Settings())
    assert entry
    assert json.loads(entry.listed())["name"] == "\ud800"


@pytest.mark.parametrize(
    ("answer", "members"),
    [("cl-errors", ["source-ref", "cl-metadata", "cl-errors"]), ("errors", ["source-ref", "errors", "cl-metadata"])],
)
def test_a_setting_names_and_places_listed_errors(answer: str, members: list[str]) -> None:
    entry = read_entry(WITHOUT_CONFIDENCE, Settings().changed({"listed_errors": answer}))
    assert entry
    listed = json.loads(entry.listed())
    assert [name for name in listed if not name.startswith("label0")] == members
    assert {error["code"] for error in listed[answer]} == {"ERROR_NO_VALID_LABEL_ATTRIBUTES"}
    assert [error["code"] for error in listed["label0-metadata"][answer]] == [
        "ERROR_INVALID_LABEL_ATTRIBUTE_METADATA_FORMAT"
    ]


def test_a_setting_refuses_the_type_that_no_page_lists() -> None:
    line = classified("a.jpg", "rusty").replace("groundtruth/image-classification", MULTILABEL)
    assert codes(changed(line, dict.copy, multilabel_type="error")) == {
        ("label0-metadata", "ERROR_UNSUPPORTED_USE_CASE_TYPE"),
        NO_VALID,
    }


@pytest.mark.parametrize(("answer", "labeled"), [("any_label", True), ("valid_label", False)])
def test_a_setting_says_whether_a_broken_label_labels_an_entry(answer: str, labeled: bool) -> None:
    line = classified("a.jpg", "rusty").replace("groundtruth/image-classification", "groundtruth/wrongtype")
    assert changed(line, dict.copy, labeled_entries=answer)["cl-metadata"] == {"is_labeled": labeled}


@pytest.mark.parametrize(("answer", "total", "errors"), [("error", 10, 1), ("drop_line", 9, 0), ("accept", 10, 0)])
def test_an_image_has_at_most_50_labels(bench: Workbench, project: str, answer: str, total: int, errors: int) -> None:
    bench.aws.configure(too_many_image_labels=answer)
    most, more = (classified(f"{count}.jpg", *map(str, range(count))) for count in (50, 51))
    stats = bench.describe(bench.create(project, "TRAIN", [*images(8), most, more]))["DatasetStats"]
    assert (stats["TotalEntries"], stats["ErrorEntries"]) == (total, errors)
    assert stats["TotalLabels"] == (52 if answer == "accept" else 51)


def test_a_setting_limits_test_images_of_a_label(bench: Workbench, project: str) -> None:
    bench.aws.configure(max_test_images_per_label=4)
    train, test = bench.create(project, "TRAIN", images(5)), bench.create(project, "TEST", images(5))
    assert (bench.status(train), bench.status(test)) == ("CREATE_COMPLETE", "CREATE_FAILED")
    assert bench.describe(test)["StatusMessage"] == "The test dataset has too many images of one label."


def test_dropped_lines_are_not_reported(bench: Workbench, project: str) -> None:
    arn = bench.create(project, "TRAIN", [*images(8), "no JSON", images(1)[0]])
    description = bench.describe(arn)
    assert description["Status"] == "CREATE_COMPLETE"
    assert description["DatasetStats"]["TotalEntries"] == 8
    assert description["DatasetStats"]["ErrorEntries"] == 0


@pytest.mark.parametrize(
    ("bad", "status"), [(["no JSON"] * 2, "CREATE_COMPLETE"), ([""] * 3, "CREATE_FAILED"), (images(3), "CREATE_FAILED")]
)
def test_more_than_a_fifth_of_unusable_lines_fails_an_import(
    bench: Workbench, project: str, bad: list[str], status: str
) -> None:
    """Blank lines and duplicates count as unusable. Two of ten are a fifth, three of eleven are more."""
    arn = bench.create(project, "TRAIN", [*images(8), *bad])
    assert bench.status(arn) == status


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"\xff\xd8\xff\xe0 a picture", "The manifest file extension or contents are invalid."),
        (b"", "The manifest file is empty."),
        (b"\n\n", "The manifest file is empty."),
        (b"a,b\n1,2\n", "The manifest file has too many terminal errors."),
        (
            [*images(5), classified("b.jpg", "rusty", bucket="other")],
            "The manifest file contains images from multiple S3 buckets.",
        ),
        ([classified(f"{n}.jpg", f"label {n}") for n in range(251)], "The manifest file has too many labels."),
    ],
)
def test_a_terminal_error_fails_the_whole_manifest(bench: Workbench, project: str, content: Any, message: str) -> None:
    arn = bench.create(project, "TRAIN", content)
    description = bench.describe(arn)
    assert (description["Status"], description["StatusMessageCode"]) == ("CREATE_FAILED", "CLIENT_ERROR")
    assert description["StatusMessage"] == message
    assert set(description["DatasetStats"].values()) == {0}


@pytest.mark.parametrize(
    ("limit", "message"),
    [
        ({"max_entries": 4}, "The manifest file has too many rows."),
        ({"max_manifest_bytes": 100}, "The manifest file size exceeds the maximum supported size."),
    ],
)
def test_a_manifest_above_a_limit_fails(bench: Workbench, project: str, limit: dict[str, int], message: str) -> None:
    bench.aws.configure(**limit)
    assert bench.describe(bench.create(project, "TRAIN", images(5)))["StatusMessage"] == message


def test_250_labels_are_not_too_many(bench: Workbench, project: str) -> None:
    arn = bench.create(project, "TRAIN", [classified(f"{n}.jpg", f"label {n}") for n in range(250)])
    assert bench.describe(arn)["DatasetStats"]["TotalLabels"] == 250
    assert len(bench.labels(arn)) == 250


def test_a_setting_requires_an_extension_of_manifests(bench: Workbench, project: str) -> None:
    source = bench.put(images(2), name="folder.d/manifest")
    test = bench.rekognition.create_dataset(ProjectArn=project, DatasetType="TEST", DatasetSource=source)
    bench.aws.configure(manifest_extension_required=True)
    train = bench.rekognition.create_dataset(ProjectArn=project, DatasetType="TRAIN", DatasetSource=source)
    bench.finish()
    assert bench.status(test["DatasetArn"]) == "CREATE_COMPLETE"
    assert bench.status(train["DatasetArn"]) == "CREATE_FAILED"


def test_a_missing_manifest_is_refused_or_fails_the_creation(bench: Workbench, project: str) -> None:
    source = {"GroundTruthManifest": {"S3Object": {"Bucket": bench.bucket, "Name": "nothing.manifest"}}}
    parameters = {"ProjectArn": project, "DatasetType": "TRAIN", "DatasetSource": source}
    assert refusal(bench.rekognition.create_dataset, **parameters) == "InvalidS3ObjectException"
    bench.aws.configure(unreadable_manifest="async")
    arn = bench.rekognition.create_dataset(**parameters)["DatasetArn"]
    bench.finish()
    assert bench.status(arn) == "CREATE_FAILED"


@pytest.mark.parametrize(("region", "train", "test"), [("us-east-1", 250_000, 250_000), ("eu-west-2", 28_000, 7_000)])
def test_london_and_mumbai_have_smaller_datasets(region: str, train: int, test: int) -> None:
    assert max_entries(Settings(), region, "TRAIN") == train
    assert max_entries(Settings(), region, "TEST") == test


def test_lines_end_with_a_newline_and_nothing_else() -> None:
    separated = "\u2028".join(["a", "b"])
    lines = "\r\n".join([classified(f"{separated}.jpg", "rusty"), classified("c.jpg", "rusty")])
    assert len(read_lines(lines.encode(), Settings(), 10)) == 2
    with pytest.raises(UnusableManifest):
        read_lines(lines.encode("utf-16"), Settings(), 10)


def test_the_line_after_a_byte_order_mark_is_read(bench: Workbench, project: str) -> None:
    arn = bench.create(project, "TRAIN", "\ufeff" + "\n".join(images(10)))
    assert bench.entries(arn)[0]["source-ref"] == "s3://images/rusty-0.jpg"
    assert bench.total(arn) == 10


def test_a_setting_drops_the_line_after_a_byte_order_mark(bench: Workbench, project: str) -> None:
    bench.aws.configure(byte_order_mark="drop_line")
    arn = bench.create(project, "TRAIN", "\ufeff" + "\n".join(images(10)))
    assert bench.entries(arn)[0]["source-ref"] == "s3://images/rusty-1.jpg"
    assert bench.total(arn) == 9


def test_coral_is_imported_whole(bench: Workbench, project: str) -> None:
    arn = bench.create(project, "TRAIN", real("coral-classification.manifest"))
    assert bench.describe(arn)["DatasetStats"] == {
        "LabeledEntries": 229,
        "TotalEntries": 229,
        "TotalLabels": 4,
        "ErrorEntries": 0,
    }
    assert sorted(use["EntryCount"] for use in bench.labels(arn).values()) == [18, 42, 58, 111]


def test_birds_without_confidence_are_all_error_entries(bench: Workbench, project: str) -> None:
    arn = bench.create(project, "TRAIN", real("birds-without-confidence.manifest"))
    stats = bench.describe(arn)["DatasetStats"]
    assert (stats["TotalEntries"], stats["ErrorEntries"], stats["LabeledEntries"]) == (477, 477, 477)
    assert bench.labels(arn) == {}
    listed = bench.entries(arn, HasErrors=True)
    assert len(listed) == 477
    assert all(
        line["label-metadata"]["cl-errors"][0]["code"] == "ERROR_INVALID_LABEL_ATTRIBUTE_METADATA_FORMAT"
        for line in listed
    )


def test_animals_have_boxes_of_several_labels_an_image(bench: Workbench, project: str) -> None:
    arn = bench.create(project, "TRAIN", real("animals-localization.manifest"))
    stats = bench.describe(arn)["DatasetStats"]
    assert (stats["TotalEntries"], stats["LabeledEntries"], stats["ErrorEntries"]) == (10, 10, 0)
    labels = bench.labels(arn)
    assert set(labels) == {"animal", "baby", "bulldog", "cat", "dog", "lady"}
    assert labels["cat"] == {"EntryCount": 9, "BoundingBoxCount": 9}
