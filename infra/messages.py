"""What people and programs are told, as JSONata over the workflow's variables: one notice, each reader its form.

`$pair`, `$project`, `$result`, `$report`, `$failure`, `$advice` and `$notes` are the workflow's. The notice's schema is
docs/notice.schema.json; tests hold every one that is sent against it.
"""

import json
from typing import NamedTuple

from infra.jsonata import cut, jsonata
from lambdas.rules.failures import UNKNOWN, advice

VERSION = "1.0"

# Stands in an execution's cause when its outcome could not be told; a rule of EventBridge goes by it.
NOBODY_TOLD = "Nobody could be told:"

# Stands in the cause of every execution that failed in the red state: it has told people, or says that it could not.
WHAT_TO_DO = "What to do:"

# SNS takes a subject of at most 100 ASCII characters on one line; a project's name alone may have 255.
_SUBJECT_LENGTH = 99
_NAME_LENGTH = 45
_NAME_AND_ERROR = _SUBJECT_LENGTH - len("FAILED: ... ()")

# Characters. A message has 256 KB for every form of what it says, and a character up to 14 bytes in JSON within JSON:
# a cause or a report of labels, with two notes and what a channel shows, must fit.
_LONGEST_CAUSE = 4_000
LONGEST_NOTE = 1_000
_LONGEST_OF_CHAT = 1_500


class Outcome(NamedTuple):
    """JSONata expressions: the subject, what a person reads, and the notice, whose `Chat` is what a channel shows."""

    name: str
    error: str
    subject: str
    text: str
    notice: str


def _console(arn: str, page: str) -> str:
    return f"""(
        $arn := {arn};
        $region := $split($arn, ':')[3];
        'https://' & $region & '.console.aws.amazon.com/states/home?region=' & $region & '#/{page}/' & $arn
    )"""


LINK = _console("$states.context.Execution.Id", "v2/executions/details")
_STATE_MACHINE_LINK = _console("$states.context.StateMachine.Id", "statemachines/view")

# As lambdas/rules/execution_input.py tells them apart.
STARTED_BY = """(
    $input := $states.context.Execution.Input;
    $exists($lookup($input, 'detail')) or $exists($lookup($input, 'detail-type')) ? 'event' : 'hand'
)"""

_SUCCESS_SUBJECT = f"$substring('DISTRIBUTED: ' & $pair.ProjectName, 0, {_SUBJECT_LENGTH})"

# A long name leaves room for the error. Where the input names no project there is the error only.
_FAILURE_SUBJECT = f"""(
    $room := $min([{_NAME_LENGTH}, $max([0, {_NAME_AND_ERROR} - $length($failure.Error)])]);
    $name := $length($project) > $room ? $substring($project, 0, $room) & '...' : $project;
    $what := $name = '' ? $failure.Error : $name & ' (' & $failure.Error & ')';
    $replace($substring('FAILED: ' & $what, 0, {_SUBJECT_LENGTH}), /[^ -~]/, '?')
)"""

_CAUSE = cut("$failure.Cause", _LONGEST_CAUSE, more="… (the execution has more of it)")

_ABOUT = f"""
    'Version': '{VERSION}',
    'StartedBy': {STARTED_BY},
    'ProjectName': $project = '' ? null : $project,
    'ProjectArn': $exists($pair.ProjectArn) ? $pair.ProjectArn : null,
    'StateMachine': $states.context.StateMachine.Id,
    'Execution': $states.context.Execution.Id,
    'ExecutionLink': {LINK},
    'StartedAt': $states.context.Execution.StartTime,
    'Notes': $notes
"""


def _chat(subject: str, said: str, *next_steps: str) -> str:
    """A custom notification of Amazon Q Developer in chat applications, which reads the channel's markdown.

    What is said may come from anywhere: no mention and no named link is made of it, in Slack or in Teams.
    """
    shown = f"$replace({cut(said, _LONGEST_OF_CHAT)}, '](', '] (')"
    steps = ", ".join(next_steps)
    return f"""{{
        'version': '1.0',
        'source': 'custom',
        'content': {{
            'textType': 'client-markdown',
            'title': {subject},
            'description': $replace($replace($replace({shown}, '&', '&amp;'), '<', '&lt;'), '>', '&gt;'),
            'nextSteps': [{steps}, 'Execution: ' & {LINK}]
        }},
        'metadata': {{'threadId': $states.context.Execution.Id, 'summary': {subject}}}
    }}"""


_COUNTS = """function($dataset) {
    {
        'TotalEntries': $dataset.TotalEntries,
        'LabeledEntries': $dataset.LabeledEntries,
        'ErrorEntries': $dataset.ErrorEntries
    }
}"""

_NOTHING_TO_DO = "Nothing. The pair is ready to train with."
_TO_DO = f"""(
    $report = '' ? 'Look at both datasets in the Rekognition console.'
        : $count($report.Report.Warnings) > 0 ? 'See what is worth acting on.' : '{_NOTHING_TO_DO}'
)"""

_WITH_WARNINGS = (
    """$join($append($result.Reason, $report = '' ? [] : $report.Report.Warnings.('- ' & Message)), '\\n')"""
)
_REPORT_IF_ANY = "$report != '' ? 'Report: ' & $report.Link"

_SUCCESS_NOTICE = f"""(
    $counts := {_COUNTS};
    {{
        'Outcome': 'DISTRIBUTED',
        {_ABOUT},
        'Reason': $result.Reason,
        'Before': {{'Training': $counts($pair.Training), 'Test': $counts($pair.Test)}},
        'After': {{'Training': $counts($result.Training), 'Test': $counts($result.Test)}},
        'Report': $report = '' ? null : $report.Report,
        'ReportLink': $report = '' ? null : $report.Link,
        'Chat': {_chat(_SUCCESS_SUBJECT, _WITH_WARNINGS, _TO_DO, _REPORT_IF_ANY)}
    }}
)"""

_FAILURE_NOTICE = f"""{{
    'Outcome': 'FAILED',
    {_ABOUT},
    'Error': $failure.Error,
    'Cause': {_CAUSE},
    'Advice': $advice,
    'Chat': {_chat(_FAILURE_SUBJECT, f"$failure.Error & ': ' & {_CAUSE}", "$advice")}
}}"""

_NOTES = "($count($notes) > 0 ? $join($notes, '\\n') & '\\n\\n' : '')"

_SUCCESS_TEXT = f"""(
    $join([
        {_SUCCESS_SUBJECT},
        '',
        $result.Reason,
        '',
        ($report = '' ? '' : $report.Text & '\\n\\n') & {_NOTES}
            & '{WHAT_TO_DO} ' & {_TO_DO},
        '',
        ($report = '' ? '' : 'Report: ' & $report.Link & '\\n') & 'Execution: ' & {LINK},
        'Project: ' & $pair.ProjectArn
    ], '\\n')
)"""

_FAILURE_TEXT = f"""(
    $join([
        {_FAILURE_SUBJECT},
        '',
        {_CAUSE},
        '',
        {_NOTES} & '{WHAT_TO_DO} ' & $advice,
        '',
        'Run it again: ' & {_STATE_MACHINE_LINK},
        $project = '' ? '' : 'with the input {{"ProjectName": "' & $project & '"}}',
        '',
        'Execution: ' & {LINK} & ($project = '' ? '' : '\\nProject: ' & $project)
    ], '\\n')
)"""

SUCCESS = Outcome("DISTRIBUTED", "'none'", _SUCCESS_SUBJECT, _SUCCESS_TEXT, _SUCCESS_NOTICE)
FAILURE = Outcome("FAILED", "$failure.Error", _FAILURE_SUBJECT, _FAILURE_TEXT, _FAILURE_NOTICE)


def forms(outcome: Outcome) -> str:
    """What SNS takes with MessageStructure `json`: people read text, and every program the notice."""
    return jsonata(f"""$string({{
        'default': $string({outcome.notice}),
        'email': {outcome.text},
        'sms': {outcome.subject}
    }})""")


# What to do about `$failure`: by its error, by the service in front of the error's name, or in general.
ADVICE = jsonata(f"""(
    $by := {json.dumps(advice())};
    [$lookup($by, $failure.Error), $lookup($by, $split($failure.Error, '.')[0]), {json.dumps(UNKNOWN.advice)}][0]
)""")
