"""The report page in a real browser."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from lambdas.messages import page
from lambdas.messages.report import Report
from lambdas.rules.timeline import Timeline
from local.aws import ROOT, LocalAws
from tests.support.executions import Executions
from tests.support.workbench import Workbench, images
from tests.unit.messages.test_report import dataset
from tests.unit.rules.test_timeline import entered
from tests.workflow.notifications.messages import distribute_new_pair

STARTED_AT = datetime(2026, 11, 24, tzinfo=UTC)
LOOP = ["Wait before checking", "Check distribution", "Distribution finished?"]
STATES = ["Begin", "Resolve datasets", "Start distribution", *LOOP * 3, "Report outcome"]
EXECUTION = "arn:aws:states:us-east-1:123456789012:execution:Machine:name"
SMALL_PHONE, PHONE, DESKTOP = 320, 360, 1000
BROWSER = Path(__file__).with_name("browser.mjs")
CHROMIUM = ROOT / ".local" / "chromium"

OpenPage = Callable[[Path, int, str], dict[str, Any]]

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the browser in package.json is for Linux")


def write_page(
    folder: Path,
    labels: dict[str, tuple[int, int]],
    *,
    entries: tuple[int, int] = (160, 40),
    states: Sequence[str] = STATES,
    seconds: int = 10,
) -> Path:
    """The file of a rendered page. Each state but the last takes `seconds`."""
    training = {name: amounts[0] for name, amounts in labels.items() if amounts[0]}
    test = {name: amounts[1] for name, amounts in labels.items() if amounts[1]}
    report = Report.compare(sum(entries), dataset(entries[0]), dataset(entries[1]), (training, test))
    history = [entered(seconds * n, state) for n, state in enumerate(states)]
    read = max(STARTED_AT + timedelta(minutes=3), STARTED_AT + timedelta(seconds=seconds * len(states)))
    timeline = Timeline.from_history(history, read)
    page_file = folder / "report.html"
    page_file.write_text(page.render("my-project", "40 of 200 entries are there.", report, timeline, EXECUTION))
    return page_file


@pytest.fixture(scope="module")
def browser() -> Iterator["subprocess.Popen[str]"]:
    """Headless Chromium, which opens the page of each line that it gets."""
    CHROMIUM.mkdir(parents=True, exist_ok=True)
    with subprocess.Popen(
        ["node", str(BROWSER)],
        env={**os.environ, "TMPDIR": str(CHROMIUM)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield process
        process.communicate()  # closes its input, which ends it
    assert process.returncode == 0


@pytest.fixture
def open_page(browser: "subprocess.Popen[str]") -> OpenPage:
    """Returns a function that opens a page: what it shows and requests, and the messages in its console."""

    def open_(page_file: Path, width: int, scheme: str) -> dict[str, Any]:
        asked = {"file": str(page_file), "width": width, "colorScheme": scheme}
        assert browser.stdin is not None
        assert browser.stdout is not None
        print(json.dumps(asked), file=browser.stdin, flush=True)
        seen: dict[str, Any] = json.loads(browser.stdout.readline())
        assert "error" not in seen, seen
        return seen

    return open_


def compute_luminance(color: str) -> float:
    return sum(map(int, color.removeprefix("rgb(").removesuffix(")").split(", "))) / 3


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_shows_everything_on_phone_and_desktop(
    open_page: OpenPage, tmp_path: Path, width: int, scheme: str
) -> None:
    seen = open_page(write_page(tmp_path, {"crack": (80, 20), "dent": (80, 20), "rust": (9, 0)}), width, scheme)
    assert (seen["messages"], seen["requests"], seen["width"]) == ([], 1, width)
    assert seen["title"] == "DISTRIBUTED: my-project"
    for text in ("40 of 200 entries are there.", "No test entry has the label rust", "crack", "20%", "Timeline, 3 min"):
        assert text in seen["text"]
    assert (compute_luminance(seen["background"]) < compute_luminance(seen["color"])) == (scheme == "dark")


def test_bar_lengths_are_proportional_to_entries(open_page: OpenPage, tmp_path: Path) -> None:
    seen = open_page(write_page(tmp_path, {"crack": (80, 20), "dent": (40, 10)}), DESKTOP, "light")
    before, _, training, test, dent, dent_test, crack, crack_test = seen["bars"]
    assert before == pytest.approx(training + test, abs=1)
    assert training == pytest.approx(4 * test, abs=4)
    assert (crack, crack_test) == (pytest.approx(2 * dent, abs=2), pytest.approx(2 * dent_test, abs=2))


def test_a_long_timeline_is_readable_on_a_small_phone(open_page: OpenPage, tmp_path: Path) -> None:
    page_file = write_page(tmp_path, {}, states=["Begin", *LOOP * 300, "Report outcome"], seconds=150)
    seen = open_page(page_file, SMALL_PHONE, "light")
    assert "Distribution finished?\n300 times, 12 h 30 min" in seen["text"]
    assert (seen["cut"], seen["width"]) == ([], SMALL_PHONE)


def test_the_timeline_shows_states_once_and_every_transition(open_page: OpenPage, tmp_path: Path) -> None:
    seen = open_page(write_page(tmp_path, {}), DESKTOP, "light")
    assert seen["text"].count("Check distribution") == 1
    assert "Check distribution\n3 times, 30.0 s" in seen["text"]
    assert seen["elements"].count("path") == len(set(pairwise(STATES)))
    assert seen["elements"].count("circle") == len(set(STATES))
    assert seen["elements"].count("text") == 1  # the count beside the transition that leads back


UNCHANGED = [
    "<script>document['title']='taken'</script>",
    "<img src=x onerror=alert(1)>",
    "</style><h1>",
    '" onmouseover="alert(1)',
    "=HYPERLINK(1)",
    "\u05d0\u05d1\u05d2",
    "\u0661\u0662",
    "\U0001f600" * 255,
    "x" * 255,
    "&lt;&#60;",
]
SHOWN = {
    "a\x00\x1b[2J\nb": r"a\u0000\u001b[2J\nb",
    "\u202eevil": r"\u202eevil",
    "\u3164": r"\u3164",
    "\u2800\u034f\u200b": r"\u2800\u034f\u200b",
    "e" + "\u0301" * 255: "e" + "\u0301" * 4 + "…",
    "https://evil.example": "https[:]//evil[.]example",
    " ": '" "',
}


def test_hostile_names_appear_as_text_only(open_page: OpenPage, tmp_path: Path) -> None:
    names = [*UNCHANGED, *SHOWN]
    seen = open_page(write_page(tmp_path, dict.fromkeys(names, (80, 20))), PHONE, "light")
    assert (seen["messages"], seen["requests"], seen["width"]) == ([], 1, PHONE)
    assert seen["title"] == "DISTRIBUTED: my-project"
    assert not {"script", "img"} & set(seen["elements"])
    assert seen["elements"].count("h1") == 1
    for name in (*UNCHANGED, *SHOWN.values()):
        assert name in seen["text"]
    assert not {"\u202e", "\u3164", "\u2800"} & set(seen["text"])


@pytest.mark.parametrize("name", [".", ".."])
def test_a_project_of_dots_has_a_page(
    local_aws: LocalAws, stack: dict[str, str], bench: Workbench, executions: Executions, name: str
) -> None:
    bench.aws.configure(creation_seconds=0, update_seconds=0, distribution_seconds=0, event_copies=0)
    project = bench.rekognition.create_project(ProjectName=name)["ProjectArn"]
    execution = distribute_new_pair(bench, project, executions, images(10))
    key = f"({name})/{execution.arn.rpartition(':')[2]}.html"
    assert execution.output["ReportLink"].endswith(f"prefix={quote(key)}")
    stored = local_aws.client("s3").get_object(Bucket=stack["ReportsBucket"], Key=key)
    assert f"<h1>DISTRIBUTED: {name}</h1>" in stored["Body"].read().decode()


@pytest.mark.parametrize(
    ("labels", "entries"),
    [
        ({}, (0, 0)),
        ({f"{number:03}" + "\U0001f600" * 252: (250_000, 62_500) for number in range(250)}, (250_000, 62_500)),
    ],
    ids=["empty", "largest"],
)
def test_an_empty_report_and_the_largest_report_fit(
    open_page: OpenPage, tmp_path: Path, labels: dict[str, tuple[int, int]], entries: tuple[int, int]
) -> None:
    seen = open_page(write_page(tmp_path, labels, entries=entries), PHONE, "light")
    assert (seen["messages"], seen["width"]) == ([], PHONE)
    assert f"{entries[0]:,}" in seen["text"]
    assert ("There are no labels." in seen["text"]) == (not labels)
    assert len(seen["bars"]) == 2 * (2 + len(labels))
