"""The state machine. It says when something happens, and the functions say what. The console shows its graph."""

import math
from typing import Any

from aws_cdk import ArnFormat, Duration, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from aws_cdk import aws_stepfunctions as sfn
from aws_cdk import aws_stepfunctions_tasks as tasks
from constructs import Construct

from infra.functions import Functions
from infra.logs import log_group, vended_name
from infra.settings import Settings
from infra.workflow.expressions import INPUT, jsonata, when
from infra.workflow.plain_words import ENDING_NOBODY_NOTIFIED, notify_in_plain_words
from infra.workflow.retries import retry_as_failures_say, retry_quickly
from infra.workflow.role import workflow_role
from infra.workflow.tasks import (
    invoke,
    notify_chat,
    notify_people,
    send_completion_event,
)
from lambdas.rules.failures.lookup import TRANSIENT

_CAUGHT = {"ending": jsonata("$states.errorOutput")}
_LOST: dict[str, Any] = {"claim": {}}  # Claim pair then begins again

# An expression fails if it names a variable that was never assigned.
_VARIABLES = ("pair", "claim", "attempt", "ending")


class Workflow(Construct):
    """A Standard state machine in JSONata, with the variables `pair`, `claim`, `attempt`, `ending` and `report`."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        functions: Functions,
        topic: sns.ITopic,
        chat: sns.ITopic,
        key: kms.IKey,
        settings: Settings,
    ) -> None:
        super().__init__(scope, construct_id)
        self._functions = functions
        self._polling = {
            "ShortestSeconds": settings.shortest_wait_seconds,
            "LongestSeconds": settings.longest_wait_seconds,
        }
        self._creation, self._distribution = (
            hours(each) for each in (settings.creation_deadline_hours, settings.distribution_deadline_hours)
        )
        self.logs = log_group(self, "Logs", key=key, settings=settings, name=vended_name(self))
        role = workflow_role(self, "Role", functions=functions.of_workflow, topics=(topic, chat), key=key)
        self.state_machine = sfn.StateMachine(
            self,
            "StateMachine",
            comment="Distributes a Custom Labels training dataset into its project's empty test dataset",
            definition_body=sfn.DefinitionBody.from_chainable(self._graph(topic, chat)),
            query_language=sfn.QueryLanguage.JSONATA,
            timeout=self._creation.plus(self._distribution).plus(Duration.hours(1)),
            role=role.without_policy_updates(),
            # The log has states and times, but no input and output: names may be confidential.
            logs=sfn.LogOptions(
                destination=self.logs,
                level=sfn.LogLevel.ALL,
                include_execution_data=False,
            ),
            tracing_enabled=True,
        )
        self.state_machine.node.add_dependency(role)
        self._allow_reading_executions(functions)

    def _graph(self, topic: sns.ITopic, chat: sns.ITopic) -> sfn.IChainable:
        """The graph, from its first state."""
        begin = sfn.Pass.jsonata(self, "Begin", assign={key: {} for key in _VARIABLES})
        report = self._report()
        resolve, claim = self._resolve(report), self._claim(report)
        self._distribute(resolve, claim, report)
        self._end(report, claim, topic, chat)
        return begin.next(resolve)

    def _distribute(self, resolve: tasks.LambdaInvoke, claim: tasks.LambdaInvoke, report: sfn.IChainable) -> None:
        """Connects the states from the decision to a verdict, or to an end without a notification."""
        pause = _wait(self, "Wait for datasets", "$pair.WaitSeconds")
        poll = _wait(self, "Wait before checking", "$attempt.WaitSeconds")
        ends = {
            "SKIPPED": _succeed(self, "Skipped", "$pair.Output"),
            "ALREADY_DISTRIBUTED": _succeed(self, "Already distributed", "$pair.Output"),
        }
        # An owner that skips goes to Claim pair first, which releases the pair. An owner that waits has claimed it.
        decision = sfn.Choice.jsonata(self, "Anything to do?")
        decision.when(when("$pair.Action = 'SKIPPED' and $pair.Claimed = false"), ends["SKIPPED"])
        decision.when(when("$pair.Action = 'ALREADY_DISTRIBUTED'"), ends["ALREADY_DISTRIBUTED"])
        decision.when(when("$pair.Action = 'DRY_RUN'"), _succeed(self, "Dry run", "$pair.Output"))
        decision.when(when("$pair.Action = 'WAIT' and $pair.Claimed"), pause)
        claimed = sfn.Choice.jsonata(self, "Pair claimed?")
        for action, state in {
            **ends,
            "WAIT": pause,
            "DISTRIBUTE": self._start(poll, resolve, claim),
            "CHECK": poll,
        }.items():
            claimed.when(when(f"$pair.Action = '{action}'"), state)
        claimed.when(when("$pair.Action = 'FAILED'"), report, assign={"ending": jsonata("$pair.Ending")})
        resolve.next(decision.otherwise(claim.next(claimed.otherwise(resolve))))
        pause.next(resolve)
        poll.next(self._check(poll, resolve, report))

    def _invoke(self, state: str, **arguments: Any) -> tasks.LambdaInvoke:
        """The state runs the function of its name: *Claim pair* runs `claim_pair`."""
        return invoke(self, state, self._functions.versions[state.lower().replace(" ", "_")], **arguments)

    def _resolve(self, report: sfn.IChainable) -> tasks.LambdaInvoke:
        resolve = self._invoke(
            "Resolve datasets",
            Input=INPUT,
            Claim="$claim",
            Attempt="$attempt",
            Polling=self._polling,
            DeadlineSeconds=self._creation.to_seconds(),
            assign={"pair": ""},
        )
        retry_as_failures_say(resolve)
        resolve.add_catch(report, assign=_CAUGHT)
        return resolve

    def _claim(self, report: sfn.IChainable) -> tasks.LambdaInvoke:
        claim = self._invoke(
            "Claim pair",
            Pair="$pair",
            Claim="$claim",
            Attempt="$attempt",
            Polling=self._polling,
            assign={"pair": ".Pair", "claim": ".Claim", "attempt": ".Attempt"},
        )
        retry_as_failures_say(claim)
        claim.add_catch(report, assign=_CAUGHT)
        return claim

    def _start(self, poll: sfn.IChainable, resolve: sfn.IChainable, claim: sfn.IChainable) -> tasks.LambdaInvoke:
        """An error of the call may hide a success. So the polls decide."""
        start = self._invoke(
            "Start distribution",
            Pair="$pair",
            Attempt="$attempt",
            assign={"attempt": ""},
        )
        retry_as_failures_say(start)
        start.add_catch(claim, errors=["ClaimLost"], assign=_LOST)
        start.add_catch(resolve, errors=["PairChanged"])
        start.add_catch(poll, assign={"attempt": jsonata("$merge([$attempt, {'Error': $states.errorOutput}])")})
        start.next(poll)
        return start

    def _check(self, poll: sfn.IChainable, resolve: sfn.IChainable, report: sfn.IChainable) -> sfn.IChainable:
        """If the function cannot run, the loop continues with the last attempt until the state machine times out.

        It then waits the longest polling interval, because the history of an execution is limited.
        """
        check = self._invoke(
            "Check distribution",
            Pair="$pair",
            Attempt="$attempt",
            Polling=self._polling,
            DeadlineSeconds=self._distribution.to_seconds(),
            assign={"verdict": ".Verdict", "attempt": ".Attempt", "ending": ".Ending"},
        )
        retry_as_failures_say(check)
        rarely = f"$merge([$attempt, {{'WaitSeconds': {self._polling['LongestSeconds']}}}])"
        check.add_catch(poll, errors=TRANSIENT, assign={"attempt": jsonata(rarely)})
        check.add_catch(report, assign=_CAUGHT)
        finished = sfn.Choice.jsonata(self, "Distribution finished?")
        finished.when(when("$verdict = 'IN_PROGRESS'"), poll)
        finished.when(when("$verdict = 'NO_EFFECT'"), resolve)
        return check.next(finished.otherwise(report))

    def _report(self) -> tasks.LambdaInvoke:
        report = self._invoke(
            "Report outcome",
            # "Accessing execution data from the Context object", AWS Step Functions Developer Guide.
            RetryCount="$states.context.State.RetryCount",
            Pair="$pair",
            Claim="$claim",
            Attempt="$attempt",
            Ending="$ending",
            assign={"report": "", "ending": ".Ending"},
        )
        retry_quickly(report, but="ClaimLost")
        return report

    def _end(self, report: tasks.LambdaInvoke, claim: sfn.IChainable, topic: sns.ITopic, chat: sns.ITopic) -> None:
        """Connects the states from the report to the end. Without a report, the outcome is sent in plain words."""
        # A redrive of this state fails again. A new execution continues instead.
        failed = sfn.Fail.jsonata(self, "Failed", error=jsonata("$ending.Error"), cause=jsonata("$ending.Cause"))
        end = sfn.Choice.jsonata(self, "Success or failure?")
        end.when(when("$ending.Outcome = 'DISTRIBUTED'"), _succeed(self, "Distributed", "$ending.Output"))
        end.otherwise(failed)
        plain = notify_in_plain_words(self, "Notify in plain words", topic)
        people, to_chat = notify_people(self, "Notify people", topic), notify_chat(self, "Notify chat", chat)
        event = send_completion_event(self, "Send completion event")
        for sending in (event, people, to_chat, plain):
            retry_quickly(sending)
        event.add_catch(people, assign={"report": jsonata("$merge([$report, $report.WithoutEvent])")})
        people.add_catch(plain)
        to_chat.add_catch(end)
        plain.add_catch(failed, assign={"ending": jsonata(ENDING_NOBODY_NOTIFIED)})
        report.add_catch(claim, errors=["ClaimLost"], assign=_LOST)
        report.add_catch(plain, assign={"ending": jsonata("$merge([{'Outcome': 'FAILED'}, $ending])")})
        report.next(event).next(people).next(to_chat).next(end)
        plain.next(end)

    def _allow_reading_executions(self, functions: Functions) -> None:
        """Adds separate policies, because they contain the state machine's name and so must be created after it."""
        executions = Stack.of(self).format_arn(
            service="states",
            resource="execution",
            resource_name=f"{self.state_machine.state_machine_name}:*",
            arn_format=ArnFormat.COLON_RESOURCE_NAME,
        )
        describe, read = "states:DescribeExecution", "states:GetExecutionHistory"
        readers = {
            "DescribeOwner": (functions.role_of("claim_pair"), [describe]),
            "DescribeOwnerForSweep": (functions.role_of("examine_project"), [describe]),
            "ReadExecution": (functions.role_of("report_outcome"), [describe, read]),
            "DescribeEnding": (functions.role_of("notify_ending"), [describe]),
        }
        listing = iam.PolicyStatement(
            actions=["states:ListExecutions"], resources=[self.state_machine.state_machine_arn]
        )
        iam.Policy(self, "ListEndings", statements=[listing], roles=[functions.role_of("list_endings")])
        for name, (role, actions) in readers.items():
            statement = iam.PolicyStatement(actions=actions, resources=[executions])
            iam.Policy(self, name, statements=[statement], roles=[role])


def hours(number: float) -> Duration:
    """The duration in whole seconds, which Step Functions needs."""
    return Duration.seconds(math.ceil(number * 3600))


def _wait(scope: Construct, name: str, seconds: str) -> sfn.Wait:
    return sfn.Wait.jsonata(scope, name, time=sfn.WaitTime.seconds(jsonata(seconds)))


def _succeed(scope: Construct, name: str, output: str) -> sfn.Succeed:
    outputs: Any = jsonata(output)
    return sfn.Succeed.jsonata(scope, name, outputs=outputs)
