"""What the page of a report forbids a browser."""

import re
from html import unescape

import pytest

from lambdas.messages import page
from lambdas.rules.timeline import Timeline
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
