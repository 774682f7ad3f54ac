"""Tags of clusters, task definitions, tasks and container instances."""
import botocore.exceptions
import pytest

ARN = "arn:aws:ecs:us-east-1:000000000000:"


@pytest.fixture
def resources(ecs):
    """One ARN of each kind that can be tagged."""
    cluster = ecs.create_cluster()["cluster"]["clusterArn"]
    definition = ecs.register_task_definition(family="web", containerDefinitions=[
        {"name": "app", "image": "app", "memory": 64}])["taskDefinition"]["taskDefinitionArn"]
    task = ecs.run_task(taskDefinition="web")["tasks"][0]
    return [cluster, definition, task["taskArn"], task["containerInstanceArn"]]


def refusal(call, **members):
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        call(**members)
    return caught.value.response["Error"]["Code"]


def test_tags_are_set_replaced_listed_and_removed(ecs, resources):
    for arn in resources:
        assert ecs.list_tags_for_resource(resourceArn=arn)["tags"] == []
        ecs.tag_resource(resourceArn=arn, tags=[{"key": "a", "value": "1"}, {"key": "ü b", "value": ""}])
        ecs.tag_resource(resourceArn=arn, tags=[{"key": "a", "value": "2"}])
        assert ecs.list_tags_for_resource(resourceArn=arn)["tags"] == [
            {"key": "a", "value": "2"}, {"key": "ü b", "value": ""}]
        ecs.untag_resource(resourceArn=arn, tagKeys=["a", "never there"])
        assert ecs.list_tags_for_resource(resourceArn=arn)["tags"] == [{"key": "ü b", "value": ""}]


def test_tags_show_where_they_are_asked_for(ecs, resources):
    cluster, definition, task, instance = resources
    tags = [{"key": "a", "value": "1"}]
    for arn in resources:
        ecs.tag_resource(resourceArn=arn, tags=tags)
    assert ecs.describe_clusters(include=["TAGS"])["clusters"][0]["tags"] == tags
    assert ecs.describe_task_definition(taskDefinition=definition, include=["TAGS"])["tags"] == tags
    assert ecs.describe_tasks(tasks=[task], include=["TAGS"])["tasks"][0]["tags"] == tags
    shown = ecs.describe_container_instances(containerInstances=[instance], include=["TAGS"])
    assert shown["containerInstances"][0]["tags"] == tags
    assert ecs.describe_clusters(clusters=[cluster])["clusters"][0]["tags"] == []


def test_tags_survive_kill_9(server, resources):
    tags = [{"key": "a", "value": "1"}]
    for arn in resources:
        server.ecs.tag_resource(resourceArn=arn, tags=tags)
    server.restart(kill=True)
    cluster, definition, task, instance = resources
    for arn in (cluster, definition, instance):
        assert server.ecs.list_tags_for_resource(resourceArn=arn)["tags"] == tags
    # The containers of the simulated engine died with the server, and a stopped task keeps its tags.
    assert server.ecs.describe_tasks(tasks=[task], include=["TAGS"])["tasks"][0]["tags"] == tags


def test_a_stopped_task_is_not_tagged(ecs, resources):
    task = resources[2]
    ecs.stop_task(task=task)
    ecs.get_waiter("tasks_stopped").wait(tasks=[task], WaiterConfig={"Delay": 0.2, "MaxAttempts": 50})
    assert refusal(ecs.tag_resource, resourceArn=task, tags=[{"key": "a"}]) == "InvalidParameterException"


def test_tags_against_the_rules_change_nothing(ecs, resources):
    for arn in resources:
        assert refusal(ecs.tag_resource, resourceArn=arn, tags=[]) == "ClientException"
        for bad in ([{"key": "aws:x", "value": "1"}], [{"key": "a"}, {"key": "a"}], [{"key": "a", "value": "v" * 257}],
                    [{"key": "k" * 129}], [{"key": "semi;colon"}], [{"value": "without a key"}]):
            assert refusal(ecs.tag_resource, resourceArn=arn, tags=bad) == "InvalidParameterException"
        assert ecs.list_tags_for_resource(resourceArn=arn)["tags"] == []


def test_what_is_not_there_has_no_tags(ecs):
    assert refusal(ecs.list_tags_for_resource, resourceArn=ARN + "cluster/none") == "ClusterNotFoundException"
    for resource in ("task-definition/none:1", "task/default/" + "0" * 32, "container-instance/default/" + "0" * 32,
                     "service/default/none", "nonsense"):
        assert refusal(ecs.list_tags_for_resource, resourceArn=ARN + resource) == "InvalidParameterException"
    assert refusal(ecs.list_tags_for_resource, resourceArn="nonsense") == "InvalidParameterException"
