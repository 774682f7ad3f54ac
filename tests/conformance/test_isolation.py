"""Accounts and regions do not see each other: an access key of twelve digits is an account, the signature names the
region."""
import botocore.exceptions
import pytest

OTHERS = [{"access_key": "111111111111"}, {"region": "eu-west-1"},
          {"access_key": "111111111111", "region": "ap-southeast-2"}]


@pytest.fixture
def stranger_clients(server):
    return [server.client("ecs", **other) for other in OTHERS]


@pytest.fixture
def task(ecs):
    ecs.create_cluster()
    ecs.register_task_definition(family="web", containerDefinitions=[{"name": "app", "image": "app", "memory": 64}])
    return ecs.run_task(taskDefinition="web")["tasks"][0]


def code(call, **members):
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        call(**members)
    return caught.value.response["Error"]["Code"]


def test_nothing_is_listed_or_described_elsewhere(stranger_clients, task):
    for client in stranger_clients:
        assert client.list_clusters()["clusterArns"] == []
        assert client.list_task_definitions()["taskDefinitionArns"] == []
        assert client.list_task_definition_families()["families"] == []
        described = client.describe_clusters(clusters=[task["clusterArn"]])
        assert described["clusters"] == []
        assert described["failures"] == [{"arn": task["clusterArn"], "reason": "MISSING"}]
        assert code(client.describe_task_definition, taskDefinition=task["taskDefinitionArn"]) == "ClientException"


def test_nothing_is_reached_by_its_arn_from_elsewhere(ecs, stranger_clients, task):
    for client in stranger_clients:
        client.create_cluster()
        assert client.describe_tasks(tasks=[task["taskArn"]])["failures"] == [
            {"arn": task["taskArn"], "reason": "MISSING"}]
        assert code(client.stop_task, task=task["taskArn"]) == "InvalidParameterException"
        assert code(client.run_task, taskDefinition=task["taskDefinitionArn"]) == "ClientException"
        assert code(client.run_task, cluster=task["clusterArn"], taskDefinition="web") == "ClusterNotFoundException"
        assert code(client.delete_cluster, cluster=task["clusterArn"]) == "ClusterNotFoundException"
        for arn in (task["clusterArn"], task["taskDefinitionArn"], task["taskArn"], task["containerInstanceArn"]):
            assert code(client.tag_resource, resourceArn=arn, tags=[{"key": "a", "value": "b"}]) in (
                "ClusterNotFoundException", "InvalidParameterException")
    assert ecs.describe_tasks(tasks=[task["taskArn"]])["tasks"][0]["desiredStatus"] == "RUNNING"


def test_the_same_names_live_side_by_side(ecs, stranger_clients, task):
    for client in stranger_clients:
        client.create_cluster()
        made = client.register_task_definition(family="web", containerDefinitions=[
            {"name": "app", "image": "app", "memory": 64}])["taskDefinition"]
        assert made["revision"] == 1
        other = client.run_task(taskDefinition="web")["tasks"][0]
        assert client.list_tasks()["taskArns"] == [other["taskArn"]]
        assert other["taskArn"].split(":")[3:5] != task["taskArn"].split(":")[3:5]
    assert ecs.list_tasks()["taskArns"] == [task["taskArn"]]


def test_one_engine_serves_all_accounts(server, ecs, task):
    """CPU, memory and host ports belong to the machine, whoever asks."""
    ecs.register_task_definition(family="port", containerDefinitions=[
        {"name": "app", "image": "app", "memory": 64, "portMappings": [{"containerPort": 80, "hostPort": 48081}]}])
    assert len(ecs.run_task(taskDefinition="port")["tasks"]) == 1
    other = server.client("ecs", access_key="222222222222")
    other.create_cluster()
    other.register_task_definition(family="port", containerDefinitions=[
        {"name": "app", "image": "app", "memory": 64, "portMappings": [{"containerPort": 80, "hostPort": 48081}]}])
    assert other.run_task(taskDefinition="port")["failures"][0]["reason"] == "RESOURCE:PORTS"
