"""A manifest file, or the lines of an update: JSON Lines to entries, and the limits of a dataset."""

from io import BytesIO, TextIOWrapper
from typing import TextIO

from local.custom_labels.manifests.entries import Entries, Entry, read_entry
from local.custom_labels.settings import Settings

# Amazon Rekognition Custom Labels Developer Guide, "Terminal errors". The last two are from "Terminal manifest content
# errors" and from the API's published example of a failed update.
INVALID = "The manifest file extension or contents are invalid."
TOO_LARGE = "The manifest file size exceeds the maximum supported size."
TOO_MANY_ROWS = "The manifest file has too many rows."
FORBIDDEN = "The S3 bucket permissions are incorrect."
TOO_MANY_ERRORS = "The manifest file has too many terminal errors."
TOO_MANY_LABELS = "The manifest file has too many labels."
EMPTY = "The manifest file is empty."
SEVERAL_BUCKETS = "The manifest file contains images from multiple S3 buckets."
# AWS publishes no text for this.
TOO_MANY_TEST_IMAGES = "The test dataset has too many images of one label."

# Amazon Rekognition Custom Labels Developer Guide, "Guidelines and quotas": images in training and in test datasets.
SMALLER_REGIONS = {region: {"TRAIN": 28_000, "TEST": 7_000} for region in ("ap-south-1", "eu-west-2")}


class UnusableManifest(Exception):  # noqa: N818 - named by its situation
    """A terminal error of the whole manifest; the message becomes the dataset's StatusMessage."""


def max_entries(settings: Settings, region: str, dataset_type: str) -> int:
    return min(settings.max_entries, SMALLER_REGIONS.get(region, {}).get(dataset_type, settings.max_entries))


def read_manifest(data: bytes, name: str, settings: Settings, most_lines: int) -> list[Entry]:
    """The entries of a manifest file. Raises UnusableManifest."""
    if settings.manifest_extension_required and "." not in name.rpartition("/")[2]:
        raise UnusableManifest(INVALID)
    if len(data) > settings.max_manifest_bytes:
        raise UnusableManifest(TOO_LARGE)
    return read_lines(data, settings, most_lines)


def read_lines(data: bytes, settings: Settings, most_lines: int) -> list[Entry]:
    """The entries of JSON Lines, the first for each image.

    Raises UnusableManifest for too many lines or too many unusable ones, for blank lines only, and for bytes that are
    no text.
    """
    count = data.count(b"\n") + (not data.endswith(b"\n"))
    if count > most_lines:
        raise UnusableManifest(TOO_MANY_ROWS)
    by_image: dict[str, Entry] = {}
    is_blank = True
    try:
        for line in _open_lines(data, settings):
            entry = read_entry(line, settings)
            if entry:
                by_image.setdefault(entry.source_ref, entry)
            else:
                is_blank = is_blank and line.isspace()
    except UnicodeDecodeError:
        raise UnusableManifest(INVALID) from None
    if is_blank and not by_image:
        raise UnusableManifest(EMPTY)
    # "Validation rules for manifest files": blank and invalid lines count as objects; more than 20% fail the import.
    if count - len(by_image) > settings.max_invalid_share * count:
        raise UnusableManifest(TOO_MANY_ERRORS)
    return list(by_image.values())


def check_limits(entries: Entries, settings: Settings, region: str, dataset_type: str) -> None:
    """Raises UnusableManifest if one dataset of this type cannot hold these entries."""
    if len(entries) > max_entries(settings, region, dataset_type):
        raise UnusableManifest(TOO_MANY_ROWS)
    if len(entries.buckets) > 1:
        raise UnusableManifest(SEVERAL_BUCKETS)
    if len(entries.labels) > settings.max_labels:
        raise UnusableManifest(TOO_MANY_LABELS)
    most_images = settings.max_test_images_per_label if dataset_type == "TEST" else 0
    if most_images and any(use.images > most_images for use in entries.labels.values()):
        raise UnusableManifest(TOO_MANY_TEST_IMAGES)


def _open_lines(data: bytes, settings: Settings) -> TextIO:
    """The lines one after another, since all of them at once would need as much memory as the entries."""
    encoding = "utf-8-sig" if settings.byte_order_mark == "skip" else "utf-8"
    return TextIOWrapper(BytesIO(data), encoding, newline="\n")
