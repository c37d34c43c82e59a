"""The measurements of the largest dataset, made with a small one, and what the section says of them."""

import json
from pathlib import Path

from tests.benchmarks.sections.entries import goals, measure_alone, render, take_medians
from tests.benchmarks.sections.largest_dataset import make_manifest, measure_service

MEBIBYTE = 1024**2


def test_service_imports_lists_and_distributes_every_entry() -> None:
    measured = measure_service(make_manifest(1001))
    assert (measured["listed"], measured["pages"]) == (1001, 11)
    assert 190 <= measured["moved"] <= 210
    assert min(measured[name] for name in ("import", "page", "distribution")) > 0


def test_each_image_has_one_of_three_labels() -> None:
    lines = [json.loads(line) for line in make_manifest(300).splitlines()]
    labels = [line["plates-metadata"]["class-name"] for line in lines]
    assert {label: labels.count(label) for label in labels} == {"rusty": 100, "scratched": 100, "sound": 100}
    assert len({line["source-ref"] for line in lines}) == 300


def test_memory_is_what_a_process_of_its_own_needs(tmp_path: Path) -> None:
    manifest = tmp_path / "output.manifest"
    manifest.write_bytes(make_manifest(5000))
    measured = measure_alone("json", manifest)
    assert measured["listed"] == 5000
    assert measured["memory"] > manifest.stat().st_size


def test_each_number_is_compared_with_its_baseline() -> None:
    ours = {"import": 3.0, "memory": 150 * MEBIBYTE, "page": 0.001, "pages": 2500, "distribution": 0.2, "moved": 50_000}
    theirs = {"import": 2.0, "memory": 700 * MEBIBYTE}
    result = {"entries": 250_000, "manifest": 100 * MEBIBYTE, "service": ours, "json": theirs}
    assert [goal.measured for goal in goals(result)] == [1.5, 1.5, 1.0]
    assert "| memory, in sizes of the manifest | 1.5 | 7.0 |" in render(result)


def test_a_run_that_is_slower_does_not_count() -> None:
    assert take_medians([{"import": 1.0}, {"import": 9.0}, {"import": 2.0}]) == {"import": 2.0}
