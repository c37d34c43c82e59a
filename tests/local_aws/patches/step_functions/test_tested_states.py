"""TestState tests one state of JSONata."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.aws import LocalAws
from tests.support.machines import SUCCEED, TABLE, task
from tests.support.roles import Role
from tests.support.unique import unique

RETRIES = [
    {"ErrorEquals": ["Never"], "MaxAttempts": 0},
    {"ErrorEquals": ["States.TaskFailed"], "IntervalSeconds": 2, "BackoffRate": 3, "MaxAttempts": 3},
]
CATCHES = [
    {"ErrorEquals": ["Other"], "Next": "Elsewhere"},
    {"ErrorEquals": ["States.ALL"], "Next": "Caught", "Assign": {"why": "{% $states.errorOutput.Cause %}"}},
]
GET = task(
    "dynamodb:getItem",
    {"TableName": "{% $table %}", "Key": {"Id": {"S": "{% $states.input.id %}"}}},
    Assign={"table": "{% $states.result.Item.Next.S %}"},
    Output="{% $states.context.Execution.Input %}",
    Retry=RETRIES,
    Catch=CATCHES,
    Next="Done",
)
CHOICE = {"Type": "Choice", "Choices": [{"Condition": "{% $count > 2 %}", "Next": "Many"}], "Default": "Few"}
DEFINITION = {"QueryLanguage": "JSONata", "StartAt": "Get", "States": {"Get": GET, **SUCCEED}}
ITEM = json.dumps({"Item": {"Next": {"S": "the next"}}})


@pytest.fixture(scope="module")
def stepfunctions(local_aws: LocalAws) -> Any:
    return local_aws.client("stepfunctions")


def run(stepfunctions: Any, definition: dict[str, Any], given: Any = "nothing", **more: Any) -> dict[str, Any]:
    """The answer of TestState. `variables` and `context` are objects; `definition` may be of one state."""
    objects = {name: json.dumps(more.pop(name)) for name in ("variables", "context") if name in more}
    text = json.dumps({"QueryLanguage": "JSONata", **definition})
    answer: dict[str, Any] = stepfunctions.test_state(
        definition=text, input=json.dumps(given), inspectionLevel="DEBUG", **objects, **more
    )
    return answer


def variables_of(answer: dict[str, Any]) -> Any:
    return json.loads(answer["inspectionData"]["variables"])


@pytest.mark.parametrize(("count", "following"), [(3, "Many"), (2, "Few")])
def test_a_choice_uses_the_variables(stepfunctions: Any, count: int, following: str) -> None:
    answer = run(stepfunctions, CHOICE, variables={"count": count})
    assert (answer["status"], answer["nextState"], answer["output"]) == ("SUCCEEDED", following, '"nothing"')


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ({"Type": "Pass", "Output": "{% $a %}", "Assign": {"a": 2}, "Next": "B"}, ("SUCCEEDED", "B", "1", {"a": 2})),
        ({"Type": "Wait", "Seconds": "{% $a %}", "Next": "B"}, ("SUCCEEDED", "B", '"nothing"', {"a": 1})),
        ({"Type": "Succeed", "Output": "{% $a %}"}, ("SUCCEEDED", None, "1", {"a": 1})),
        ({"Type": "Fail", "Error": "{% $string($a) %}"}, ("FAILED", None, None, {"a": 1})),
        ({"Type": "Pass", "Output": "{% $b %}", "End": True}, ("FAILED", None, None, {"a": 1})),
    ],
    ids=lambda value: value["Type"] if isinstance(value, dict) else "",
)
def test_a_state_without_a_task(stepfunctions: Any, state: dict[str, Any], expected: tuple[Any, ...]) -> None:
    answer = run(stepfunctions, state, variables={"a": 1})
    assert (answer["status"], answer.get("nextState"), answer.get("output"), variables_of(answer)) == expected


def test_a_task_acts_as_the_role(local_aws: LocalAws, stepfunctions: Any) -> None:
    table, dynamodb = unique("table"), local_aws.client("dynamodb")
    dynamodb.create_table(TableName=table, **TABLE)
    dynamodb.put_item(TableName=table, Item={"Id": {"S": "it"}, "Next": {"S": "another"}})
    role = Role(local_aws, {"Action": "dynamodb:GetItem"})
    more = {"stateName": "Get", "variables": {"table": table}, "roleArn": role.arn}
    answer = run(stepfunctions, DEFINITION, {"id": "it"}, **more)
    assert (answer["status"], answer["nextState"]) == ("SUCCEEDED", "Done")
    assert (json.loads(answer["output"]), variables_of(answer)) == ({"id": "it"}, {"table": "another"})
    assert json.loads(answer["inspectionData"]["afterArguments"])["Key"] == {"Id": {"S": "it"}}
    assert json.loads(answer["inspectionData"]["result"])["Item"]["Id"] == {"S": "it"}
    role.allow({"Action": "dynamodb:PutItem"})
    answer = run(stepfunctions, DEFINITION, {"id": "it"}, **more)
    assert (answer["status"], answer["error"]) == ("RETRIABLE", "DynamoDB.AccessDeniedException")


def test_a_mocked_result_needs_no_role(stepfunctions: Any) -> None:
    context = {"Execution": {"Input": "from the context"}}
    answer = run(stepfunctions, GET, {"id": "it"}, variables={"table": "none"}, mock={"result": ITEM}, context=context)
    assert (answer["status"], answer["nextState"], answer["output"]) == ("SUCCEEDED", "Done", '"from the context"')
    assert variables_of(answer) == {"table": "the next"}


@pytest.mark.parametrize(
    ("error", "retries", "status", "details"),
    [
        ("Some", 0, "RETRIABLE", {"retryIndex": 1, "retryBackoffIntervalSeconds": 2}),
        ("Some", 2, "RETRIABLE", {"retryIndex": 1, "retryBackoffIntervalSeconds": 18}),
        ("Some", 3, "CAUGHT_ERROR", {"catchIndex": 1}),
        ("Never", 0, "CAUGHT_ERROR", {"catchIndex": 1}),
        ("States.Timeout", 0, "CAUGHT_ERROR", {"catchIndex": 1}),
        ("Other", 3, "CAUGHT_ERROR", {"catchIndex": 0}),
    ],
)
def test_a_mocked_error_is_retried_or_caught(
    stepfunctions: Any, error: str, retries: int, status: str, details: dict[str, int]
) -> None:
    answer = run(
        stepfunctions,
        GET,
        {"id": "it"},
        variables={"table": "none"},
        mock={"errorOutput": {"error": error, "cause": "because"}},
        stateConfiguration={"retrierRetryCount": retries},
    )
    assert (answer["status"], answer["error"], answer["cause"]) == (status, error, "because")
    assert answer["inspectionData"]["errorDetails"] == details
    following = {0: "Elsewhere", 1: "Caught"}.get(details.get("catchIndex", -1))
    assert answer.get("nextState") == following
    assert variables_of(answer).get("why") == ("because" if following == "Caught" else None)


@pytest.mark.parametrize(
    ("definition", "more", "code"),
    [
        (CHOICE, {"mock": {"result": "{}"}}, "ValidationException"),
        (GET, {"mock": {"result": "{}", "errorOutput": {"error": "Some"}}}, "ValidationException"),
        (GET, {"mock": {"result": "{no JSON}"}}, "ValidationException"),
        (GET, {"context": {}}, "ValidationException"),
        (DEFINITION, {"stateName": "Nowhere"}, "ValidationException"),
        (task("sqs:sendMessage.waitForTaskToken", {}, End=True), {}, "InvalidDefinition"),
        ({"Type": "Paws"}, {}, "InvalidDefinition"),
    ],
)
def test_a_test_that_cannot_be_is_refused(
    stepfunctions: Any, definition: dict[str, Any], more: dict[str, Any], code: str
) -> None:
    with pytest.raises(ClientError) as refused:
        run(stepfunctions, definition, **more)
    assert refused.value.response["Error"]["Code"] == code
