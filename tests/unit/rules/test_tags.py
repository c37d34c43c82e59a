"""Which projects a deployment covers."""

import pytest

from lambdas.rules.tags import covers


@pytest.mark.parametrize(
    ("projects", "name", "covered"),
    [
        (["*"], "parts", True),
        (["parts"], "parts", True),
        (["screws", "parts"], "parts", True),
        (["parts*"], "parts", True),
        (["parts*"], "parts-2", True),
        (["pa*"], "parts", True),
        ([], "parts", False),
        (["parts"], "parts-2", False),
        (["parts*"], "part", False),
        (["parts-2"], "parts", False),
        (["parts*"], "my-parts", False),
        (["pans*"], "parts", False),
        (["*parts"], "my-parts", False),
        (["p*s"], "parts", False),
        (["screws", "nails*"], "parts", False),
    ],
)
def test_project_is_covered_by_its_name_or_a_prefix(projects: list[str], name: str, covered: bool) -> None:
    assert covers(projects, name) is covered
