"""CreateProject, DescribeProjects, DeleteProject; tags of projects and datasets."""

from typing import Any

from local.custom_labels.account import Project
from local.custom_labels.arns import build_project_arn, read_arn
from local.custom_labels.datasets import Dataset, show_timestamp
from local.custom_labels.errors import ServiceError, invalid_parameter
from local.custom_labels.operations.call import Call
from local.custom_labels.operations.listing import build_next_token, read_start
from local.custom_labels.validation import limit

TAG_RESOURCE = "rekognition:TagResource"
DEFAULT_FEATURE = "CUSTOM_LABELS"


def create_project(call: Call, parameters: dict[str, Any]) -> dict[str, Any]:
    name, feature = parameters["ProjectName"], parameters.get("Feature", DEFAULT_FEATURE)
    _require_consistent(feature, parameters.get("AutoUpdate"))
    if any(project.name == name for project in call.account.projects.values()):
        raise ServiceError("ResourceInUseException", f"A project named {name} already exists.")
    if len(call.account.projects) >= call.settings.max_projects:
        message = f"The account has {call.settings.max_projects} projects, which is the limit."
        raise ServiceError("LimitExceededException", message)
    identity = call.account.mint_id(call.now())
    arn = build_project_arn(call.caller.account, call.caller.region, name, identity)
    if parameters.get("Tags"):
        call.authorize(TAG_RESOURCE, arn)
    call.account.projects[arn] = Project(
        arn, name, identity / 1000, feature, parameters.get("AutoUpdate"), parameters.get("Tags", {})
    )
    return {"ProjectArn": arn}


def describe_projects(call: Call, parameters: dict[str, Any]) -> dict[str, Any]:
    names, features = parameters.get("ProjectNames"), parameters.get("Features", [DEFAULT_FEATURE])
    size = parameters.get("MaxResults", limit("ProjectsPageSize", "max"))
    start = read_start("DescribeProjects", parameters)
    _require_known(call, names or [])
    selected = [
        project
        for project in call.account.projects.values()
        if project.feature in features and (names is None or project.name in names)
    ]
    following = start + size if start + size < len(selected) else None
    return {
        "ProjectDescriptions": [_describe_project(call, project) for project in selected[start : start + size]],
        **build_next_token("DescribeProjects", parameters, following, call.settings),
    }


def delete_project(call: Call, parameters: dict[str, Any]) -> dict[str, Any]:
    project = call.find_project(parameters["ProjectArn"])
    datasets = call.account.datasets_of(project)
    if datasets:
        raise ServiceError(
            "ResourceInUseException", f"The project {project.name} has {len(datasets)} datasets; delete them first."
        )
    project.gone_at = call.now() + call.settings.deletion_seconds
    return {"Status": project.status}


def describe_project_versions(call: Call, parameters: dict[str, Any]) -> dict[str, Any]:
    """The models of a project: none, since this service trains no model."""
    call.find_project(parameters["ProjectArn"])
    read_start("DescribeProjectVersions", parameters)
    return {
        "ProjectVersionDescriptions": [],
        **build_next_token("DescribeProjectVersions", parameters, None, call.settings),
    }


def tag_resource(call: Call, parameters: dict[str, Any]) -> dict[str, Any]:
    tags = _find_tags(call, parameters)
    most = limit("TagMap", "max")
    if len(tags | parameters["Tags"]) > most:
        raise ServiceError("ServiceQuotaExceededException", f"A resource has at most {most} tags.")
    tags.update(parameters["Tags"])
    return {}


def untag_resource(call: Call, parameters: dict[str, Any]) -> dict[str, Any]:
    tags = _find_tags(call, parameters)
    for key in parameters["TagKeys"]:
        tags.pop(key, None)
    return {}


def list_tags_for_resource(call: Call, parameters: dict[str, Any]) -> dict[str, Any]:
    return {"Tags": dict(_find_tags(call, parameters))}


def _require_consistent(feature: str, auto_update: str | None) -> None:
    # API Reference, CreateProject: AutoUpdate is "required for Content Moderation", "applicable only to adapters".
    if feature == "CONTENT_MODERATION" and auto_update is None:
        raise invalid_parameter("AutoUpdate is required when Feature is CONTENT_MODERATION.")
    if feature == DEFAULT_FEATURE and auto_update is not None:
        raise invalid_parameter("AutoUpdate is accepted only when Feature is CONTENT_MODERATION.")


def _require_known(call: Call, names: list[str]) -> None:
    """Raises the error of the setting for the name of no project, if the setting names one."""
    answer, known = call.settings.unknown_project_names, {project.name for project in call.account.projects.values()}
    unknown = [name for name in names if name not in known]
    if unknown and answer != "absent":
        raise ServiceError(answer, f"There is no project named {unknown[0]}.")


def _describe_project(call: Call, project: Project) -> dict[str, Any]:
    description: dict[str, Any] = {
        "ProjectArn": project.arn,
        "CreationTimestamp": show_timestamp(project.created, call.settings),
        "Status": project.status,
        "Datasets": [_describe_dataset(call, dataset) for dataset in _order_datasets(call, project)],
    }
    if project.feature != DEFAULT_FEATURE or call.settings.default_feature == "present":
        description["Feature"] = project.feature
    if project.auto_update:
        description["AutoUpdate"] = project.auto_update
    return description


def _order_datasets(call: Call, project: Project) -> list[Dataset]:
    datasets = call.account.datasets_of(project)
    if call.settings.dataset_order == "newest_first":
        return datasets[::-1]
    if call.settings.dataset_order == "train_first":
        return sorted(datasets, key=lambda dataset: dataset.type != "TRAIN")
    return datasets


def _describe_dataset(call: Call, dataset: Dataset) -> dict[str, Any]:
    return {
        "CreationTimestamp": show_timestamp(dataset.created, call.settings),
        "DatasetType": dataset.type,
        "DatasetArn": dataset.arn,
        **dataset.describe_status(call.now(), call.settings),
    }


def _find_tags(call: Call, parameters: dict[str, Any]) -> dict[str, str]:
    arn = parameters["ResourceArn"]
    named = read_arn(arn)
    if named is None:
        raise invalid_parameter(f"ResourceArn is the ARN of a project or a dataset, not '{arn[:100]}'.")
    return (call.find_dataset(arn) if named.type else call.find_project(arn)).tags
