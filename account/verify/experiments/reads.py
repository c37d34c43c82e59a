"""What reads leave out, in which order they answer, and what an answer without content is."""

from typing import Any

from account.verify.answer import Answer
from account.verify.lab import ACCEPTED, PREFIX, Lab, refusal
from account.verify.manifest import broken, images


def observe_reads(lab: Lab) -> list[Answer]:
    """Describes projects and lists entries of small datasets."""
    projects = [lab.project(), lab.project()]
    orders = []
    for project, kinds in zip(projects, (("TRAIN", "TEST"), ("TEST", "TRAIN")), strict=True):
        arns = {kind: lab.create(project, kind) for kind in kinds}
        orders.append(_order(lab, project))
    feature = _describe(lab, projects[0]).get("Feature")
    unknown = refusal(lab.rekognition.describe_projects, ProjectNames=[f"{PREFIX}{lab.run}-none"])
    lines = [*images(lab.bucket, 4, "cat", "pet"), broken(lab.bucket, "faulty.png", "cat")]
    train = lab.create(lab.project(), "TRAIN", lines)
    page = lab.rekognition.list_dataset_entries(DatasetArn=train, HasErrors=False)
    count = len(page["DatasetEntries"])
    return [
        Answer("dataset_order", read_order(*orders), f"the datasets were listed as {orders[0]} and {orders[1]}"),
        Answer("default_feature", "present" if feature else "absent", f"Feature {feature!r}"),
        Answer("unknown_project_names", "absent" if unknown == ACCEPTED else unknown, unknown),
        Answer(
            "has_errors_false",
            "all" if count == 5 else "without_errors",
            f"{count} of 5 entries, of which 1 has an error",
        ),
        Answer("end_of_pages", "empty" if "NextToken" in page else "absent", f"NextToken {page.get('NextToken')!r}"),
        _read_empty_output(lab, arns["TRAIN"]),
    ]


def read_order(train_first: list[str], test_first: list[str]) -> str | None:
    """From the types as listed, of a project whose TRAIN was created first and of one whose TEST was."""
    orders = {
        "TRAIN TEST, TEST TRAIN": "oldest_first",
        "TEST TRAIN, TRAIN TEST": "newest_first",
        "TRAIN TEST, TRAIN TEST": "train_first",
    }
    return orders.get(f"{' '.join(train_first)}, {' '.join(test_first)}")


def _order(lab: Lab, project: str) -> list[str]:
    return [dataset["DatasetType"] for dataset in _describe(lab, project)["Datasets"]]


def _describe(lab: Lab, project: str) -> dict[str, Any]:
    name = project.split("/")[1]
    (described,) = lab.rekognition.describe_projects(ProjectNames=[name])["ProjectDescriptions"]
    return dict(described)


def _read_empty_output(lab: Lab, arn: str) -> Answer:
    bodies: list[bytes] = []

    def keep(http_response: Any, **_more: Any) -> None:
        bodies.append(http_response.content)

    hooks = lab.rekognition.meta.events
    hooks.register("after-call.rekognition.TagResource", keep)
    lab.rekognition.tag_resource(ResourceArn=arn, Tags={"verify": "true"})
    hooks.unregister("after-call.rekognition.TagResource", keep)
    return Answer("empty_output", "object" if bodies[0].strip() else "nothing", f"the body is {bodies[0]!r}")
