"""How an execution ends, and what its cause says."""

import pytest

from lambdas.rules.failures.ending import complete_cause, end_with_failure, end_with_success, with_advice

PENDING = "It broke. Rekognition was asked to distribute this pair, and may still be distributing it."


def test_ending_has_outcome_cause_and_output_or_error() -> None:
    assert end_with_success("Done.", {"a": 1}) == {"Outcome": "DISTRIBUTED", "Cause": "Done.", "Output": {"a": 1}}
    assert end_with_failure("Broken", "It broke.") == {"Outcome": "FAILED", "Error": "Broken", "Cause": "It broke."}


@pytest.mark.parametrize(
    ("ending", "pending", "cause"),
    [
        ({"Error": "Broken"}, True, PENDING),
        ({"Error": "Broken"}, False, "It broke."),
        (end_with_failure("Broken", "It broke."), True, "It broke."),
        (end_with_failure("Broken", "It broke."), False, "It broke."),
    ],
)
def test_caught_error_says_that_rekognition_may_be_distributing(
    ending: dict[str, str], pending: bool, cause: str
) -> None:
    """A rule that decided on the ending has put this into the cause itself."""
    assert complete_cause(ending, "It broke.", pending=pending) == cause


def test_cause_of_the_execution_says_what_to_do() -> None:
    assert with_advice("It broke.", "Fix it.") == "It broke.\n\nWhat to do: Fix it."
