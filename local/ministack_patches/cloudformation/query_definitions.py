"""Saved queries of Logs Insights, which MiniStack does not have: CloudFormation makes them, Logs lists them."""

import json
import time
import uuid
from collections.abc import Awaitable, Callable
from typing import Any

from ministack import app as ministack
from ministack.core import responses
from ministack.services.cloudformation import provisioners

Properties = dict[str, Any]
Created = tuple[str, dict[str, str]]
Response = tuple[int, dict[str, str], bytes]
Handler = Callable[[str, str, dict[str, str], bytes, dict[str, Any]], Awaitable[Response]]

_definitions: Any = responses.AccountRegionScopedDict()


def install() -> None:
    """Add AWS::Logs::QueryDefinition to CloudFormation and DescribeQueryDefinitions to CloudWatch Logs."""
    provisioners._RESOURCE_HANDLERS["AWS::Logs::QueryDefinition"] = {
        "create": _create,
        "update": _update,
        "delete": _delete,
    }
    ministack.SERVICE_HANDLERS["logs"] = _with_definitions(ministack.SERVICE_HANDLERS["logs"])


def _create(_logical_id: str, properties: Properties, _stack: str) -> Created:
    """Ref and the attribute are the id that Logs gave it."""
    name = str(uuid.uuid4())
    return _update(name, {}, properties, _stack)


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


def _with_definitions(original: Handler) -> Handler:
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
