"""The page of a report: what it forbids a browser, and how it writes a duration."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest

from lambdas.messages import page
from lambdas.rules.timeline import Timeline, Visit
from tests.unit.messages.test_report import report

EXECUTION = "arn:aws:states:us-east-1:123456789012:execution:Machine:name"
POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">')


@pytest.mark.parametrize("directive", ["default-src", "base-uri", "form-action"])
def test_page_loads_nothing_sends_no_form_and_keeps_its_base(directive: str) -> None:
    """`default-src` covers neither of the others (Content Security Policy Level 3, "Directives")."""
    html = page.render("my-project", "Done.", report(), Timeline([]), EXECUTION)
    (policy,) = POLICY.findall(html)
    allowed = dict(each.split(maxsplit=1) for each in unescape(policy).split(";"))
    assert allowed[directive] == "'none'"


@pytest.mark.parametrize(
    ("seconds", "shown"),
    [
        (0, "0.0 s"),
        (59.94, "59.9 s"),
        (59.96, "1 min"),
        (3569, "59 min"),
        (3599, "1 h 0 min"),
        (7199, "2 h 0 min"),
        (86_400, "24 h 0 min"),
    ],
)
def test_duration_has_no_sixtieth_minute(seconds: float, shown: str) -> None:
    began = datetime(2026, 11, 23, tzinfo=UTC)
    timeline = Timeline([Visit("Begin", began, began + timedelta(seconds=seconds))])
    html = page.render("my-project", "Done.", report(), timeline, EXECUTION)
    assert f"<h2>Timeline, {shown}</h2>" in html
