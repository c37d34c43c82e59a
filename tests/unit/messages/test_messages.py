"""The messages to people and programs, for each outcome."""

import json
from dataclasses import replace
from typing import Any

import pytest

from lambdas.messages.bundle import NO_EVENT, make_bundle
from lambdas.messages.chat import make_chat
from lambdas.messages.links import execution_link, state_machine_link, state_machine_of
from lambdas.messages.mail import make_mail
from lambdas.messages.notice import make_notice
from lambdas.messages.outcome import Outcome
from lambdas.messages.output import make_output
from lambdas.messages.report import Report
from lambdas.messages.subject import make_subject
from tests.unit.messages.test_report import dataset

STATES = "arn:aws:states:eu-west-1:123456789012"
EXECUTION = f"{STATES}:execution:Machine:name"
CONSOLE = "https://eu-west-1.console.aws.amazon.com/states/home?region=eu-west-1#"
EXECUTION_LINK = f"{CONSOLE}/v2/executions/details/{EXECUTION}"
PROJECT = "arn:aws:rekognition:eu-west-1:123456789012:project/parts/1690474772815"
PAGE = "https://eu-west-1.console.aws.amazon.com/s3/object/reports"
BEFORE = {"Training": dataset(200).as_state(), "Test": dataset(0).as_state()}
AFTER = {"Training": dataset(160).as_state(), "Test": dataset(40, labeled=39).as_state()}
EVEN = ({"crack": 80, "dent": 80}, {"crack": 20, "dent": 20})
REPORT = Report.compare(200, dataset(160), dataset(40), EVEN)
WARNED = Report.compare(200, dataset(160), dataset(40), ({"crack": 80, "<dent>": 80}, {"crack": 20}))
ONE_MOVED = Report.compare(200, dataset(199), dataset(1), ({"crack": 199}, {"crack": 1}))

DONE = Outcome(
    execution=EXECUTION,
    started_at="2026-11-23T10:00:00Z",
    started_by="EVENT",
    project_name="parts",
    project_arn=PROJECT,
    reason="40 of 200 entries are there.",
    notes=[],
    before=BEFORE,
    after=AFTER,
    report=REPORT,
    report_link=PAGE,
)
BROKEN = Outcome(
    execution=EXECUTION,
    started_at="2026-11-23T10:00:00Z",
    started_by="PERSON",
    project_name="parts",
    project_arn=None,
    reason="It broke.",
    notes=[],
    error="Broken",
    advice="Fix it.",
)
NAMELESS = replace(BROKEN, project_name="")


def test_links_lead_into_the_console() -> None:
    assert execution_link(EXECUTION) == EXECUTION_LINK
    assert state_machine_of(EXECUTION) == f"{STATES}:stateMachine:Machine"
    assert state_machine_of(f"{STATES}:execution:execution:name") == f"{STATES}:stateMachine:execution"
    assert state_machine_link(EXECUTION) == f"{CONSOLE}/statemachines/view/{STATES}:stateMachine:Machine"


@pytest.mark.parametrize(
    ("outcome", "subject"),
    [
        (DONE, "DISTRIBUTED: parts"),
        (BROKEN, "FAILED: parts (Broken)"),
        (NAMELESS, "FAILED: Broken"),
        (replace(DONE, project_name="p" * 255), "DISTRIBUTED: " + "p" * 86),
        (replace(BROKEN, project_name="p" * 45), "FAILED: " + "p" * 45 + " (Broken)"),
        (replace(BROKEN, project_name="p" * 46), "FAILED: " + "p" * 45 + "... (Broken)"),
        (replace(BROKEN, project_name="p" * 99, error="E" * 60), "FAILED: " + "p" * 25 + "... (" + "E" * 60 + ")"),
        (replace(BROKEN, error="E" * 86), "FAILED: ... (" + "E" * 86),
        (replace(BROKEN, error="E" * 200), "FAILED: ... (" + "E" * 86),
        (replace(NAMELESS, error="E\u00e9\n~ "), "FAILED: E??~ "),
    ],
)
def test_subject_is_one_line_of_99_ascii_characters(outcome: Outcome, subject: str) -> None:
    assert make_subject(outcome) == subject
    assert len(subject) <= 99


def test_what_to_do_fits_the_outcome() -> None:
    assert DONE.what_to_do == "Nothing. The pair is ready to train with."
    assert replace(DONE, report=WARNED).what_to_do == "Read the warnings above before you train with the pair."
    assert replace(DONE, report=ONE_MOVED).what_to_do == "Read the warnings above before you train with the pair."
    assert BROKEN.what_to_do == "Fix it."
    assert (DONE.name, BROKEN.name, BROKEN.warnings) == ("DISTRIBUTED", "FAILED", [])


def test_notice_of_a_success_has_every_member() -> None:
    assert make_notice(DONE) == {
        "Version": "2.0",
        "Outcome": "DISTRIBUTED",
        "StartedBy": "EVENT",
        "ProjectName": "parts",
        "ProjectArn": PROJECT,
        "StateMachine": f"{STATES}:stateMachine:Machine",
        "Execution": EXECUTION,
        "ExecutionLink": EXECUTION_LINK,
        "StartedAt": "2026-11-23T10:00:00Z",
        "Notes": [],
        "Reason": "40 of 200 entries are there.",
        "Before": {
            "Training": {"TotalEntries": 200, "LabeledEntries": 200, "ErrorEntries": 0},
            "Test": {"TotalEntries": 0, "LabeledEntries": 0, "ErrorEntries": 0},
        },
        "After": {
            "Training": {"TotalEntries": 160, "LabeledEntries": 160, "ErrorEntries": 0},
            "Test": {"TotalEntries": 40, "LabeledEntries": 39, "ErrorEntries": 0},
        },
        "Report": REPORT.as_state(),
        "ReportLink": PAGE,
    }


def test_notice_of_a_failure_has_every_member() -> None:
    assert make_notice(replace(BROKEN, notes=["a note"])) == {
        "Version": "2.0",
        "Outcome": "FAILED",
        "StartedBy": "PERSON",
        "ProjectName": "parts",
        "ProjectArn": None,
        "StateMachine": f"{STATES}:stateMachine:Machine",
        "Execution": EXECUTION,
        "ExecutionLink": EXECUTION_LINK,
        "StartedAt": "2026-11-23T10:00:00Z",
        "Notes": ["a note"],
        "Error": "Broken",
        "Cause": "It broke.",
        "Advice": "Fix it.",
    }
    assert make_notice(NAMELESS)["ProjectName"] is None


def test_long_cause_is_cut_in_messages() -> None:
    long = replace(BROKEN, reason="x" * 5_000)
    shown = "x" * 4_000 + "… (the execution shows more)"
    assert make_notice(long)["Cause"] == shown
    assert f"\n\n{shown}\n\n" in make_mail(long)
    assert make_chat(long)["content"]["description"] == "Broken: " + "x" * 1_492 + "…"


def test_mail_of_a_success_has_table_and_links() -> None:
    assert make_mail(DONE).split("\n") == [
        "DISTRIBUTED: parts",
        "",
        "40 of 200 entries are there.",
        "",
        "training    test  share",
        "     160      40    20%  all entries",
        "      80      20    20%  crack",
        "      80      20    20%  dent",
        "",
        "What to do: Nothing. The pair is ready to train with.",
        "",
        f"Report: {PAGE}",
        f"Execution: {EXECUTION_LINK}",
        f"Project: {PROJECT}",
    ]


def test_mail_of_a_success_without_a_page_says_why() -> None:
    lines = make_mail(
        replace(DONE, report_link=None, notes=["The report page could not be stored: S3.", "Another."])
    ).split("\n")
    assert lines[8:] == [
        "",
        "The report page could not be stored: S3.",
        "Another.",
        "",
        "What to do: Nothing. The pair is ready to train with.",
        "",
        f"Execution: {EXECUTION_LINK}",
        f"Project: {PROJECT}",
    ]


def test_mail_of_a_failure_says_how_to_start_again() -> None:
    assert make_mail(BROKEN).split("\n") == [
        "FAILED: parts (Broken)",
        "",
        "It broke.",
        "",
        "What to do: Fix it.",
        "",
        f"Start a new execution: {state_machine_link(EXECUTION)}",
        'with the input {"ProjectName": "parts"}',
        "",
        f"Execution: {EXECUTION_LINK}",
        "Project: parts",
    ]


def test_mail_without_a_project_names_none() -> None:
    lines = make_mail(NAMELESS).split("\n")
    assert lines[6:] == [
        f"Start a new execution: {state_machine_link(EXECUTION)}",
        "",
        "",
        f"Execution: {EXECUTION_LINK}",
    ]


def test_chat_of_a_success_has_reason_and_links() -> None:
    assert make_chat(DONE) == {
        "version": "1.0",
        "source": "custom",
        "content": {
            "textType": "client-markdown",
            "title": "DISTRIBUTED: parts",
            "description": "40 of 200 entries are there.",
            "nextSteps": [
                "Nothing. The pair is ready to train with.",
                f"Report: {PAGE}",
                f"Execution: {EXECUTION_LINK}",
            ],
        },
        "metadata": {"threadId": EXECUTION, "summary": "DISTRIBUTED: parts"},
    }


def test_chat_lists_the_warnings() -> None:
    content = make_chat(replace(DONE, report=WARNED, report_link=None))["content"]
    assert content["description"].startswith(
        "40 of 200 entries are there.\n- No test entry has the label &lt;dent&gt;. "
    )
    assert content["nextSteps"] == [
        "Read the warnings above before you train with the pair.",
        f"Execution: {EXECUTION_LINK}",
    ]


def test_chat_mentions_nobody_and_names_no_link() -> None:
    hostile = replace(BROKEN, reason="<!channel> & [x](http://y)")
    description = make_chat(hostile)["content"]["description"]
    assert description == "Broken: &lt;!channel&gt; &amp; [x] (http[:]//y)"
    hostile = replace(BROKEN, reason="http://a.(b) and www.evil.com", project_name="www.evil.com")
    content = make_chat(hostile)["content"]
    assert content["description"] == "Broken: http[:]//a[.] (b) and www[.]evil[.]com"
    assert content["title"] == "FAILED: www[.]evil[.]com (Broken)"


def test_project_named_like_an_address_is_no_link() -> None:
    named = "www.evil.com"
    arn = PROJECT.replace("parts", named)
    assert make_subject(replace(DONE, project_name=named)) == "DISTRIBUTED: www[.]evil[.]com"
    for outcome in (replace(DONE, project_name=named, project_arn=arn), replace(BROKEN, project_name=named)):
        mail = make_mail(outcome)
        assert make_subject(outcome) in mail
        assert named not in mail
        assert "\nProject: " in mail


def test_input_to_copy_names_a_project_named_like_an_address() -> None:
    mail = make_mail(replace(BROKEN, project_name="www.evil.com"))
    (copied,) = (line.removeprefix("with the input ") for line in mail.split("\n") if line.startswith("with the "))
    assert json.loads(copied) == {"ProjectName": "www.evil.com"}
    assert "www." not in copied


def test_mail_has_no_link_from_outside() -> None:
    hostile = replace(BROKEN, reason="Go to http://evil.example/x", notes=["www.evil.com is missing."])
    lines = make_mail(hostile).split("\n")
    assert lines[2:5] == ["Go to http[:]//evil[.]example/x", "", "www[.]evil[.]com is missing."]
    labels = {"https://evil.example": 80, "crack": 80}, {"crack": 20}
    mail = make_mail(replace(DONE, report=Report.compare(200, dataset(160), dataset(40), labels)))
    assert mail.count("https[:]//evil[.]example") == 2
    assert "evil.example" not in mail


def test_mail_and_chat_show_an_invisible_label() -> None:
    labels = {"\u3164": 80, "crack": 80}, {"crack": 20}
    outcome = replace(DONE, report=Report.compare(200, dataset(160), dataset(40), labels))
    assert r"No test entry has the label \u3164." in make_mail(outcome)
    assert r"No test entry has the label \u3164." in make_chat(outcome)["content"]["description"]


def test_bundle_of_a_success_has_every_message() -> None:
    output = make_output("DISTRIBUTED", DONE.reason, {**BEFORE, **PAIR}, EXECUTION, after=AFTER)
    bundle = make_bundle(DONE, output)
    assert json.loads(bundle["Notice"]) == make_notice(DONE)
    assert "Schönheit" in make_bundle(replace(DONE, reason="Schönheit"), None)["Notice"]
    assert json.loads(bundle["Chat"]) == make_chat(DONE)
    assert bundle["Chat"].startswith('{"version":"1.0","source":"custom","content":{"textType":')
    assert bundle["WithoutEvent"] == {"Mail": make_mail(replace(DONE, notes=[NO_EVENT]))}
    assert {name: bundle[name] for name in ("Subject", "Mail", "DetailType", "Attributes", "Ending")} == {
        "Subject": "DISTRIBUTED: parts",
        "Mail": make_mail(DONE),
        "DetailType": "Dataset Distribution Succeeded",
        "Attributes": {"outcome": "DISTRIBUTED", "project": "parts", "error": "none", "startedBy": "EVENT"},
        "Ending": {"Outcome": "DISTRIBUTED", "Cause": DONE.reason, "Output": {**output, "ReportLink": PAGE}},
    }


def test_mail_says_that_the_event_was_not_sent() -> None:
    assert make_bundle(replace(BROKEN, notes=["a note"]), None)["WithoutEvent"]["Mail"].split("\n")[3:9] == [
        "",
        "a note",
        "The completion event could not be sent. The history of the execution says why.",
        "",
        "What to do: Fix it.",
        "",
    ]


def test_bundle_of_a_failure_has_every_message() -> None:
    bundle = make_bundle(replace(NAMELESS, notes=["a note"]), None)
    assert bundle["WithoutEvent"] == {"Mail": make_mail(replace(NAMELESS, notes=["a note", NO_EVENT]))}
    assert bundle["DetailType"] == "Dataset Distribution Failed"
    assert bundle["Attributes"] == {"outcome": "FAILED", "project": "unknown", "error": "Broken", "startedBy": "PERSON"}
    assert bundle["Ending"] == {
        "Outcome": "FAILED",
        "Error": "Broken",
        "Cause": "It broke.\n\nWhat to do: Fix it.",
    }


PAIR: dict[str, Any] = {"StartedBy": "PERSON", "ProjectName": "parts", "ProjectArn": PROJECT}
MOST_BYTES = 200_000  # that Report outcome returns; a state's data has 256 KB
WIDEST = ["\U0001f600", "\u00e9", '"', "\\", "\x01", "a"]


def wide(character: str, *, labels: int) -> Outcome:
    """A success with the longest names of labels and the longest notes."""
    names = [f"{number:03}{character * 255}"[:255] for number in range(labels)]
    counts = dict.fromkeys(names, 80), dict.fromkeys(names, 20)
    notes = [character * 500] * 4
    return replace(DONE, report=Report.compare(200, dataset(160), dataset(40), counts), notes=notes)


@pytest.mark.parametrize("character", WIDEST)
def test_250_labels_of_255_characters_fit_a_states_data(character: str) -> None:
    output = make_output("DISTRIBUTED", DONE.reason, {**BEFORE, **PAIR}, EXECUTION, after=AFTER)
    bundle = make_bundle(wide(character, labels=250), output)
    assert size(bundle) < MOST_BYTES
    report = json.loads(bundle["Notice"])["Report"]
    assert len(report["Labels"]) + report["LabelsOmitted"] == 250


@pytest.mark.parametrize("character", WIDEST)
def test_longest_cause_and_notes_fit_a_states_data(character: str) -> None:
    long = replace(BROKEN, reason=character * 8_000, notes=[character * 500] * 4)
    assert size(make_bundle(long, None)) < MOST_BYTES


def size(bundle: dict[str, Any]) -> int:
    """The bytes that the Lambda runtime sends: JSON with unescaped characters."""
    return len(json.dumps(bundle, ensure_ascii=False).encode())


def test_output_has_the_same_members_for_every_outcome() -> None:
    pair = {**BEFORE, **PAIR}
    output = make_output("SKIPPED", "Why.", pair, EXECUTION)
    assert output == {
        "Outcome": "SKIPPED",
        "Reason": "Why.",
        "StartedBy": "PERSON",
        "ProjectName": "parts",
        "ProjectArn": PROJECT,
        "Before": BEFORE,
        "After": BEFORE,
        "DryRun": None,
        "ReportLink": None,
        "Execution": EXECUTION,
    }
    other = make_output("DRY_RUN", "Why.", pair, EXECUTION, after=AFTER, dry_run={"Checks": []})
    assert list(other) == list(output)
    assert (other["After"], other["DryRun"]) == (AFTER, {"Checks": []})
