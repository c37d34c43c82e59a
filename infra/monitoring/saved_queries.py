"""Saved queries in CloudWatch Logs Insights, in a folder with the stack's name."""

from aws_cdk import Stack
from aws_cdk import aws_logs as logs
from constructs import Construct

OF_FUNCTIONS = {
    "Executions of a project": """filter project = "my-project"
| stats earliest(@timestamp) as began, latest(reason) as said by execution
| sort began desc""",
    "Sweeps": """filter message = "Swept"
| fields @timestamp, Projects, Started, Missed, started_by, dry_run
| sort @timestamp desc
| limit 100""",
    "Errors of functions": """filter level = "ERROR"
| stats count(*) as times, latest(@timestamp) as last, latest(execution) as lately by exception_name, project
| sort times desc""",
    "Crashes and timeouts of functions": r"""filter @message like /Task timed out|Runtime[.]|\[ERROR\]/
| fields @timestamp, @log, @message
| sort @timestamp desc
| limit 100""",
    "Cold starts and durations": """filter @type = "REPORT"
| stats count(*) as invocations, count(@initDuration) as cold, max(@initDuration), pct(@duration, 99) by @log""",
}
OF_THE_STATE_MACHINE = {
    "Errors in executions": """filter type like /Failed|TimedOut|Aborted/
| fields @timestamp, execution_arn, type, details.name, details.error
| sort @timestamp desc
| limit 100""",
    "How often a state was entered": """filter type like /Entered$/
| stats count(*) as times by details.name
| sort times desc""",
}

# Construct ids from before a query was renamed: they never change.
_IDS = {
    "Errors of functions": "WhatFunctionsFailWith",
    "Crashes and timeouts of functions": "FunctionsThatDidNotGetSoFar",
    "Errors in executions": "WhatWentWrongInExecutions",
}


class SavedQueries(Construct):
    """A saved query costs nothing until a person runs it."""

    def __init__(
        self, scope: Construct, construct_id: str, *, functions: list[logs.ILogGroup], state_machine: logs.ILogGroup
    ) -> None:
        super().__init__(scope, construct_id)
        for name, query in OF_FUNCTIONS.items():
            self._define(name, query, functions)
        for name, query in OF_THE_STATE_MACHINE.items():
            self._define(name, query, [state_machine])

    def _define(self, name: str, query: str, groups: list[logs.ILogGroup]) -> None:
        logs.CfnQueryDefinition(
            self,
            _IDS.get(name, name.title().replace(" ", "")),
            name=f"{Stack.of(self).stack_name}/{name}",
            query_string=query,
            log_group_names=[group.log_group_name for group in groups],
        )
