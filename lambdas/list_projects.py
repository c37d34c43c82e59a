"""List projects: the projects that a sweep goes through. This function only reads."""

import json
import os
from typing import Any

from lambdas.rules.failures.errors import InvalidInput
from lambdas.rules.input.sweep_input import choose_projects, continue_after, read_sweep_input
from lambdas.rules.sweep import name_rest
from lambdas.services.rekognition import list_project_names
from lambdas.step import logger, sweep_step

Event = dict[str, Any]


@sweep_step
def handler(event: Event) -> Event:
    """From {Execution, Times, Input} to {Refusal, Projects, DryRun, StartedBy, Unmatched, More, RestName, Rest}.

    Refusal says why the input is not accepted; then it is alone. If there are more projects, Rest is the input of the
    sweep that takes them, as JSON, and RestName is its name.
    """
    try:
        request = read_sweep_input(event["Input"])
    except InvalidInput as refusal:
        logger.info("Refused the input", reason=str(refusal))
        return {"Refusal": str(refusal)}
    choice = choose_projects(request, list_project_names(), os.environ["PROJECTS"].split(","))
    logger.info("Listed projects", projects=len(choice.projects), more=choice.more)
    return {
        "Refusal": "",
        "Projects": choice.projects,
        "DryRun": request.dry_run,
        "StartedBy": request.started_by,
        "Unmatched": choice.unmatched,
        "More": choice.more,
        "RestName": name_rest(event["Execution"]),
        "Rest": json.dumps(continue_after(request, choice.projects[-1])) if choice.more else "",
    }
