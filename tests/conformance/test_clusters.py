"""Clusters as real clients see them: boto3 and the AWS CLI; and across a crash."""
import botocore.exceptions
import pytest

ARN = "arn:aws:ecs:us-east-1:000000000000:cluster/"


def refusal(call, **members):
    """(code, message) of a refused call."""
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        call(**members)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def test_a_cluster_has_exactly_the_members_of_ecs(ecs):
    made = ecs.create_cluster(clusterName="main", tags=[{"key": "k", "value": "v"}])["cluster"]
    expected = {"clusterArn": ARN + "main", "clusterName": "main", "status": "ACTIVE", "statistics": [],
                "registeredContainerInstancesCount": 0, "runningTasksCount": 0, "pendingTasksCount": 0,
                "activeServicesCount": 0, "tags": [{"key": "k", "value": "v"}],
                "settings": [{"name": "containerInsights", "value": "disabled"}], "capacityProviders": [],
                "defaultCapacityProviderStrategy": []}
    assert made == expected
    described = ecs.describe_clusters(clusters=["main"])
    assert described["failures"] == []
    assert described["clusters"] == [{**expected, "tags": [], "settings": []}]
    with_parts = ecs.describe_clusters(clusters=[ARN + "main"], include=["TAGS", "SETTINGS"])
    assert with_parts["clusters"] == [expected]


def test_the_default_cluster_is_there_only_when_created(ecs):
    described = ecs.describe_clusters()
    assert described["clusters"] == []
    assert described["failures"] == [{"arn": ARN + "default", "reason": "MISSING"}]
    assert refusal(ecs.list_tasks) == ("ClusterNotFoundException", "Cluster not found.")
    ecs.create_cluster()
    assert ecs.describe_clusters()["clusters"][0]["clusterName"] == "default"
    assert ecs.list_tasks()["taskArns"] == []


def test_the_command_line_client_creates_pages_and_deletes(aws):
    for number in range(5):
        aws("ecs", "create-cluster", "--cluster-name", f"c{number}")
    assert aws("ecs", "list-clusters", "--page-size", "2")["clusterArns"] == [f"{ARN}c{n}" for n in range(5)]
    answer = aws("ecs", "delete-cluster", "--cluster", "c3")["cluster"]
    assert (answer["clusterName"], answer["status"]) == ("c3", "INACTIVE")
    assert aws("ecs", "describe-clusters", "--clusters", "c3")["clusters"][0]["status"] == "INACTIVE"
    assert len(aws("ecs", "list-clusters")["clusterArns"]) == 4


def test_configuration_and_settings_round_trip(ecs):
    log = {"cloudWatchLogGroupName": "group"}
    made = ecs.create_cluster(configuration={"executeCommandConfiguration": {
        "kmsKeyId": "key", "logging": "OVERRIDE", "logConfiguration": log}})["cluster"]
    shown = {**log, "cloudWatchEncryptionEnabled": False, "s3EncryptionEnabled": False}
    assert made["configuration"]["executeCommandConfiguration"]["logConfiguration"] == shown
    updated = ecs.update_cluster(cluster="default", settings=[{"name": "containerInsights", "value": "enhanced"}],
                                 configuration={"executeCommandConfiguration": {"logging": "NONE"}})["cluster"]
    assert updated["settings"] == [{"name": "containerInsights", "value": "enhanced"}]
    described = ecs.describe_clusters(include=["CONFIGURATIONS", "SETTINGS"])["clusters"][0]
    assert described["configuration"] == {"executeCommandConfiguration": {"logging": "NONE"}}
    assert refusal(ecs.update_cluster, cluster="default", configuration={"executeCommandConfiguration": {
        "logging": "DEFAULT", "logConfiguration": log}}) == (
        "InvalidParameterException", "You must set logging to 'OVERRIDE' when you supply a log configuration")


def test_clusters_survive_kill_9(server):
    server.ecs.create_cluster(clusterName="kept", capacityProviders=["FARGATE"], tags=[{"key": "k", "value": "v"}],
                              defaultCapacityProviderStrategy=[{"capacityProvider": "FARGATE", "weight": 1}])
    server.ecs.create_cluster(clusterName="gone")
    server.ecs.delete_cluster(cluster="gone")
    everything = ["ATTACHMENTS", "CONFIGURATIONS", "SETTINGS", "STATISTICS", "TAGS"]
    before = server.ecs.describe_clusters(clusters=["kept", "gone"], include=everything)["clusters"]
    page = server.ecs.list_clusters(maxResults=1)
    server.restart(kill=True)
    assert server.ecs.describe_clusters(clusters=["kept", "gone"], include=everything)["clusters"] == before
    assert server.ecs.list_clusters(maxResults=1)["clusterArns"] == page["clusterArns"]


def test_page_tokens_survive_a_restart_and_refuse_strangers(server):
    for number in range(3):
        server.ecs.create_cluster(clusterName=f"c{number}")
    token = server.ecs.list_clusters(maxResults=2)["nextToken"]
    server.restart(kill=True)
    assert server.ecs.list_clusters(nextToken=token)["clusterArns"] == [ARN + "c2"]
    elsewhere = server.client("ecs", region="eu-west-1")
    assert refusal(elsewhere.list_clusters, nextToken=token) == ("InvalidParameterException", "Invalid token")
    assert refusal(server.ecs.list_clusters, nextToken="a" + token)[1] == "Invalid token"


def test_a_cluster_with_tasks_is_kept(ecs):
    ecs.create_cluster()
    ecs.register_task_definition(family="app", containerDefinitions=[{"name": "app", "image": "app", "memory": 64}])
    task = ecs.run_task(taskDefinition="app")["tasks"][0]["taskArn"]
    assert refusal(ecs.delete_cluster, cluster="default") == (
        "ClusterContainsTasksException", "The Cluster cannot be deleted while Tasks are active.")
    ecs.stop_task(task=task)
    ecs.get_waiter("tasks_stopped").wait(tasks=[task], WaiterConfig={"Delay": 0.2, "MaxAttempts": 50})
    assert ecs.delete_cluster(cluster="default")["cluster"]["status"] == "INACTIVE"
