"""TagResource, UntagResource, ListTagsForResource, on projects and datasets."""

from typing import Any

from local.custom_labels.arns import read_arn
from local.custom_labels.call import Call
from local.custom_labels.errors import ServiceError, invalid_parameter
from local.custom_labels.shapes import limit


def tag_resource(call: Call, parameters: dict[str, Any]) -> dict[str, Any]:
    tags = _tags(call, parameters)
    most = limit("TagMap", "max")
    if len(tags | parameters["Tags"]) > most:
        raise ServiceError("ServiceQuotaExceededException", f"A resource has at most {most} tags.")
    tags.update(parameters["Tags"])
    return {}


def untag_resource(call: Call, parameters: dict[str, Any]) -> dict[str, Any]:
    tags = _tags(call, parameters)
    for key in parameters["TagKeys"]:
        tags.pop(key, None)
    return {}


def list_tags_for_resource(call: Call, parameters: dict[str, Any]) -> dict[str, Any]:
    return {"Tags": dict(_tags(call, parameters))}


def _tags(call: Call, parameters: dict[str, Any]) -> dict[str, str]:
    arn = parameters["ResourceArn"]
    named = read_arn(arn)
    if named is None:
        raise invalid_parameter(f"ResourceArn is the ARN of a project or a dataset, not '{arn[:100]}'.")
    return (call.dataset(arn) if named.type else call.project(arn)).tags
