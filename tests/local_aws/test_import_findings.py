"""What the demo says of an import, from a manifest and the entries that the service lists for it."""

from local.custom_labels.manifests.manifest import read_lines
from local.custom_labels.settings import Settings
from local.demo.import_findings import MOST_ERRORS, describe_import
from tests.support.workbench import boxed, classified, images


def import_lines(*lines: str) -> list[str]:
    """What the demo says of these lines."""
    manifest = "".join(f"{line}\n" for line in lines).encode()
    listed = [entry.listed() for entry in read_lines(manifest, Settings(max_invalid_share=1.0), len(lines))]
    return describe_import(manifest, listed)


def test_an_import_of_valid_lines_has_no_findings() -> None:
    assert import_lines(*images(3), classified("plain.jpg"), boxed("a.jpg", "bolt")) == []


def test_dropped_lines_are_counted() -> None:
    (said,) = import_lines(*images(3), "", "no JSON", images(1)[0])
    assert said.startswith("Lines that are no entry: 3 of 6. ")


def test_entries_with_an_error_are_counted_by_its_text() -> None:
    """Two boxes of one line have the same error."""
    small = boxed("a.jpg", "bolt", "bolt", "nut").replace('"class_id": 2', '"class_id": 7')
    small = small.replace('"width": 200', '"width": 1', 2)
    assert import_lines(small, boxed("b.jpg", "bolt").replace('"width": 200', '"width": 1')) == [
        "2 entries: ERROR_BOUNDING_BOX_TOO_SMALL: The height and width of the bounding box is too small.",
        "2 entries: ERROR_NO_VALID_ANNOTATIONS: No valid annotations found.",
        "2 entries: ERROR_NO_VALID_LABEL_ATTRIBUTES: No valid label attributes found.",
        "1 entry: ERROR_MISSING_CLASS_MAP_ID: One of more class ids is missing from the class map.",
    ]


def test_many_different_errors_are_shortened() -> None:
    wrong = [classified(f"{n}.jpg", "rusty").replace("label0", f"name {n}").replace(" 0,", ' "0",') for n in range(20)]
    found = import_lines(*wrong)
    assert found[0] == "20 entries: ERROR_NO_VALID_LABEL_ATTRIBUTES: No valid label attributes found."
    assert (len(found), found[-1]) == (MOST_ERRORS + 1, "11 more errors")
