"""Who may do what: the roles of the template, their trust and their permissions."""

import pytest
from aws_cdk.assertions import Match, Template

from infra.functions import FUNCTIONS, OF_SWEEP, OF_WORKFLOW, construct_id_of
from infra.settings import Settings
from tests.deployment.template.policies import ACCOUNT
from tools.docs.grants import Grant, grants_of_roles, plain
from tools.docs.template import template_for_assertions


def test_every_function_may_write_its_logs(template: Template) -> None:
    writing = {"Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Effect": "Allow"}
    template.resource_properties_count_is(
        "AWS::IAM::Policy",
        {"PolicyDocument": {"Statement": Match.array_with([Match.object_like(writing)])}},
        len(FUNCTIONS) + 1,
    )


def test_no_role_has_a_managed_policy(template: Template) -> None:
    template.all_resources_properties("AWS::IAM::Role", {"ManagedPolicyArns": Match.absent()})


def test_bucket_emptier_may_only_log_and_read_tags(template: Template) -> None:
    """A deployment that retains the bucket removes the bucket's policy, so the role itself must allow the tags."""
    actions = [grant.action for grant in grants(template) if grant.owner.startswith("CustomS3")]
    assert actions == ["logs:CreateLogStream", "logs:PutLogEvents", "s3:GetBucketTagging"]


@pytest.mark.parametrize("action", ["rekognition:DescribeDataset", "rekognition:DistributeDatasetEntries"])
@pytest.mark.parametrize("projects", [("*",), ("demo",), ("defects-*", "demo")])
def test_dataset_permissions_cover_the_projects_only(action: str, projects: tuple[str, ...]) -> None:
    granted = [
        grant for grant in grants(template_for_assertions(Settings(projects=projects))) if grant.action == action
    ]
    assert granted
    assert {(grant.owner, grant.resource["Fn::Join"][1][-1]) for grant in granted} == {
        (grant.owner, f":project/{name}/dataset/*/*") for grant in granted for name in projects
    }


def test_actions_on_all_resources_take_no_resource(template: Template) -> None:
    """Service Authorization Reference: none of these actions has a resource type."""
    assert {grant.action for grant in grants(template) if grant.resource == "*"} == {
        "logs:CreateLogDelivery",
        "logs:DeleteLogDelivery",
        "logs:DescribeLogGroups",
        "logs:DescribeResourcePolicies",
        "logs:GetLogDelivery",
        "logs:ListLogDeliveries",
        "logs:PutResourcePolicy",
        "logs:UpdateLogDelivery",
        "rekognition:DescribeProjects",
        "xray:GetSamplingRules",
        "xray:GetSamplingTargets",
        "xray:PutTelemetryRecords",
        "xray:PutTraceSegments",
    }


def grants(template: Template) -> list[Grant]:
    return grants_of_roles(dict(template.to_json()))


def test_only_completion_events_may_be_put(template: Template) -> None:
    (statement,) = [grant.statement for grant in grants(template) if grant.action == "events:PutEvents"]
    assert statement["Condition"] == {
        "StringEquals": {
            "events:source": "dataset-distribution",
            "events:detail-type": ["Dataset Distribution Succeeded", "Dataset Distribution Failed"],
        }
    }


def test_only_executions_of_the_workflow_may_be_read(template: Template) -> None:
    machine = machine_of(template, "Workflow")
    actions = ("states:DescribeExecution", "states:GetExecutionHistory")
    granted = [grant.resource["Fn::Join"][1] for grant in grants(template) if grant.action in actions]
    assert granted
    assert [parts for parts in granted if {"Fn::GetAtt": [machine, "Name"]} not in parts] == []


def test_only_the_schedule_and_the_sweep_itself_start_a_sweep(template: Template) -> None:
    starting = [grant for grant in grants(template) if grant.action == "states:StartExecution"]
    started = {(plain(grant.owner), plain(grant.resource["Ref"])) for grant in starting}
    assert started == {
        ("WorkflowStateMachineEventsRole", "WorkflowStateMachine"),
        ("SweepRole", "WorkflowStateMachine"),
        ("SweepRole", "SweepStateMachine"),
        ("ScheduleRole", "SweepStateMachine"),
    }


def machine_of(template: Template, box: str) -> str:
    (machine,) = [name for name in template.find_resources("AWS::StepFunctions::StateMachine") if name.startswith(box)]
    return machine


def test_only_start_distribution_may_distribute(template: Template) -> None:
    policies = template.find_resources("AWS::IAM::Policy")
    allowed = [name for name, policy in policies.items() if "DistributeDatasetEntries" in str(policy)]
    assert len(allowed) == 1
    assert "StartDistribution" in allowed[0]


def test_rule_for_endings_may_only_invoke_its_function(template: Template) -> None:
    """A target with a role may receive nothing ("Using resource-based policies for Amazon EventBridge")."""
    (name,) = [name for name in template.find_resources("AWS::Events::Rule") if name.startswith("Watch")]
    (target,) = template.find_resources("AWS::Events::Rule")[name]["Properties"]["Targets"]
    assert target.keys() == {"Arn", "DeadLetterConfig", "Id"}
    (permission,) = template.find_resources("AWS::Lambda::Permission").values()
    assert permission["Properties"] == {
        "Action": "lambda:InvokeFunction",
        "FunctionName": target["Arn"],
        "Principal": "events.amazonaws.com",
        "SourceArn": {"Fn::GetAtt": [name, "Arn"]},
    }


@pytest.mark.parametrize(("machine", "functions"), [("Workflow", OF_WORKFLOW), ("Sweep", (*OF_SWEEP, "notify_ending"))])
def test_a_state_machine_may_invoke_the_functions_of_its_states_only(
    template: Template, machine: str, functions: tuple[str, ...]
) -> None:
    invoked = str([g.resource for g in grants(template) if g.action == "lambda:InvokeFunction" and machine in g.owner])
    assert {name for name in FUNCTIONS if f"Functions{construct_id_of(name)}" in invoked} == set(functions)


@pytest.mark.parametrize(
    ("service", "resource"), [("states.amazonaws.com", ":stateMachine:*"), ("events.amazonaws.com", ":rule/*")]
)
def test_service_assumes_a_role_for_this_account_only(template: Template, service: str, resource: str) -> None:
    """AWS documents both conditions for these services."""
    documents = [
        role["Properties"]["AssumeRolePolicyDocument"] for role in template.find_resources("AWS::IAM::Role").values()
    ]
    trusted = [each for document in documents for each in document["Statement"]]
    of_service = [each for each in trusted if each["Principal"] == {"Service": service}]
    assert of_service
    for statement in of_service:
        assert statement["Condition"]["StringEquals"] == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
        parts = statement["Condition"]["ArnLike"]["aws:SourceArn"]["Fn::Join"][1]
        assert {"Ref": "AWS::AccountId"} in parts
        assert parts[-1] == resource


def test_scheduler_assumes_its_role_for_the_group_of_the_schedule_only(template: Template) -> None:
    """A condition with the ARN of a schedule never matches: the source is the group."""
    (group,) = template.find_resources("AWS::Scheduler::ScheduleGroup")
    trusted = [
        statement["Condition"]
        for role in template.find_resources("AWS::IAM::Role").values()
        for statement in role["Properties"]["AssumeRolePolicyDocument"]["Statement"]
        if statement["Principal"] == {"Service": "scheduler.amazonaws.com"}
    ]
    source = {"aws:SourceAccount": {"Ref": "AWS::AccountId"}, "aws:SourceArn": {"Fn::GetAtt": [group, "Arn"]}}
    assert trusted == [{"StringEquals": source}]
    template.has_resource_properties("AWS::Scheduler::Schedule", {"GroupName": {"Ref": group}})


def test_schedule_is_created_after_the_rights_of_its_role(template: Template) -> None:
    """Without a start date, a schedule with a rate invokes its target at once."""
    (schedule,) = template.find_resources("AWS::Scheduler::Schedule").values()
    assert {plain(name) for name in schedule["DependsOn"]} == {"ScheduleRole", "ScheduleRoleDefaultPolicy"}


def test_lambda_assumes_a_role_for_this_account_only(template: Template) -> None:
    """The CDK makes the role of the bucket emptier."""
    roles = template.find_resources("AWS::IAM::Role").items()
    lambdas = {
        name: statement.get("Condition")
        for name, role in roles
        for statement in role["Properties"]["AssumeRolePolicyDocument"]["Statement"]
        if statement["Principal"] == {"Service": "lambda.amazonaws.com"}
    }
    free = [name for name, condition in lambdas.items() if condition != ACCOUNT]
    assert len(lambdas) == len(FUNCTIONS) + 1
    assert [name.partition("Role")[0] for name in free] == ["CustomS3AutoDeleteObjectsCustomResourceProvider"]


def test_only_report_outcome_may_write_reports(template: Template) -> None:
    policies = template.find_resources("AWS::IAM::Policy")
    (name,) = [name for name, policy in policies.items() if "s3:Put" in str(policy)]
    assert "ReportOutcome" in name


def test_no_role_may_train_a_model(template: Template) -> None:
    rekognition = {grant.action for grant in grants(template) if grant.action.startswith(("rekognition:", "*"))}
    assert rekognition == {
        f"rekognition:{action}"
        for action in (
            "DescribeDataset",
            "DescribeProjects",
            "DistributeDatasetEntries",
            "ListDatasetLabels",
            "ListTagsForResource",
        )
    }


def test_setting_allows_reading_images() -> None:
    granted = {
        "Action": "s3:GetObject",
        "Effect": "Allow",
        "Resource": {"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, ":s3:::images/*"]]},
    }
    settings = Settings(image_buckets=("images",))
    template_for_assertions(settings).resource_properties_count_is(
        "AWS::IAM::Policy", {"PolicyDocument": {"Statement": Match.array_with([granted])}}, 1
    )


def test_setting_allows_decrypting_images_through_s3_only() -> None:
    key = "arn:aws:kms:us-east-1:123456789012:key/0123"
    template = template_for_assertions(Settings(image_buckets=("images",), image_keys=(key,)))
    (grant,) = [each for each in grants(template) if each.resource == key]
    assert grant.owner.startswith("FunctionsStartDistributionRole")
    assert (grant.action, grant.via) == ("kms:Decrypt", "s3")
