"""IAM checks the calls of Rekognition."""

import pytest

from tests.support.roles import Role
from tests.support.unique import unique
from tests.support.workbench import Workbench, images


@pytest.fixture
def bench(bench: Workbench) -> Workbench:
    bench.aws.configure(creation_seconds=0, update_seconds=0, distribution_seconds=0)
    return bench


def test_a_call_needs_the_right_to_its_dataset(bench: Workbench, project: str) -> None:
    training, test = bench.pair(project, images(10))
    client = Role(bench.aws, {"Action": "rekognition:DescribeDataset", "Resource": training}).client("rekognition")
    assert client.describe_dataset(DatasetArn=training)["DatasetDescription"]
    with pytest.raises(client.exceptions.AccessDeniedException):
        client.describe_dataset(DatasetArn=test)


def test_reading_models_needs_the_right_to_the_project(bench: Workbench, project: str) -> None:
    other = bench.rekognition.create_project(ProjectName=unique("other"))["ProjectArn"]
    allowed = {"Action": "rekognition:DescribeProjectVersions", "Resource": project}
    client = Role(bench.aws, allowed).client("rekognition")
    assert client.describe_project_versions(ProjectArn=project)["ProjectVersionDescriptions"] == []
    with pytest.raises(client.exceptions.AccessDeniedException):
        client.describe_project_versions(ProjectArn=other)


def test_a_distribution_needs_the_right_to_both_datasets(bench: Workbench, project: str) -> None:
    training, test = bench.pair(project, images(10))
    role = Role(bench.aws, {"Action": "rekognition:DistributeDatasetEntries", "Resource": training})
    client = role.client("rekognition")
    with pytest.raises(client.exceptions.AccessDeniedException):
        client.distribute_dataset_entries(Datasets=[{"Arn": training}, {"Arn": test}])


def test_the_service_reads_a_manifest_with_the_callers_rights(bench: Workbench, project: str) -> None:
    source = bench.put(images(3))
    client = Role(bench.aws, {"Action": "rekognition:CreateDataset", "Resource": project}).client("rekognition")
    with pytest.raises(client.exceptions.InvalidS3ObjectException, match="s3:GetObject"):
        client.create_dataset(ProjectArn=project, DatasetType="TRAIN", DatasetSource=source)
