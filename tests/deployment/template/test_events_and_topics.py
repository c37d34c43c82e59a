"""Rules, queues, topics and subscriptions of the template."""

import pytest
from aws_cdk.assertions import Match, Template

from infra.settings import Settings
from lambdas.rules.tags import Trigger
from tests.deployment.template.policies import allowed
from tools.docs.template import template_for_assertions


def test_rules_match_events_of_aws_only(template: Template) -> None:
    """Only AWS can put events whose source begins with `aws.`."""
    patterns = [rule["Properties"]["EventPattern"] for rule in template.find_resources("AWS::Events::Rule").values()]
    sources = {source for pattern in patterns for source in pattern["source"]}
    assert sources
    assert all(source.startswith("aws.") for source in sources)


def test_rule_matches_successful_calls_of_create_dataset(template: Template) -> None:
    template.has_resource_properties(
        "AWS::Events::Rule",
        {
            "EventPattern": {
                "source": ["aws.rekognition"],
                "detail-type": ["AWS API Call via CloudTrail"],
                "detail": {
                    "eventSource": ["rekognition.amazonaws.com"],
                    "eventName": ["CreateDataset"],
                    "errorCode": [{"exists": False}],
                },
            }
        },
    )


@pytest.mark.parametrize(("trigger", "state"), [("off", "DISABLED"), ("created", "ENABLED"), ("tagged", "ENABLED")])
def test_trigger_setting_enables_the_rule(trigger: str, state: str) -> None:
    template = template_for_assertions(Settings(trigger=Trigger(trigger)))
    (rule,) = [
        each for name, each in template.find_resources("AWS::Events::Rule").items() if name.startswith("Trigger")
    ]
    assert rule["Properties"]["State"] == state
    template.has_resource_properties("AWS::Lambda::Function", {"Environment": {"Variables": {"TRIGGER": trigger}}})


@pytest.mark.parametrize("box", ["Trigger", "Watch"])
def test_rules_have_dead_letter_queues(template: Template, box: str) -> None:
    (rule,) = [rule for name, rule in template.find_resources("AWS::Events::Rule").items() if name.startswith(box)]
    (target,) = rule["Properties"]["Targets"]
    assert target["DeadLetterConfig"] == {"Arn": {"Fn::GetAtt": [queue_of(template, box), "Arn"]}}
    assert "RetryPolicy" not in target


def test_no_rule_has_a_target_without_a_dead_letter_queue(template: Template) -> None:
    rules = template.find_resources("AWS::Events::Rule").values()
    targets = [target for rule in rules for target in rule["Properties"]["Targets"]]
    assert len(targets) >= len(rules) > 0
    assert [target["Arn"] for target in targets if "DeadLetterConfig" not in target] == []


def queue_of(template: Template, box: str) -> str:
    (queue,) = [name for name in template.find_resources("AWS::SQS::Queue") if name.startswith(box)]
    return queue


@pytest.mark.parametrize("box", ["Trigger", "Watch", "Schedule"])
def test_message_in_a_dead_letter_queue_raises_an_alarm(template: Template, box: str) -> None:
    template.has_resource_properties(
        "AWS::CloudWatch::Alarm",
        {
            "Namespace": "AWS/SQS",
            "MetricName": "ApproximateNumberOfMessagesVisible",
            "Dimensions": [{"Name": "QueueName", "Value": {"Fn::GetAtt": [queue_of(template, box), "QueueName"]}}],
            "ComparisonOperator": "GreaterThanOrEqualToThreshold",
            "Statistic": "Maximum",
            "Threshold": 1,
            "TreatMissingData": "ignore",
        },
    )


def topic_of(template: Template, box: str = "Notifications") -> str:
    (topic,) = [name for name in template.find_resources("AWS::SNS::Topic") if name.startswith(box)]
    return topic


def test_alarms_go_to_the_alarm_topic(template: Template) -> None:
    topic = [{"Ref": topic_of(template, "Operations")}]
    template.all_resources_properties("AWS::CloudWatch::Alarm", {"AlarmActions": topic, "OKActions": topic})


def test_alarms_go_to_the_topic_of_the_setting() -> None:
    arn = "arn:aws:sns:us-east-1:123456789012:alarms"
    template = template_for_assertions(Settings(alarm_topic_arn=arn))
    template.all_resources_properties("AWS::CloudWatch::Alarm", {"AlarmActions": [arn]})
    assert [name for name in template.find_resources("AWS::SNS::Topic") if name.startswith("Operations")] == []


def test_dead_letter_queue_allows_its_rule_only(template: Template) -> None:
    rules = [
        {"Fn::GetAtt": [name, "Arn"]}
        for name, rule in template.find_resources("AWS::Events::Rule").items()
        if "DeadLetterConfig" in rule["Properties"]["Targets"][0]
    ]
    found = allowed(template, "AWS::SQS::QueuePolicy")
    assert len(found) == len(rules)
    for rule in rules:
        sender = {"Service": "events.amazonaws.com"}
        assert (sender, "sqs:SendMessage", {"ArnEquals": {"aws:SourceArn": rule}}) in found


def test_only_the_function_that_a_rule_invokes_has_a_dead_letter_queue(template: Template) -> None:
    queue = {"TargetArn": {"Fn::GetAtt": [queue_of(template, "Watch"), "Arn"]}}
    template.resource_properties_count_is("AWS::Lambda::Function", {"DeadLetterConfig": Match.any_value()}, 1)
    template.has_resource_properties(
        "AWS::Lambda::Function", {"Handler": "lambdas.notify_ending.handler", "DeadLetterConfig": queue}
    )


def test_default_stack_has_no_subscription(template: Template) -> None:
    template.resource_count_is("AWS::SNS::Subscription", 0)


def test_address_of_the_setting_is_subscribed() -> None:
    template = template_for_assertions(Settings(email=("team@example.com",)))
    for box in ("Notifications", "Operations"):
        topic = {"Ref": topic_of(template, box)}
        subscription = {"Protocol": "email", "Endpoint": "team@example.com", "TopicArn": topic}
        template.resource_properties_count_is("AWS::SNS::Subscription", subscription, 1)


def test_alarms_can_have_their_own_addresses() -> None:
    template = template_for_assertions(Settings(email=("team@example.com",), alarm_email=("ops@example.com",)))
    subscription = {"Endpoint": "ops@example.com", "TopicArn": {"Ref": topic_of(template, "Operations")}}
    template.resource_properties_count_is("AWS::SNS::Subscription", subscription, 1)
    template.resource_count_is("AWS::SNS::Subscription", 2)


@pytest.mark.parametrize("stack_name", ["Left", "Right"])
def test_mails_of_a_topic_name_the_stack_and_the_subject(stack_name: str) -> None:
    """A person who confirms several subscriptions can tell them apart."""
    topics = template_for_assertions(Settings(stack_name=stack_name)).find_resources("AWS::SNS::Topic").values()
    names = [topic["Properties"]["DisplayName"] for topic in topics]
    assert len(set(names)) == len(names) == 3
    assert all(name.startswith(f"{stack_name} ") for name in names)
