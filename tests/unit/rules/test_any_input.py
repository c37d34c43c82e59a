"""Generated inputs of an execution. `make mutations` runs only the tables of cases."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from lambdas.rules.errors import InvalidInput
from lambdas.rules.execution_input import ACCEPTED, read_input
from tests.unit.rules.test_execution_input import LOCATION, PROJECT, TEST, TRAIN

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text(), children, max_size=3),
    max_leaves=10,
)
ARNS = st.sampled_from([PROJECT, TRAIN, TEST, TRAIN.replace("my-", "your-"), TEST.upper(), ""]) | st.text()
NEARLY = st.dictionaries(
    st.sampled_from(["ProjectArn", "ProjectName", "Datasets", "DryRun", "detail", "detail-type", "projectArn"]),
    JSON | ARNS | st.lists(st.fixed_dictionaries({"Arn": JSON | ARNS}), max_size=3),
    max_size=3,
)


@settings(max_examples=500, deadline=None)
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
