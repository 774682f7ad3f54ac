"""RunTask, StopTask, DescribeTasks, ListTasks and container instances as real clients see them."""
import re
import uuid

import botocore.exceptions
import pytest

import harness

ARN = "arn:aws:ecs:us-east-1:000000000000:"
CONTAINER = {"name": "app", "image": "app:1", "memory": 64}
VPC = {"awsvpcConfiguration": {"subnets": ["subnet-0a1b2c3d"], "securityGroups": ["sg-0a1b2c3d"]}}
WAIT = {"Delay": 0.2, "MaxAttempts": 50}


@pytest.fixture
def cluster(ecs):
    ecs.create_cluster()
    ecs.register_task_definition(family="web", containerDefinitions=[CONTAINER])
    ecs.register_task_definition(family="app", networkMode="awsvpc", requiresCompatibilities=["FARGATE"], cpu="256",
                                 memory="512", containerDefinitions=[{"name": "app", "image": "app:1"}])
    return ecs


def refusal(call, **members):
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        call(**members)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def run(ecs, family="web", **members):
    return ecs.run_task(taskDefinition=family, **members)["tasks"][0]


def test_run_task_on_fargate_answers_exactly_what_ecs_answers(cluster):
    answer = cluster.run_task(taskDefinition="app", launchType="FARGATE", networkConfiguration=VPC)
    assert answer["failures"] == []
    task = answer["tasks"][0]
    assert re.fullmatch(ARN + "task/default/[0-9a-f]{32}", task["taskArn"])
    attachment = task["attachments"][0]
    uuid.UUID(attachment["id"])
    container = task["containers"][0]
    assert re.fullmatch(ARN + "container/default/" + task["taskArn"][-32:] + "/[0-9a-f-]{36}", container["containerArn"])
    created = task["createdAt"]
    assert task == {
        "attachments": [{"id": attachment["id"], "type": "ElasticNetworkInterface", "status": "PRECREATED",
                         "details": [{"name": "subnetId", "value": "subnet-0a1b2c3d"}]}],
        "attributes": [{"name": "ecs.cpu-architecture", "value": task["attributes"][0]["value"]}],
        "availabilityZone": task["availabilityZone"], "clusterArn": ARN + "cluster/default",
        "containers": [{"containerArn": container["containerArn"], "taskArn": task["taskArn"], "name": "app",
                        "image": "app:1", "lastStatus": "PENDING", "networkBindings": [], "networkInterfaces": [],
                        "healthStatus": "UNKNOWN", "cpu": "0"}],
        "cpu": "256", "memory": "512", "createdAt": created, "desiredStatus": "RUNNING", "lastStatus": "PROVISIONING",
        "enableExecuteCommand": False, "group": "family:app", "healthStatus": "UNKNOWN", "launchType": "FARGATE",
        "overrides": {"containerOverrides": [{"name": "app"}], "inferenceAcceleratorOverrides": []},
        "platformVersion": "1.4.0", "platformFamily": "Linux", "tags": [], "taskArn": task["taskArn"],
        "taskDefinitionArn": ARN + "task-definition/app:1", "version": 1, "ephemeralStorage": {"sizeInGiB": 20},
        "fargateEphemeralStorage": {"sizeInGiB": 20}}


def test_a_fargate_task_runs_and_stops_with_its_interface(cluster):
    arn = run(cluster, "app", launchType="FARGATE", networkConfiguration=VPC)["taskArn"]
    cluster.get_waiter("tasks_running").wait(tasks=[arn], WaiterConfig=WAIT)
    task = cluster.describe_tasks(tasks=[arn])["tasks"][0]
    details = {item["name"]: item["value"] for item in task["attachments"][0]["details"]}
    assert task["attachments"][0]["status"] == "ATTACHED"
    assert list(details) == ["subnetId", "networkInterfaceId", "macAddress", "privateDnsName", "privateIPv4Address"]
    address = details["privateIPv4Address"]
    assert details["privateDnsName"] == f"ip-{address.replace('.', '-')}.ec2.internal"
    assert task["containers"][0]["networkInterfaces"] == [
        {"attachmentId": task["attachments"][0]["id"], "privateIpv4Address": address}]
    stopped = cluster.stop_task(task=arn, reason="enough")["task"]
    assert (stopped["desiredStatus"], stopped["lastStatus"]) == ("STOPPED", "RUNNING")
    assert (stopped["stopCode"], stopped["stoppedReason"]) == ("UserInitiated", "enough")
    cluster.get_waiter("tasks_stopped").wait(tasks=[arn], WaiterConfig=WAIT)
    ended = cluster.describe_tasks(tasks=[arn])["tasks"][0]
    assert ended["attachments"][0]["status"] == "DELETED"
    assert ended["version"] > task["version"]
    assert cluster.stop_task(task=arn, reason="again")["task"]["stoppedReason"] == "enough"


def test_run_task_on_the_local_engine_uses_a_container_instance(cluster):
    task = run(cluster)
    assert (task["lastStatus"], task["launchType"]) == ("PENDING", "EC2")
    assert cluster.list_container_instances()["containerInstanceArns"] == [task["containerInstanceArn"]]
    described = cluster.describe_container_instances(containerInstances=[task["containerInstanceArn"]])
    instance = described["containerInstances"][0]
    registered = {item["name"]: item for item in instance["registeredResources"]}
    remaining = {item["name"]: item for item in instance["remainingResources"]}
    assert registered["CPU"]["integerValue"] >= 1024 and registered["CPU"]["integerValue"] % 1024 == 0
    assert registered["MEMORY"]["integerValue"] - remaining["MEMORY"]["integerValue"] == 64
    assert registered["PORTS"]["stringSetValue"] == ["22", "2375", "2376", "51678", "51679", "51680"]
    cluster.get_waiter("tasks_running").wait(tasks=[task["taskArn"]], WaiterConfig=WAIT)
    instance = cluster.describe_container_instances(containerInstances=[task["containerInstanceArn"]])[
        "containerInstances"][0]
    assert (instance["runningTasksCount"], instance["pendingTasksCount"]) == (1, 0)
    counts = cluster.describe_clusters(include=["STATISTICS"])["clusters"][0]
    assert (counts["runningTasksCount"], counts["registeredContainerInstancesCount"]) == (1, 1)
    assert {"name": "runningEC2TasksCount", "value": "1"} in counts["statistics"]


def test_fixed_host_ports_are_failures_and_dynamic_ones_are_found(cluster):
    fixed = {**CONTAINER, "portMappings": [{"containerPort": 80, "hostPort": 48080}]}
    cluster.register_task_definition(family="fixed", containerDefinitions=[fixed])
    answer = cluster.run_task(taskDefinition="fixed", count=2)
    assert len(answer["tasks"]) == 1
    assert answer["failures"] == [
        {"arn": cluster.list_container_instances()["containerInstanceArns"][0], "reason": "RESOURCE:PORTS"}]
    dynamic = {**CONTAINER, "portMappings": [{"containerPort": 80}]}
    cluster.register_task_definition(family="dynamic", containerDefinitions=[dynamic])
    arns = [task["taskArn"] for task in cluster.run_task(taskDefinition="dynamic", count=2)["tasks"]]
    cluster.get_waiter("tasks_running").wait(tasks=arns, WaiterConfig=WAIT)
    bindings = [task["containers"][0]["networkBindings"][0] for task in cluster.describe_tasks(tasks=arns)["tasks"]]
    assert {(item["bindIP"], item["containerPort"], item["protocol"]) for item in bindings} == {("0.0.0.0", 80, "tcp")}
    assert len({item["hostPort"] for item in bindings}) == 2


def test_the_order_and_words_of_refusals(cluster):
    assert refusal(cluster.run_task, cluster="none", taskDefinition="none") == (
        "ClusterNotFoundException", "Cluster not found.")
    assert refusal(cluster.run_task, taskDefinition="none") == ("ClientException", "TaskDefinition not found.")
    assert refusal(cluster.run_task, taskDefinition="app") == (
        "InvalidParameterException", "Network Configuration must be provided when networkMode 'awsvpc' is specified.")
    assert refusal(cluster.run_task, taskDefinition="web", networkConfiguration=VPC) == (
        "InvalidParameterException",
        "Network Configuration is not valid for the given networkMode of this task definition.")
    assert refusal(cluster.run_task, taskDefinition="web", launchType="FARGATE") == (
        "InvalidParameterException", "Task definition does not support launch_type FARGATE.")
    assert refusal(cluster.run_task, taskDefinition="web", launchType="EXTERNAL") == (
        "InvalidParameterException", "No Container Instances were found in your cluster.")
    assert refusal(cluster.run_task, taskDefinition="web", overrides={"containerOverrides": [{"name": "db"}]}) == (
        "InvalidParameterException", "Override for container named db is not a container in the TaskDefinition.")
    assert refusal(cluster.stop_task, task="short") == (
        "InvalidParameterException", "taskId length should be one of [32,36]")
    assert refusal(cluster.stop_task, task="0" * 32) == (
        "InvalidParameterException", "The referenced task was not found.")
    cluster.deregister_task_definition(taskDefinition="web:1")
    assert refusal(cluster.run_task, taskDefinition="web:1") == ("ClientException", "TaskDefinition is inactive")
    assert cluster.list_tasks()["taskArns"] == []


@pytest.mark.serve("--strict")
def test_strict_fails_as_aws_where_the_default_helps(cluster):
    assert refusal(cluster.run_task, taskDefinition="web") == (
        "InvalidParameterException", "No Container Instances were found in your cluster.")
    assert refusal(cluster.run_task, taskDefinition="app", launchType="FARGATE", networkConfiguration=VPC) == (
        "InvalidParameterException", "Error retrieving subnet information for [subnet-0a1b2c3d]: The subnet ID "
        "'subnet-0a1b2c3d' does not exist (ErrorCode: InvalidSubnetID.NotFound)")
    assert cluster.list_container_instances()["containerInstanceArns"] == []


def test_a_client_token_makes_its_tasks_once_also_across_a_crash(server, cluster):
    request = {"taskDefinition": "web", "count": 2, "clientToken": "token-1"}
    first = [task["taskArn"] for task in cluster.run_task(**request)["tasks"]]
    assert [task["taskArn"] for task in cluster.run_task(**request)["tasks"]] == first
    assert sorted(cluster.list_tasks()["taskArns"]) == sorted(first)
    server.restart(kill=True)
    assert [task["taskArn"] for task in server.ecs.run_task(**request)["tasks"]] == first
    assert refusal(server.ecs.run_task, **{**request, "count": 1})[0] == "ConflictException"


def test_filters_pages_and_missing_tasks(cluster):
    mine = [run(cluster, startedBy="me")["taskArn"] for _ in range(3)]
    other = run(cluster, "app", launchType="FARGATE", networkConfiguration=VPC)["taskArn"]
    pages = cluster.get_paginator("list_tasks").paginate(startedBy="me", PaginationConfig={"PageSize": 2})
    assert [arn for page in pages for arn in page["taskArns"]] == sorted(mine)
    assert cluster.list_tasks(family="app")["taskArns"] == [other]
    assert cluster.list_tasks(launchType="FARGATE")["taskArns"] == [other]
    assert cluster.list_tasks(desiredStatus="PENDING")["taskArns"] == []
    assert refusal(cluster.list_tasks, serviceName="web") == ("ServiceNotFoundException", "Service not found.")
    missing = "f" * 32
    answer = cluster.describe_tasks(tasks=[mine[0][-32:], mine[0], missing])
    assert [task["taskArn"] for task in answer["tasks"]] == [mine[0]]
    assert answer["failures"] == [{"arn": f"{ARN}task/default/{missing}", "reason": "MISSING"}]


def test_overrides_and_tags_reach_the_task(cluster):
    overrides = {"containerOverrides": [{"name": "app", "command": ["run"], "memory": 128,
                                         "environment": [{"name": "A", "value": "b"}]}]}
    task = run(cluster, overrides=overrides, tags=[{"key": "k", "value": "v"}], enableECSManagedTags=True)
    assert task["overrides"] == {**overrides, "inferenceAcceleratorOverrides": []}
    assert task["memory"] == "128"
    tags = [{"key": "k", "value": "v"}, {"key": "aws:ecs:clusterName", "value": "default"}]
    assert task["tags"] == tags
    assert cluster.describe_tasks(tasks=[task["taskArn"]])["tasks"][0]["tags"] == []
    assert cluster.describe_tasks(tasks=[task["taskArn"]], include=["TAGS"])["tasks"][0]["tags"] == tags


def test_the_command_line_client_runs_waits_and_reads_the_exit_code(aws, cluster):
    cluster.register_task_definition(family="batch", containerDefinitions=[{
        **CONTAINER, "dockerLabels": {"dev.slipway.sim.run-seconds": "0.2", "dev.slipway.sim.exit-code": "3"}}])
    arn = aws("ecs", "run-task", "--task-definition", "batch")["tasks"][0]["taskArn"]
    task = harness.eventually(lambda: next((t for t in aws("ecs", "describe-tasks", "--tasks", arn)["tasks"]
                                            if t["lastStatus"] == "STOPPED"), None))
    assert task["containers"][0]["exitCode"] == 3
    assert (task["stopCode"], task["stoppedReason"]) == (
        "EssentialContainerExited", "Essential container in task exited")
    assert aws("ecs", "list-tasks", "--desired-status", "STOPPED")["taskArns"] == [arn]
    assert aws("ecs", "list-tasks")["taskArns"] == []
