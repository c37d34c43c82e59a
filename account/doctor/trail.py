"""Is there a trail? Without one no CreateDataset event reaches EventBridge.

"AWS service events delivered via AWS CloudTrail", Amazon EventBridge User Guide.
"""

from collections.abc import Iterator
from typing import Any

from botocore.exceptions import ClientError

from account.deployed_stack import DeployedStack
from account.doctor.finding import Finding, good, wrong

WRITE_EVENTS = ("All", "WriteOnly")


def check_trail(stack: DeployedStack) -> Iterator[Finding]:
    """One finding."""
    cloudtrail = stack.client("cloudtrail")
    trails = cloudtrail.describe_trails(includeShadowTrails=True)["trailList"]
    covering = [each for each in trails if covers(each, stack.account.region)]
    logging = [each for each in covering if cloudtrail.get_trail_status(Name=each["TrailARN"])["IsLogging"]]
    fit = [each for each in logging if logs_creations(_read_selectors(cloudtrail, each))]
    yield judge(stack.account.region, *([each["Name"] for each in trails] for trails in (covering, logging, fit)))


def covers(trail: dict[str, Any], region: str) -> bool:
    """Whether the trail, a description of CloudTrail's, is for this Region."""
    return trail.get("HomeRegion") == region or bool(trail.get("IsMultiRegionTrail"))


def logs_creations(selectors: dict[str, Any]) -> bool:
    """Whether CreateDataset, a write management event, is among what GetEventSelectors selects."""
    basic = selectors.get("EventSelectors") or []
    advanced = selectors.get("AdvancedEventSelectors") or []
    return any(_basic_selects(each) for each in basic) or any(_advanced_selects(each) for each in advanced)


def _basic_selects(selector: dict[str, Any]) -> bool:
    return bool(selector.get("IncludeManagementEvents")) and selector.get("ReadWriteType") in WRITE_EVENTS


def _advanced_selects(selector: dict[str, Any]) -> bool:
    fields = {each["Field"]: each for each in selector["FieldSelectors"]}
    management = fields.get("eventCategory", {}).get("Equals") == ["Management"]
    source = fields.get("eventSource", {})
    left_out = "rekognition.amazonaws.com" in source.get("NotEquals", [])
    other = "Equals" in source and "rekognition.amazonaws.com" not in source["Equals"]
    return management and fields.get("readOnly", {}).get("Equals") != ["true"] and not left_out and not other


def judge(region: str, covering: list[str], logging: list[str], fit: list[str]) -> Finding:
    """The names of the trails that are for this Region, of those that log, and of those that log creations."""
    if fit:
        return good(f"The trail {fit[0]} logs the creation of datasets.")
    mend = "no event starts an execution. Deploy with --context createTrail=true"
    if logging:
        return wrong(f"The trail {logging[0]} does not log write management events: {mend}, or let it log them.")
    if covering:
        return wrong(f"The trail {covering[0]} is stopped: {mend}, or start its logging.")
    return wrong(f"No trail is for {region}: {mend}.")


def _read_selectors(cloudtrail: Any, trail: dict[str, Any]) -> dict[str, Any]:
    """The selectors; for a trail of an organization that does not show them, those of a new trail.

    By default a trail logs all management events (*PutEventSelectors*, AWS CloudTrail API Reference). Whether a member
    of the organization can read the selectors is not documented.
    """
    try:
        return dict(cloudtrail.get_event_selectors(TrailName=trail["TrailARN"]))
    except ClientError:
        if not trail.get("IsOrganizationTrail"):
            raise
        return {"EventSelectors": [{"IncludeManagementEvents": True, "ReadWriteType": "All"}]}
