"""One run: equipment, experiments, a deployment and its promises, and the removal of all of it."""

import time
from collections.abc import Callable
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from account.session import Account, AccountError
from account.verify import cdk, equipment
from account.verify.answer import Answer
from account.verify.cleanup import find_remains, remove
from account.verify.deployment import BrokenPromise, Deployment, NotTried
from account.verify.experiments.distribution import observe_distributions
from account.verify.experiments.durations import observe_changes
from account.verify.experiments.events import observe_events
from account.verify.experiments.lines import observe_lines
from account.verify.experiments.manifests import observe_manifests, observe_test_limit
from account.verify.experiments.permissions import observe_rights
from account.verify.experiments.reads import observe_reads
from account.verify.experiments.refusals import observe_refusals
from account.verify.experiments.regions import observe_region
from account.verify.experiments.shares import observe_entries, observe_rounding
from account.verify.experiments.statuses import observe_statuses
from account.verify.lab import Clock, Lab
from account.verify.mailbox import Mailbox
from account.verify.promises import PROMISES, WITH_SHORT_DEADLINE, Promise
from account.verify.result import FOLDER, Result

Report = Callable[[str], None]
Experiment = Callable[[], list[Answer]]
SHORT_DEADLINE = {"creationDeadlineHours": "0.0001"}


def run(account: Account, clock: Clock, report: Report) -> Result:
    """Everything. `report` gets each step when it begins. What the run makes is removed, however it ends."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    result = Result(account.id, account.region)
    try:
        name = f"{int(time.time()):x}"
        report("Creating a bucket, queues and a role")
        equipped = equipment.create(account, name)
        lab = Lab(client=account.client, bucket=equipped["Bucket"], run=name, clock=clock)
        _ask(account, lab, equipped, result, report)
        for settings, promises in (({}, PROMISES), (SHORT_DEADLINE, WITH_SHORT_DEADLINE)):
            report(" ".join(["Deploying the stack", *map("=".join, settings.items())]))
            stack = cdk.deploy(account, lab.bucket, FOLDER / "cdk.log", **settings)
            _try_promises(promises, Deployment(stack, lab, equipped), result, report)
    finally:
        result.write()
        remove(account, find_remains(account), clock, report)
    return result


def _ask(account: Account, lab: Lab, equipped: dict[str, str], result: Result, report: Report) -> None:
    # Not before they are needed: credentials of a role that a role assumed last an hour.
    def limited() -> Any:
        return account.assume(equipped["RoleArn"])("rekognition")

    trail = Mailbox(account.client("sqs"), equipped["Trail"])
    experiments: dict[str, Experiment] = {
        "how long changes take": lambda: observe_changes(lab),
        "what a distribution shows": lambda: observe_distributions(lab),
        "how 20% is rounded": lambda: observe_rounding(lab),
        "which entries move": lambda: observe_entries(lab),
        "which pairs are refused": lambda: observe_refusals(lab),
        "what a changing dataset refuses": lambda: observe_statuses(lab),
        "how manifests are read": lambda: observe_manifests(lab),
        "how lines are read and listed": lambda: observe_lines(lab),
        "how many test images a label can have": lambda: observe_test_limit(lab),
        "what reads answer": lambda: observe_reads(lab),
        "what a Region without Custom Labels answers": lambda: observe_region(lab),
        "whether images are read": lambda: observe_rights(lab, limited()),
        "CloudTrail's events": lambda: observe_events(lab, trail, limited()),
    }
    for number, (subject, experiment) in enumerate(experiments.items(), 1):
        report(f"Experiment {number} of {len(experiments)}: {subject}")
        try:
            result.answers += experiment()
        except (AccountError, ClientError, BotoCoreError) as error:
            result.problems.append(f"{subject}: {error}")


def _try_promises(promises: tuple[Promise, ...], deployed: Deployment, result: Result, report: Report) -> None:
    for promise in promises:
        name = promise.__name__.replace("_", " ")
        report(
            f"Promise {len(result.promises | result.not_tried) + 1} of {len(PROMISES + WITH_SHORT_DEADLINE)}: {name}"
        )
        try:
            promise(deployed)
            result.promises[name] = ""
        except NotTried as reason:
            result.not_tried[name] = str(reason)
        except BrokenPromise as broken:
            result.promises[name] = str(broken)
        except (AccountError, ClientError, BotoCoreError) as error:
            result.promises[name] = f"It could not be tried: {error}"
