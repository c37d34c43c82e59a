"""Generated inputs of an execution, and generated names. `make mutations` runs only the tables of cases."""

import json
import re
import unicodedata
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from lambdas.rules.failures.errors import InvalidInput
from lambdas.rules.input.execution_input import ACCEPTED, read_input
from lambdas.rules.text import LONGEST_NAME, make_readable, read_cause
from tests.unit.rules.input.test_execution_input import LOCATION, PROJECT, TEST, TRAIN

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text(), children, max_size=3),
    max_leaves=10,
)
LONG_NUMBERS = st.integers(4_300, 4_400).map(lambda digits: 10**digits)
ARNS = st.sampled_from([PROJECT, TRAIN, TEST, TRAIN.replace("my-", "your-"), TEST.upper(), ""]) | st.text()
NEARLY = st.dictionaries(
    st.sampled_from(["ProjectArn", "ProjectName", "Datasets", "DryRun", "detail", "detail-type", "projectArn"]),
    JSON | LONG_NUMBERS | ARNS | st.lists(st.fixed_dictionaries({"Arn": JSON | ARNS}), max_size=3),
    max_size=3,
)


@settings(max_examples=500, deadline=None, derandomize=True)
@given(JSON | NEARLY)
def test_every_input_is_a_request_or_a_clear_error(given: Any) -> None:
    refusal = None
    try:
        request = read_input(given, LOCATION)
    except InvalidInput as error:
        refusal = str(error)
    if refusal is None:
        assert set(given) <= {"ProjectArn", "ProjectName", "Datasets", "DryRun"}
        assert request.project_name in json.dumps(given)
    else:
        assert refusal.endswith(ACCEPTED)
        assert refusal.isprintable()


# Every code point, also those that JSON can carry and UTF-8 cannot; often the ones that are hard to show.
CHARACTERS = st.characters(exclude_categories=()) | st.sampled_from(
    "a \u0301\u034f\u0661\u05d0\u115f\u200b\u200c\u200d\u202e\u2066\u2800\u3000\u3164\ufe0f\uffa0\ud800\U000e0100.:/"
)
NAMES = st.text(CHARACTERS, max_size=255)
ISOLATED = re.compile("\u2068(.*)\u2069")
SHOWS_NOTHING = re.compile(r"[\u034f\u115f\u1160\u2800\u3164\uffa0\ufe00-\ufe0f\U000e0100-\U000e01ef]")


def is_seen(character: str) -> bool:
    """Whether the character alone is ink on the page: a letter, digit, punctuation or spacing mark, or symbol."""
    category = unicodedata.category(character)
    return (category[0] in "LNPS" or category == "Mc") and not SHOWS_NOTHING.match(character)


@settings(max_examples=1_000, deadline=None, derandomize=True)
@given(NAMES)
def test_every_name_is_one_line_that_is_seen_and_no_link(name: str) -> None:
    shown = ISOLATED.sub(r"\1", make_readable(name))
    assert is_seen(shown[0])
    assert is_seen(shown[-1]) or unicodedata.category(shown[-1])[0] == "M"
    assert len(shown) <= LONGEST_NAME
    assert len(shown.encode().decode().splitlines()) == 1
    assert not [each for each in shown if unicodedata.category(each) in ("Cc", "Cf") and each not in "\u200c\u200d"]
    assert not re.search(r"://|\w\.[^\W\d_]{2}", shown)
    assert "MMMMM" not in "".join("M" if unicodedata.category(each) in ("Mn", "Me") else "-" for each in shown)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.text(CHARACTERS, min_size=1) | JSON.map(json.dumps) | JSON.map(lambda each: "{" + repr(each)))
def test_every_cause_is_text_without_controls(cause: str) -> None:
    shown = read_cause(cause)
    assert shown.encode().decode() == shown
    assert not [each for each in shown if unicodedata.category(each) in ("Cc", "Cf") and each not in "\n\t\u200c\u200d"]
