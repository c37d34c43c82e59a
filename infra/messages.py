"""What a subscriber reads, as JSONata over the workflow's `$pair`, `$project`, `$result`, `$failure` and `$advice`."""

import json
from typing import NamedTuple

from infra.failures import UNKNOWN, advice
from infra.jsonata import jsonata


class Message(NamedTuple):
    """The expressions of a notification's subject and of its text."""

    subject: str
    text: str


# Stands in an execution's cause when its outcome could not be told; a rule of EventBridge goes by it.
NOBODY_TOLD = "Nobody could be told:"

# Stands in the cause of every execution that failed in the red state: it has told people, or says that it could not.
WHAT_TO_DO = "What to do:"

# SNS takes a subject of at most 100 ASCII characters on one line; a project's name alone may have 255.
_SUBJECT_LENGTH = 99
_NAME_LENGTH = 45

_LINK = """
    $arn := $states.context.Execution.Id;
    $region := $split($arn, ':')[3];
    $link := 'https://' & $region & '.console.aws.amazon.com/states/home?region=' & $region
        & '#/v2/executions/details/' & $arn;
"""

_SUCCESS_SUBJECT = jsonata(f"$substring('DISTRIBUTED: ' & $pair.ProjectName, 0, {_SUBJECT_LENGTH})")

_SUCCESS_TEXT = jsonata(f"""(
    {_LINK}
    $row := function($name, $before, $after) {{
        $pad($name, 10) & $pad($string($before), -8) & $pad($string($after), -8)
    }};
    $join([
        'DISTRIBUTED: ' & $pair.ProjectName,
        '',
        $result.Reason,
        '',
        $row('Entries', 'before', 'after'),
        $row('Training', $pair.Training.TotalEntries, $result.Training.TotalEntries),
        $row('Test', $pair.Test.TotalEntries, $result.Test.TotalEntries),
        '',
        'Project: ' & $pair.ProjectArn,
        'Execution: ' & $link
    ], '\\n')
)""")

# A long name leaves room for the error. Before the project is known there is the error only.
_FAILURE_SUBJECT = jsonata(f"""(
    $name := $length($project) > {_NAME_LENGTH} ? $substring($project, 0, {_NAME_LENGTH}) & '...' : $project;
    $what := $name = '' ? $failure.Error : $name & ' (' & $failure.Error & ')';
    $substring('FAILED: ' & $what, 0, {_SUBJECT_LENGTH})
)""")

_FAILURE_TEXT = jsonata(f"""(
    {_LINK}
    $join([
        'FAILED: ' & $failure.Error,
        '',
        $failure.Cause,
        '',
        '{WHAT_TO_DO} ' & $advice,
        '',
        ($project = '' ? '' : 'Project: ' & $project & '\\n') & 'Execution: ' & $link
    ], '\\n')
)""")

SUCCESS = Message(_SUCCESS_SUBJECT, _SUCCESS_TEXT)
FAILURE = Message(_FAILURE_SUBJECT, _FAILURE_TEXT)

# What to do about `$failure`: by its error, by the service in front of the error's name, or in general.
ADVICE = jsonata(f"""(
    $by := {json.dumps(advice())};
    [$lookup($by, $failure.Error), $lookup($by, $split($failure.Error, '.')[0]), {json.dumps(UNKNOWN.advice)}][0]
)""")
