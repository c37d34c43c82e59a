"""A sweep starts an execution for each pair that nothing has started one for, and leaves every other pair alone."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from infra.metrics import NAMESPACE
from lambdas.rules.failures.row import ATTEMPTS, Retried
from lambdas.rules.input.sweep_input import ACCEPTED, MOST_NAMES, MOST_PROJECTS, MOST_UNMATCHED
from lambdas.rules.tags import TAG
from local.aws import LocalAws
from local.cdk import STACK
from local.faults.fault import Fault
from tests.support.executions import Execution, Executions, Subscriber, only, wait_until
from tests.support.holds import hold_after_claim
from tests.support.schedules import run_once
from tests.support.telemetry import read_points
from tests.support.unique import unique
from tests.support.workbench import Workbench, images
from tests.workflow.notifications.messages import validate_notice

BY_SCHEDULE = {"StartedBy": "SCHEDULE"}
ENTRIES, MOVED = 10, 2
TWO_HOURS, A_DAY = 7200.0, 86400.0
TRIES = 1 + ATTEMPTS[Retried.QUICKLY].most
NO_PROJECT = {**BY_SCHEDULE, "ProjectNames": ["none"]}
Sweep = Callable[..., Execution]


@pytest.fixture
def sweep(executions: Executions, stack: dict[str, str]) -> Sweep:
    """Returns a function that runs a sweep, as the schedule does or with a person's input."""

    def run(given: object = BY_SCHEDULE) -> Execution:
        return executions.wait_until_ended(executions.begin(given, stack["SweepStateMachineArn"]))

    return run


@pytest.fixture(autouse=True)
def lost_events(bench: Workbench) -> None:
    """No event of a created dataset arrives, and changes take no time."""
    bench.aws.configure(event_copies=0, creation_seconds=0, update_seconds=0, distribution_seconds=0)


def find_row(swept: Execution, project: str) -> dict[str, Any]:
    (row,) = [row for row in swept.output["Pairs"] if row["ProjectName"] == project.split("/")[1]]
    return dict(row)


def find_plan(swept: Execution, project: str) -> tuple[str, str]:
    row = find_row(swept, project)
    return row["Action"], row["Why"]


def test_a_forgotten_pair_is_distributed_and_notified_once(
    bench: Workbench, project: str, sweep: Sweep, executions: Executions, subscriber_of_project: Subscriber
) -> None:
    _, test = bench.pair(project, images(ENTRIES))
    swept = sweep()
    assert find_plan(swept, project) == ("STARTED", "READY")
    execution = executions.wait_until_ended(find_row(swept, project)["Execution"])
    assert (execution.ending, execution.output["StartedBy"]) == ("DISTRIBUTED", "SCHEDULE")
    assert bench.total(test) == MOVED
    assert find_plan(sweep(), project) == ("LEAVE", "ALREADY_DISTRIBUTED")
    notice = validate_notice(only(subscriber_of_project.receive_all()).notice)
    assert (notice["Outcome"], notice["StartedBy"]) == ("DISTRIBUTED", "SCHEDULE")


def test_a_sweep_that_runs_twice_at_once_starts_one_execution(
    bench: Workbench, project: str, executions: Executions, stack: dict[str, str]
) -> None:
    bench.pair(project, images(ENTRIES))
    both = [executions.begin(BY_SCHEDULE, stack["SweepStateMachineArn"]) for _ in range(2)]
    for arn in both:
        executions.wait_until_ended(arn)
    name = project.split("/")[1]
    executions.wait_for_all(f'"ProjectArn": "{project}"', count=1)
    assert executions.count_started(name) == 1


@pytest.mark.parametrize("ending", ["ABORTED", "running"])
def test_an_owner_that_ended_without_an_outcome_gets_a_successor(
    bench: Workbench, project: str, sweep: Sweep, executions: Executions, read_record: Any, ending: str
) -> None:
    training, test = bench.pair(project, images(ENTRIES))
    bench.aws.configure(update_seconds=60)
    bench.update(training, *images(1))
    owner = executions.begin({"ProjectArn": project})
    executions.wait_until_claimed(read_record, owner)
    if ending == "running":
        assert find_plan(sweep(), project) == ("LEAVE", "RUNNING")
        executions.abort(owner)
        return
    executions.abort(owner)
    executions.wait_until_ended(owner)
    bench.finish()
    bench.rekognition.tag_resource(ResourceArn=project, Tags={TAG: "true"})
    swept = sweep()
    assert find_plan(swept, project) == ("STARTED", "NO_OUTCOME")
    assert executions.wait_until_ended(find_row(swept, project)["Execution"]).ending == "DISTRIBUTED"
    assert bench.total(test) > 0


def test_a_dataset_that_is_filled_later_needs_the_tag_and_quiet(
    bench: Workbench, project: str, sweep: Sweep, executions: Executions
) -> None:
    """As `AWS::Rekognition::Dataset` makes it: empty, and filled by UpdateDatasetEntries."""
    training, _ = bench.pair(project)
    bench.update(training, *images(ENTRIES))
    assert find_plan(sweep(), project) == ("LEAVE", "SKIPPED")
    bench.rekognition.tag_resource(ResourceArn=project, Tags={TAG: "true"})
    assert find_plan(sweep(), project) == ("LEAVE", "RECENTLY_CHANGED")
    bench.aws.follow_waits(True)
    bench.aws.advance(TWO_HOURS)
    swept = sweep()
    assert find_plan(swept, project) == ("STARTED", "READY")
    assert executions.wait_until_ended(find_row(swept, project)["Execution"]).ending == "DISTRIBUTED"


def test_a_pair_whose_execution_was_skipped_gets_one_more_a_day(
    bench: Workbench, project: str, sweep: Sweep, executions: Executions
) -> None:
    """The sweep reads that nobody edited the training dataset, and its execution reads the opposite."""
    bench.pair(project, images(ENTRIES))
    bench.aws.follow_waits(True)
    edited = Fault("rekognition:DescribeDataset", show={"Status": "UPDATE_COMPLETE"}, dataset="train", skip=1, times=1)
    for _ in range(2):
        bench.aws.inject(edited)
        started = find_row(sweep(), project)["Execution"]
        assert executions.wait_until_ended(started).output["Outcome"] == "SKIPPED"
    assert find_plan(sweep(), project) == ("STARTED_BEFORE", "READY")
    bench.aws.advance(A_DAY)
    assert executions.wait_until_ended(find_row(sweep(), project)["Execution"]).ending == "DISTRIBUTED"


def test_a_failure_that_people_know_of_is_left_to_them(
    bench: Workbench, project: str, sweep: Sweep, executions: Executions, subscriber_of_project: Subscriber
) -> None:
    bench.pair(project, images(1))
    first = find_row(sweep(), project)
    assert executions.wait_until_ended(first["Execution"]).ending == "DistributionFailed"
    assert find_plan(sweep(), project) == ("LEAVE", "NOTIFIED")
    assert [each.outcome for each in subscriber_of_project.receive_all()] == ["FAILED"]


def test_a_dry_run_shows_every_pair_and_starts_nothing(
    bench: Workbench, rekognition: Any, project: str, sweep: Sweep, executions: Executions
) -> None:
    bench.pair(project, images(ENTRIES))
    empty = rekognition.create_project(ProjectName=unique("empty"))["ProjectArn"]
    swept = sweep({"DryRun": True})
    name = project.split("/")[1]
    assert find_row(swept, project) == {
        "ProjectName": name,
        "Training": f"CREATE_COMPLETE, {ENTRIES} entries",
        "Test": "CREATE_COMPLETE, 0 entries",
        "Action": "START",
        "Why": "READY",
        "Reason": f"Every check passed; moving about 20% of the {ENTRIES} entries.",
        "Missed": False,
    }
    assert find_plan(swept, empty) == ("LEAVE", "FAILED")
    assert find_row(swept, empty)["Reason"].startswith(f"Project {empty.split('/')[1]} has no training dataset and no")
    assert swept.output["Started"] == 0
    assert executions.count_started(name) == 0


def test_a_person_names_projects_and_gets_one_execution_a_pair(
    bench: Workbench, rekognition: Any, sweep: Sweep, executions: Executions
) -> None:
    """Also of an edited training dataset without the tag: a person asks for it."""
    first = unique("defects")
    projects = [rekognition.create_project(ProjectName=f"{first}-{n}")["ProjectArn"] for n in range(3)]
    for arn in projects[:2]:
        training, _ = bench.pair(arn, images(ENTRIES))
        bench.update(training, *images(1))
    swept = sweep({"ProjectNames": [f"{first}-0", f"{first}-*", f"{first}-0", "none", "no-*"]})
    assert [find_plan(swept, arn) for arn in projects] == [("STARTED", "READY")] * 2 + [("LEAVE", "FAILED")]
    assert swept.output["Unmatched"] == ["none", "no-*"]
    for arn in projects[:2]:
        ended = executions.wait_until_ended(find_row(swept, arn)["Execution"])
        assert (ended.ending, ended.output["StartedBy"]) == ("DISTRIBUTED", "PERSON")


def test_names_that_match_nothing_are_said(sweep: Sweep) -> None:
    output = sweep({"ProjectNames": ["none"]}).output
    assert (output["Projects"], output["Unmatched"], output["Pairs"]) == (0, ["none"], [])


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ({"ProjectNames": "a"}, 'ProjectNames is "a", which is not a list of names.'),
        ([], "The input is [], which is not a JSON object."),
        (
            {"ProjectNames": ["a" * 100] * 600},
            'The input is "more than 50,000 characters", which is not a JSON object.',
        ),
    ],
)
def test_a_refused_input_ends_with_one_sentence(sweep: Sweep, given: object, problem: str) -> None:
    swept = sweep(given)
    assert (swept.error, swept.cause) == ("InvalidInput", f"{problem} {ACCEPTED}")


def test_an_error_of_one_project_leaves_the_others_alone(bench: Workbench, rekognition: Any, sweep: Sweep) -> None:
    """The first of two projects cannot be described. The next sweep finds it again."""
    names = sorted(unique("project") for _ in range(2))
    broken, fine = (rekognition.create_project(ProjectName=name)["ProjectArn"] for name in names)
    for arn in (broken, fine):
        bench.pair(arn, images(ENTRIES))
    bench.aws.inject(Fault("rekognition:DescribeDataset", error="AccessDeniedException", times=TRIES))
    swept = sweep()
    bench.aws.inject()
    assert find_plan(swept, broken) == ("NOT_EXAMINED", "AccessDeniedException")
    assert find_plan(swept, fine) == ("STARTED", "READY")
    assert find_plan(sweep(), broken) == ("STARTED", "READY")


def test_a_project_that_is_deleted_during_the_sweep_is_left(
    bench: Workbench, rekognition: Any, project: str, executions: Executions, stack: dict[str, str]
) -> None:
    bench.aws.inject(Fault("state:Examine project", seconds=2))
    arn = executions.begin(BY_SCHEDULE, stack["SweepStateMachineArn"])
    executions.wait_until_entered(arn, "For each project", times=1)
    rekognition.delete_project(ProjectArn=project)
    assert find_plan(executions.wait_until_ended(arn), project) == ("LEAVE", "SKIPPED")


def test_more_projects_than_one_sweep_takes_are_taken_by_the_next(
    bench: Workbench, rekognition: Any, sweep: Sweep, executions: Executions
) -> None:
    """The projects come in three pages, and the first of them cannot be described. 1,000 names are given."""
    bench.aws.configure(max_projects=1000)
    first = unique("many")
    names = [f"{first}-{number:04}" for number in range(MOST_NAMES)]
    existing = names[: MOST_PROJECTS + 5]
    broken, *_ = [rekognition.create_project(ProjectName=name)["ProjectArn"] for name in existing]
    bench.pair(broken, images(ENTRIES))
    bench.aws.inject(Fault("rekognition:DescribeDataset", error="AccessDeniedException", times=TRIES))
    swept = sweep({"ProjectNames": names, "DryRun": True})
    assert (swept.output["Projects"], swept.output["More"]) == (MOST_PROJECTS, True)
    assert swept.output["Unmatched"] == names[len(existing) :][:MOST_UNMATCHED]
    assert find_plan(swept, broken) == ("NOT_EXAMINED", "AccessDeniedException")
    (rest,) = executions.wait_for_all(f'"After": "{names[MOST_PROJECTS - 1]}"', count=1)
    seen = [row["ProjectName"] for each in (swept, rest) for row in each.output["Pairs"]]
    assert (seen, rest.output["More"]) == (existing, False)


def test_a_sweep_counts_what_it_did_and_what_an_event_should_have_started(
    local_aws: LocalAws, bench: Workbench, project: str, sweep: Sweep
) -> None:
    bench.pair(project, images(ENTRIES))
    bench.aws.advance(TWO_HOURS)

    def count() -> Counter[str]:
        points = {
            action: read_points(local_aws, NAMESPACE, "ProjectsSwept", service=STACK, Action=action)
            for action in ("STARTED", "LEAVE")
        }
        points["missed"] = read_points(local_aws, NAMESPACE, "EventsMissed", service=STACK)
        return Counter({name: sum(point["Sum"] for point in found) for name, found in points.items()})

    before = count()
    bench.aws.follow_waits(True)
    swept = sweep()
    assert find_row(swept, project)["Missed"]
    assert swept.output["Counts"] == [{"Action": "STARTED", "Why": "READY", "Projects": 1}]
    assert wait_until(lambda: count() - before) == Counter({"STARTED": 1, "missed": 1})


def test_people_are_notified_of_an_ending_whose_event_was_lost(
    local_aws: LocalAws,
    project: str,
    sweep: Sweep,
    executions: Executions,
    bench: Workbench,
    subscriber_of_project: Subscriber,
    read_record: Any,
) -> None:
    """An hour after the ending, and of no ending twice: the event of the second execution arrives."""
    bench.aws.follow_waits(True)
    bench.aws.advance(TWO_HOURS)
    sweep()  # notifies of what other tests left
    bench.pair(project, images(ENTRIES))
    rules = local_aws.client("events")
    (rule,) = rules.list_rules(NamePrefix=f"{STACK}-Watch")["Rules"]
    aborted: dict[bool, str] = {}
    for arrives in (False, True):
        (rules.enable_rule if arrives else rules.disable_rule)(Name=rule["Name"])
        with hold_after_claim(local_aws):
            aborted[arrives] = arn = executions.begin({"ProjectArn": project})
            executions.wait_until_claimed(read_record, arn)
            executions.abort(arn)
            executions.wait_until_ended(arn)
    assert [aborted[True] in each.message for each in subscriber_of_project.receive_all()] == [True]
    assert sweep(NO_PROJECT).output["Notified"] == 0  # an event may be on its way
    bench.aws.advance(TWO_HOURS)
    assert sweep(NO_PROJECT).output["Notified"] == 1
    assert [aborted[False] in each.message for each in subscriber_of_project.receive_all()] == [True]
    assert sweep(NO_PROJECT).output["Notified"] == 0


def test_the_schedule_starts_a_sweep_by_itself(
    local_aws: LocalAws, bench: Workbench, project: str, executions: Executions
) -> None:
    """The target of the deployed schedule, on a schedule that is due now: the deployed one is due once a day."""
    scheduler = local_aws.client("scheduler")
    (listed,) = scheduler.list_schedules(NamePrefix=STACK)["Schedules"]
    deployed = scheduler.get_schedule(Name=listed["Name"], GroupName=listed["GroupName"])
    assert (deployed["State"], deployed["ScheduleExpression"]) == ("ENABLED", "rate(1 day)")
    bench.pair(project, images(ENTRIES))
    run_once(local_aws, deployed["Target"])
    (execution,) = executions.wait_for_all(project, count=1)
    assert (execution.ending, execution.input["StartedBy"]) == ("DISTRIBUTED", "SCHEDULE")
