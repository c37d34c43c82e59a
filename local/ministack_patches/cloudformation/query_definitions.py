"""Saved queries of Logs Insights."""

import json
import time
import uuid
from collections.abc import Awaitable, Callable
from typing import Any

from ministack import app as ministack
from ministack.core import responses
from ministack.services.cloudformation import provisioners

from local.ministack_patches.registry import patch

Properties = dict[str, Any]
Created = tuple[str, dict[str, str]]
Response = tuple[int, dict[str, str], bytes]
Handler = Callable[[str, str, dict[str, str], bytes, dict[str, Any]], Awaitable[Response]]

_definitions: Any = responses.AccountRegionScopedDict()


@patch(
    "CloudFormation makes saved queries of Logs Insights, and DescribeQueryDefinitions lists them",
    why="MiniStack has no saved queries. CloudFormation Template Reference, AWS::Logs::QueryDefinition; "
    "CloudWatch Logs API Reference, DescribeQueryDefinitions.",
)
def install() -> None:
    provisioners._RESOURCE_HANDLERS["AWS::Logs::QueryDefinition"] = {
        "create": _create,
        "update": _update,
        "delete": _delete,
    }
    ministack.SERVICE_HANDLERS["logs"] = _list_definitions(ministack.SERVICE_HANDLERS["logs"])


def _create(_logical_id: str, properties: Properties, stack: str) -> Created:
    """Ref and the attribute QueryDefinitionId are the id that CloudWatch Logs gives the query."""
    return _update(str(uuid.uuid4()), {}, properties, stack)


def _update(name: str, _before: Properties, properties: Properties, _stack: str) -> Created:
    _definitions[name] = {
        "queryDefinitionId": name,
        "queryLanguage": properties.get("QueryLanguage", "CWLI"),
        "name": properties["Name"],
        "queryString": properties["QueryString"],
        "logGroupNames": properties.get("LogGroupNames", []),
        "lastModified": int(time.time() * 1000),
    }
    return name, {"QueryDefinitionId": name}


def _delete(name: str, _properties: Properties) -> None:
    _definitions.pop(name, None)


def _list_definitions(original: Handler) -> Handler:
    async def handle_request(
        method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, Any]
    ) -> Response:
        if headers.get("x-amz-target", "").endswith(".DescribeQueryDefinitions"):
            prefix = json.loads(body or b"{}").get("queryDefinitionNamePrefix", "")
            found = [each for each in _definitions.values() if each["name"].startswith(prefix)]
            answer: Response = responses.json_response({"queryDefinitions": found})
            return answer
        return await original(method, path, headers, body, query)

    return handle_request
