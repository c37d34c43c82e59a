"""`make audit`: known vulnerabilities of the pins, and packages that could not be checked."""

from typing import Any

import pytest

from tools.audit import Answer, ask, describe, read_npm_audit, read_pip_audit

FINE = {"name": "attrs", "version": "26.1.0", "vulns": []}
VULNERABLE = {"name": "h2", "version": "4.4.1", "vulns": [{"id": "PYSEC-2026-1", "fix_versions": ["4.4.2", "5.0.0"]}]}
UNKNOWN = {"name": "idna", "skip_reason": "Dependency not found on PyPI and could not be audited: idna (3.20)"}


@pytest.mark.parametrize(
    ("packages", "answer"),
    [
        ([FINE], Answer([])),
        ([FINE, VULNERABLE], Answer(["h2 4.4.1: PYSEC-2026-1, fixed in 4.4.2, 5.0.0"])),
        ([FINE, UNKNOWN], Answer([], "1 of 2 packages not checked, idna the first")),
        (
            [VULNERABLE, UNKNOWN],
            Answer(["h2 4.4.1: PYSEC-2026-1, fixed in 4.4.2, 5.0.0"], "1 of 2 packages not checked, idna the first"),
        ),
    ],
)
def test_pip_audit_output_becomes_an_answer(packages: list[dict[str, Any]], answer: Answer) -> None:
    assert read_pip_audit({"dependencies": packages, "fixes": []}) == answer


def test_npm_audit_output_becomes_an_answer() -> None:
    found = {
        "tar-fs": {"range": "<3.1.3", "severity": "high", "fixAvailable": True},
        "ajv": {"range": "*", "severity": "critical", "fixAvailable": False},
        "yaml": {"range": "<2.9.0", "severity": "low", "fixAvailable": True},
    }
    assert read_npm_audit({"auditReportVersion": 2, "vulnerabilities": found}) == Answer(
        ["tar-fs <3.1.3: high, has a fix", "ajv *: critical, no fix yet"]
    )


def test_failed_npm_audit_is_unchecked() -> None:
    output = {"message": "405 Method Not Allowed", "error": {"summary": "", "detail": ""}}
    assert read_npm_audit(output) == Answer([], "405 Method Not Allowed")


def test_description_names_vulnerabilities_and_the_log() -> None:
    assert describe(Answer([])) == ["no known vulnerability."]
    assert describe(Answer(["h2 4.4.1: PYSEC-2026-1, no fix yet"], "npm gave no reason")) == [
        "h2 4.4.1: PYSEC-2026-1, no fix yet",
        "not every package could be checked (npm gave no reason). The output is in .local/audit.log.",
    ]


def test_missing_command_is_unchecked() -> None:
    answer = ask(["no-such-command"], read_npm_audit)
    assert answer == Answer([], "no-such-command does not run: No such file or directory")
