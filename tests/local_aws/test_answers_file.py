"""A file of answers, as `make verify` writes it, is read or refused in one sentence."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from account.verify.answer import Answer
from account.verify.result import Result
from local.answers_file import read_answers
from local.aws import ROOT
from tests.campaign.answers import read


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "answers.json cannot be read: No such file or directory. Give the file that make verify wrote."),
        ("rounding: ceil", "answers.json is no JSON. Give the file that make verify wrote."),
        ("[]", "answers.json is no JSON object. Give the file that make verify wrote."),
        ('{"rounding": "up"}', "rounding is one of floor, ceil, round, not 'up'."),
        ('{"no": 1}', "There is no setting 'no'; there are creation_seconds"),
    ],
)
def test_a_file_that_has_no_answers_is_refused_in_one_sentence(
    tmp_path: Path, content: str | None, sentence: str
) -> None:
    path = tmp_path / "answers.json"
    if content is not None:
        path.write_text(content)
    command = [sys.executable, "-m", "local", "--answers", str(path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert sentence in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_what_make_verify_writes_is_what_the_local_service_reads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    answers = [Answer("rounding", "ceil", "seen"), Answer("late_seconds", None, "none was late")]
    result = Result("123456789012", "us-east-1", answers=[*answers, Answer("update_seconds", 7.0, "seen")])
    result.promises = {"answer dry run": "", "send alarm": "The topic received nothing."}
    result.write()
    folder = tmp_path / ".local" / "verify"
    assert read_answers(folder / "answers.json") == {"rounding": "ceil", "update_seconds": 7.0}
    assert read(f"@{folder / 'answers.json'}") == {"rounding": "ceil"}
    written = json.loads((folder / "result.json").read_text())
    assert written["Promises"][1] == {"promise": "send alarm", "broken": "The topic received nothing."}
    assert result.broken == ["send alarm"]
