"""CloudFormation's resources of Custom Labels: `AWS::Rekognition::Project` and `AWS::Rekognition::Dataset`.

CloudFormation Template Reference. CloudFormation calls the API, so a CreateDataset event follows.
"""

import uuid
from typing import Any

from ministack.core import responses
from ministack.services.cloudformation import provisioners

from local.custom_labels.operations.call import Caller
from local.custom_labels.service import CustomLabels

Properties = dict[str, Any]
Created = tuple[str, dict[str, str]]


def install(service: CustomLabels) -> None:
    """Let stacks have projects and datasets. A stack does not wait until a dataset is created."""
    resources = _Resources(service)
    provisioners._RESOURCE_HANDLERS["AWS::Rekognition::Project"] = {
        "create": resources.create_project,
        "delete": lambda arn, _properties: resources.perform("DeleteProject", ProjectArn=arn),
    }
    provisioners._RESOURCE_HANDLERS["AWS::Rekognition::Dataset"] = {
        "create": resources.create_dataset,
        "delete": lambda arn, _properties: resources.perform("DeleteDataset", DatasetArn=arn),
    }


class _Resources:
    """Calls the service for CloudFormation, which may do everything."""

    def __init__(self, service: CustomLabels) -> None:
        self._service = service

    def perform(self, operation: str, **parameters: Any) -> Properties:
        account, region = responses.get_account_id(), responses.get_region()
        caller = Caller(
            account=account,
            region=region,
            arn=f"arn:aws:sts::{account}:assumed-role/cloudformation/AWSCloudFormation",
            access_key_id="",
            source_ip="cloudformation.amazonaws.com",
            user_agent="cloudformation.amazonaws.com",
            authorize=lambda _action, _resource: None,
            read_object=_read_nothing,
        )
        return self._service.perform(operation, parameters, caller, str(uuid.uuid4()))

    def create_project(self, _logical_id: str, properties: Properties, _stack: str) -> Created:
        tags = {tag["Key"]: tag["Value"] for tag in properties.get("Tags", [])}
        arn = self.perform("CreateProject", ProjectName=properties["ProjectName"], Tags=tags)["ProjectArn"]
        return arn, {"Arn": arn}

    def create_dataset(self, _logical_id: str, properties: Properties, _stack: str) -> Created:
        tags = {tag["Key"]: tag["Value"] for tag in properties.get("Tags", [])}
        given = {name: properties[name] for name in ("ProjectArn", "DatasetType")}
        arn = self.perform("CreateDataset", **given, Tags=tags)["DatasetArn"]
        return arn, {"DatasetArn": arn}


def _read_nothing(bucket: str, key: str, _version: str | None) -> bytes:
    raise AssertionError(f"CloudFormation makes empty datasets, so it does not read {bucket}/{key}.")
