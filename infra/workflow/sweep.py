"""The sweep: a state machine that starts executions for forgotten pairs (docs/sweep.md)."""

from typing import Any

from aws_cdk import Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_stepfunctions as sfn
from aws_cdk import aws_stepfunctions_tasks as tasks
from constructs import Construct

from infra.functions import Functions
from infra.logs import log_group, vended_name
from infra.settings import Settings
from infra.workflow.expressions import INPUT, jsonata, when
from infra.workflow.retries import retry_quickly
from infra.workflow.role import sweep_role
from infra.workflow.tasks import SEND_TIMEOUT, invoke
from lambdas.rules.sweep import SweepAction

# Rekognition allows 5 calls of each operation a second ("Amazon Rekognition endpoints and quotas", AWS General
# Reference). A project takes two of DescribeDataset.
PROJECTS_AT_ONCE = 1
LONGEST = Duration.hours(2)
_STARTED_BEFORE = "Sfn.ExecutionAlreadyExistsException"


class Sweep(Construct):
    """A Standard state machine in JSONata, with a variable for what each function returned."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        functions: Functions,
        workflow: sfn.IStateMachine,
        key: kms.IKey,
        settings: Settings,
    ) -> None:
        super().__init__(scope, construct_id)
        self._functions = functions
        self.logs = log_group(self, "Logs", key=key, settings=settings, name=vended_name(self, "-sweep"))
        role = sweep_role(self, "Role", functions=functions.of_sweep, workflow=workflow)
        self.state_machine = sfn.StateMachine(
            self,
            "StateMachine",
            comment="Starts the workflow for pairs that nothing has started it for",
            definition_body=sfn.DefinitionBody.from_chainable(self._graph(workflow)),
            query_language=sfn.QueryLanguage.JSONATA,
            timeout=LONGEST,
            role=role.without_policy_updates(),
            logs=sfn.LogOptions(destination=self.logs, level=sfn.LogLevel.ALL, include_execution_data=False),
            tracing_enabled=True,
        )
        self.state_machine.node.add_dependency(role)
        itself = iam.PolicyStatement(
            actions=["states:StartExecution"], resources=[self.state_machine.state_machine_arn]
        )
        iam.Policy(self, "SweepTheRest", statements=[itself], roles=[role])

    def _graph(self, workflow: sfn.IStateMachine) -> sfn.IChainable:
        """The graph, from its first state."""
        projects = sfn.Map.jsonata(
            self,
            "For each project",
            items=sfn.ProvideItems.jsonata(jsonata("$sweep.Projects")),
            item_selector={"ProjectName": jsonata("$states.context.Map.Item.Value")},
            max_concurrency=PROJECTS_AT_ONCE,
            assign={"rows": jsonata("$states.result")},
        )
        projects.item_processor(self._of_project(workflow))
        rest = sfn.Choice.jsonata(self, "More projects?")
        swept: Any = jsonata("$report")
        done = sfn.Succeed.jsonata(self, "Swept", outputs=swept)
        next_sweep = self._start(
            "Sweep the rest",
            StateMachineArn=jsonata("$states.context.StateMachine.Id"),
            Name=jsonata("$sweep.RestName"),
            Input=jsonata("$sweep.Rest"),
        )
        next_sweep.add_catch(done, errors=[_STARTED_BEFORE])
        rest.when(when("$sweep.More"), next_sweep.next(done)).otherwise(done)
        listed = self._invoke("List projects", Input=INPUT, assign={"sweep": ""})
        accepted = sfn.Choice.jsonata(self, "Input accepted?")
        refused = sfn.Fail.jsonata(self, "Refused", error="InvalidInput", cause=jsonata("$sweep.Refusal"))
        accepted.when(when("$sweep.Refusal = ''"), projects).otherwise(refused)
        report = self._invoke(
            "Report sweep",
            Rows="$rows",
            Notified="$notified",
            **{name: f"$sweep.{name}" for name in ("DryRun", "StartedBy", "Unmatched", "More")},
            assign={"report": ""},
        )
        projects.next(self._notify_of_endings(workflow, report))
        report.next(rest)
        return listed.next(accepted)

    def _of_project(self, workflow: sfn.IStateMachine) -> sfn.IChainable:
        """The states of one project. An error of one project leaves the others alone."""
        examine = self._invoke(
            "Examine project",
            ProjectName="$states.input.ProjectName",
            StartedBy="$sweep.StartedBy",
            DryRun="$sweep.DryRun",
            StateMachineArn=workflow.state_machine_arn,
            assign={"row": ".Row", "start": ".Start"},
        )
        start = self._start(
            "Start execution",
            outputs=_row(SweepAction.STARTED, "{'Execution': $states.result.ExecutionArn}"),
            StateMachineArn=workflow.state_machine_arn,
            Name=jsonata("$start.Name"),
            Input=jsonata("$start.Input"),
        )
        leave = sfn.Pass.jsonata(self, "Leave project", outputs=jsonata("$row"))
        not_examined = {
            "ProjectName": jsonata("$states.input.ProjectName"),
            "Action": SweepAction.NOT_EXAMINED,
            "Why": jsonata("$states.errorOutput.Error"),
            "Missed": False,
        }
        start.add_catch(leave, errors=[_STARTED_BEFORE], assign={"row": _row(SweepAction.STARTED_BEFORE)})
        not_started = _row(SweepAction.NOT_STARTED, "{'Why': $states.errorOutput.Error}")
        start.add_catch(leave, assign={"row": not_started})
        examine.add_catch(leave, assign={"row": not_examined})
        needed = sfn.Choice.jsonata(self, "Execution needed?")
        needed.when(when("$start.Name != ''"), start).otherwise(leave)
        return examine.next(needed)

    def _notify_of_endings(self, workflow: sfn.IStateMachine, report: tasks.LambdaInvoke) -> sfn.IChainable:
        """The states that notify people of executions whose status event was lost, before the report."""
        listed = self._invoke(
            "List endings",
            StartedBy="$sweep.StartedBy",
            DryRun="$sweep.DryRun",
            StateMachineArn=workflow.state_machine_arn,
            assign={"endings": ".Executions"},
        )
        notify = self._invoke("Notify ending", Executions="$endings", assign={"notified": ".Notified"})
        for each in (listed, notify):
            each.add_catch(report, assign={"notified": []})
        return listed.next(notify).next(report)

    def _start(self, state: str, *, outputs: Any = None, **parameters: str) -> tasks.CallAwsService:
        """Starts an execution. Its name makes sure that it starts once, also if the call is repeated."""
        start = tasks.CallAwsService.jsonata(
            self,
            state,
            service="sfn",
            action="startExecution",
            iam_resources=["*"],  # infra/workflow/role.py has what the role allows
            parameters=parameters,
            outputs=outputs,
            task_timeout=SEND_TIMEOUT,
        )
        retry_quickly(start, but=_STARTED_BEFORE)
        return start

    def _invoke(self, state: str, **arguments: Any) -> tasks.LambdaInvoke:
        """The state runs the function of its name: *List projects* runs `list_projects`."""
        task = invoke(self, state, self._functions.versions[state.lower().replace(" ", "_")], **arguments)
        retry_quickly(task)
        return task


def _row(action: SweepAction, *members: str) -> str:
    """The row of the project with this action and with other members."""
    merged = ", ".join(["$row", f"{{'Action': '{action}'}}", *members])
    return jsonata(f"$merge([{merged}])")
