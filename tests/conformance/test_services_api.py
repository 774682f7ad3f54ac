"""The operations on services as real clients see them: answers, refusals, idempotency, listings. No task is needed here: the
services want none, or nobody waits for them."""
import re

import botocore.exceptions
import pytest

ARN = "arn:aws:ecs:us-east-1:000000000000:"
VPC = {"awsvpcConfiguration": {"subnets": ["subnet-0a1b2c3d"]}}
FARGATE = {"taskDefinition": "app", "launchType": "FARGATE", "networkConfiguration": VPC}
MISSING_ROW = ARN + "service-deployment/default/s/" + "a" * 21


@pytest.fixture
def cluster(ecs):
    return prepared(ecs)


def prepared(client):
    client.create_cluster()
    client.register_task_definition(family="web", containerDefinitions=[{"name": "app", "image": "app:1", "memory": 64}])
    client.register_task_definition(family="app", networkMode="awsvpc", requiresCompatibilities=["FARGATE"], cpu="256",
                                    memory="512", containerDefinitions=[{"name": "app", "image": "app:1"}])
    return client


def create(client, name="s", **members):
    wanted = {"taskDefinition": "web", "desiredCount": 0, **members}
    return client.create_service(serviceName=name, **wanted)["service"]


def describe(client, name="s", **members):
    return client.describe_services(services=[name], **members)["services"][0]


def refusal(call, **members):
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        call(**members)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def test_create_service_answers_exactly_what_ecs_answers(cluster):
    service = create(cluster, **FARGATE)
    primary = service["deployments"][0]
    assert re.fullmatch("ecs-svc/[1-9][0-9]{18}", primary["id"])
    assert re.fullmatch(ARN + "service-deployment/default/s/[A-Za-z0-9_-]{21}", service["currentServiceDeployment"])
    network = {"awsvpcConfiguration": {"subnets": ["subnet-0a1b2c3d"], "securityGroups": [], "assignPublicIp": "DISABLED"}}
    definition = ARN + "task-definition/app:1"
    created = service["createdAt"]
    assert service == {
        "serviceArn": ARN + "service/default/s", "serviceName": "s", "clusterArn": ARN + "cluster/default",
        "loadBalancers": [], "serviceRegistries": [], "status": "ACTIVE", "desiredCount": 0, "runningCount": 0,
        "pendingCount": 0, "launchType": "FARGATE", "platformVersion": "LATEST", "platformFamily": "Linux",
        "taskDefinition": definition, "networkConfiguration": network,
        "deploymentConfiguration": {"deploymentCircuitBreaker": {"enable": False, "rollback": False}, "maximumPercent": 200,
                                    "minimumHealthyPercent": 100, "strategy": "ROLLING", "bakeTimeInMinutes": 0},
        "deployments": [{"id": primary["id"], "status": "PRIMARY", "taskDefinition": definition, "desiredCount": 0,
                         "pendingCount": 0, "runningCount": 0, "failedTasks": 0, "createdAt": created, "updatedAt": created,
                         "launchType": "FARGATE", "platformVersion": "1.4.0", "platformFamily": "Linux",
                         "networkConfiguration": network, "rolloutState": "IN_PROGRESS",
                         "rolloutStateReason": f"ECS deployment {primary['id']} in progress."}],
        "roleArn": "arn:aws:iam::000000000000:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS",
        "events": [], "createdAt": created, "currentServiceDeployment": service["currentServiceDeployment"],
        "currentServiceRevisions": [], "placementConstraints": [], "placementStrategy": [],
        "schedulingStrategy": "REPLICA", "deploymentController": {"type": "ECS"}, "createdBy": service["createdBy"],
        "enableECSManagedTags": False, "propagateTags": "NONE", "enableExecuteCommand": False,
        "availabilityZoneRebalancing": "ENABLED", "resourceManagementType": "CUSTOMER"}
    assert service["createdBy"].startswith("arn:aws:iam::000000000000:")


def test_a_service_on_instances_has_no_network_configuration(cluster):
    create(cluster)
    service = describe(cluster)
    assert service["launchType"] == "EC2"
    assert not {"networkConfiguration", "platformVersion", "roleArn", "tags", "capacityProviderStrategy"} & set(service)


@pytest.mark.parametrize("members, code, text", [
    ({"cluster": "none"}, "ClusterNotFoundException", "Cluster not found."),
    ({"taskDefinition": "none"}, "ClientException", "TaskDefinition not found."),
    ({"serviceName": "a b"}, "InvalidParameterException",
     r"ServiceName must match ^[a-zA-Z0-9\-_]{1,255}$, but was a b"),
    ({"taskDefinition": "app"}, "InvalidParameterException",
     "Network Configuration must be provided when networkMode 'awsvpc' is specified."),
    ({"networkConfiguration": VPC}, "InvalidParameterException",
     "Network Configuration is not valid for the given networkMode of this task definition."),
    ({"launchType": "FARGATE"}, "InvalidParameterException", "Task definition does not support launch_type FARGATE."),
    ({**FARGATE, "platformVersion": "9.9.9"}, "PlatformUnknownException", None),
    ({**FARGATE, "placementConstraints": [{"type": "distinctInstance"}]}, "InvalidParameterException",
     "Placement constraints are not supported with FARGATE launch type."),
    ({**FARGATE, "role": "r"}, "InvalidParameterException",
     "You cannot specify an IAM role for services that require a service linked role"),
    ({"placementStrategy": [{"type": "random"}] * 6}, "InvalidParameterException", "Maximum number of strategies is 5"),
    ({"deploymentConfiguration": {"maximumPercent": 100, "minimumHealthyPercent": 100}}, "InvalidParameterException",
     "Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block deployments."),
    ({"schedulingStrategy": "DAEMON"}, "InvalidParameterException", None),
    ({"enableExecuteCommand": True}, "InvalidParameterException",
     "The service couldn't be created because a valid taskRoleArn is not being used. Specify a valid task role in your task "
     "definition and try again."),
    ({"capacityProviderStrategy": [{"capacityProvider": "FARGATE"}], "launchType": "EC2"}, "InvalidParameterException",
     "Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again."),
    ({"loadBalancers": [{"targetGroupArn": "t", "containerName": "x", "containerPort": 80}]}, "InvalidParameterException",
     "The container x does not exist in the task definition."),
    ({"serviceRegistries": [{"registryArn": "r"}]}, "UnsupportedFeatureException", None),
    ({"deploymentController": {"type": "CODE_DEPLOY"}}, "InvalidParameterException", None),
    ({"deploymentConfiguration": {"strategy": "CANARY"}}, "UnsupportedFeatureException", None),
])
def test_create_service_refuses_in_the_words_of_ecs(cluster, members, code, text):
    wanted = {"serviceName": "s", "taskDefinition": "web", "desiredCount": 0, **members}
    error = refusal(cluster.create_service, **wanted)
    assert error == (code, text or error[1])
    assert cluster.list_services()["serviceArns"] == []


def test_the_same_request_gets_the_same_service(cluster):
    other = ("InvalidParameterException", "Creation of service was not idempotent.")
    first = create(cluster, clientToken="t")
    assert create(cluster, clientToken="t")["currentServiceDeployment"] == first["currentServiceDeployment"]
    for members in ({"clientToken": "t", "desiredCount": 1}, {"clientToken": "u"}, {"desiredCount": 1}):
        assert refusal(create, client=cluster, **members) == other


def test_an_update_shows_what_it_changed_and_deploys_only_what_is_new(cluster):
    first = create(cluster)
    same = cluster.update_service(service="s", taskDefinition="web", desiredCount=0, volumeConfigurations=[],
                                  loadBalancers=[])["service"]
    assert same["deployments"][0]["id"] == first["deployments"][0]["id"]
    changed = cluster.update_service(service="s", propagateTags="SERVICE", healthCheckGracePeriodSeconds=5,
                                     deploymentConfiguration={"maximumPercent": 150})["service"]
    assert changed["deployments"][0]["id"] == first["deployments"][0]["id"]
    assert (changed["propagateTags"], changed["healthCheckGracePeriodSeconds"]) == ("SERVICE", 5)
    assert changed["deploymentConfiguration"]["maximumPercent"] == 150
    assert changed["deploymentConfiguration"]["minimumHealthyPercent"] == 100
    forced = cluster.update_service(service="s", forceNewDeployment=True)["service"]
    assert forced["deployments"][0]["id"] != first["deployments"][0]["id"]
    assert forced["taskDefinition"] == first["taskDefinition"]


def test_updates_of_what_is_not_there_are_refused(cluster):
    create(cluster)
    assert refusal(cluster.update_service, service="none") == ("ServiceNotFoundException", "Service not found.")
    assert refusal(cluster.update_service, service="s", cluster="none") == ("ClusterNotFoundException", "Cluster not found.")
    assert refusal(cluster.update_service, service="s", taskDefinition="web:9")[0] == "ClientException"
    cluster.delete_service(service="s")
    assert refusal(cluster.update_service, service="s") == ("ServiceNotActiveException", "Service was not ACTIVE.")


def test_delete_needs_force_while_scaled_up_and_the_service_stays_describable(cluster):
    create(cluster, desiredCount=1, **FARGATE)
    assert refusal(cluster.delete_service, service="s") == (
        "InvalidParameterException", "The service cannot be stopped while it is scaled above 0.")
    deleted = cluster.delete_service(service="s", force=True)["service"]
    assert (deleted["status"], deleted["desiredCount"]) == ("DRAINING", 0)
    assert describe(cluster)["status"] in ("DRAINING", "INACTIVE")
    assert refusal(cluster.delete_service, service="none") == ("ServiceNotFoundException", "Service not found.")


def test_missing_services_are_failures_with_full_arns(cluster):
    elsewhere = ARN + "service/other/s"
    answer = cluster.describe_services(services=["none", elsewhere])
    assert answer["services"] == []
    assert answer["failures"] == [{"arn": ARN + "service/default/none", "reason": "MISSING"},
                                  {"arn": elsewhere, "reason": "MISSING"}]


def test_services_are_listed_ten_at_a_time(cluster):
    names = [f"s{number:02}" for number in range(23)]
    for name in names:
        create(cluster, name)
    pages = list(cluster.get_paginator("list_services").paginate())
    assert [len(page["serviceArns"]) for page in pages] == [10, 10, 3]
    assert [arn.rsplit("/", 1)[1] for page in pages for arn in page["serviceArns"]] == names
    assert len(cluster.list_services(maxResults=100)["serviceArns"]) == 23
    assert cluster.list_services(launchType="FARGATE")["serviceArns"] == []
    assert refusal(cluster.list_services, cluster="none") == ("ClusterNotFoundException", "Cluster not found.")


def test_tags_of_services_are_shown_when_asked_for(cluster):
    arn = create(cluster, tags=[{"key": "a", "value": "1"}])["serviceArn"]
    cluster.tag_resource(resourceArn=arn, tags=[{"key": "b", "value": "2"}])
    cluster.untag_resource(resourceArn=arn, tagKeys=["a"])
    assert "tags" not in describe(cluster)
    assert describe(cluster, include=["TAGS"])["tags"] == [{"key": "b", "value": "2"}]
    assert cluster.list_tags_for_resource(resourceArn=arn)["tags"] == [{"key": "b", "value": "2"}]


def test_deployments_have_revisions_with_their_digits_and_are_listed_from_new_to_old(cluster):
    create(cluster, **FARGATE)
    service = cluster.update_service(service="s", forceNewDeployment=True)["service"]
    digits = service["deployments"][0]["id"].removeprefix("ecs-svc/")
    rows = cluster.list_service_deployments(service="s", cluster="default")["serviceDeployments"]
    assert len(rows) == 2
    assert rows[0]["targetServiceRevisionArn"] == f"{ARN}service-revision/default/s/{digits}"
    assert rows[0]["serviceDeploymentArn"] == service["currentServiceDeployment"]
    later = cluster.list_service_deployments(service="s", createdAt={"after": rows[0]["createdAt"]})["serviceDeployments"]
    assert rows[0]["serviceDeploymentArn"] in [row["serviceDeploymentArn"] for row in later]
    page = cluster.list_service_deployments(service="s", maxResults=1)
    rest = cluster.list_service_deployments(service="s", maxResults=1, nextToken=page["nextToken"])
    assert [row["serviceDeploymentArn"] for row in rest["serviceDeployments"]] == [rows[1]["serviceDeploymentArn"]]
    described = cluster.describe_service_deployments(serviceDeploymentArns=[rows[0]["serviceDeploymentArn"], MISSING_ROW])
    assert described["failures"] == [{"arn": MISSING_ROW, "reason": "MISSING"}]
    row = described["serviceDeployments"][0]
    assert row["targetServiceRevision"]["arn"] == rows[0]["targetServiceRevisionArn"]
    assert row["deploymentCircuitBreaker"] == {"status": "DISABLED", "failureCount": 0, "threshold": 3}
    revision = cluster.describe_service_revisions(serviceRevisionArns=[row["targetServiceRevision"]["arn"]])
    shown = revision["serviceRevisions"][0]
    assert (shown["taskDefinition"], shown["platformVersion"], shown["guardDutyEnabled"]) == (
        ARN + "task-definition/app:1", "1.4.0", False)
    assert [image["containerName"] for image in shown["containerImages"]] == ["app"]
    assert refusal(cluster.list_service_deployments, service="none") == ("ServiceNotFoundException", "Service not found.")
    assert refusal(cluster.stop_service_deployment, serviceDeploymentArn=MISSING_ROW) == (
        "ServiceDeploymentNotFoundException", "The service deployment does not exist.")


def test_a_deployment_that_has_ended_cannot_be_stopped(cluster):
    create(cluster)
    cluster.update_service(service="s", forceNewDeployment=True)
    ended = cluster.list_service_deployments(service="s")["serviceDeployments"][1]
    assert ended["status"] in ("STOPPED", "SUCCESSFUL")
    assert refusal(cluster.stop_service_deployment, serviceDeploymentArn=ended["serviceDeploymentArn"])[0] == \
        "ConflictException"


def test_services_of_other_accounts_and_regions_are_not_seen(server, cluster):
    mine = create(cluster)
    row = mine["currentServiceDeployment"]
    for other in ({"access_key": "111111111111"}, {"region": "eu-west-1"}):
        client = prepared(server.client("ecs", **other))
        assert client.list_services()["serviceArns"] == []
        assert client.describe_services(services=["s", mine["serviceArn"]])["services"] == []
        assert refusal(client.update_service, service=mine["serviceArn"])[0] == "ServiceNotFoundException"
        assert refusal(client.delete_service, service=mine["serviceArn"])[0] == "ServiceNotFoundException"
        assert client.describe_service_deployments(serviceDeploymentArns=[row])["serviceDeployments"] == []
        assert refusal(client.stop_service_deployment, serviceDeploymentArn=row)[0] == "ServiceDeploymentNotFoundException"
        assert create(client)["serviceArn"] != mine["serviceArn"]
    assert cluster.list_services()["serviceArns"] == [mine["serviceArn"]]


def test_a_cluster_with_services_is_kept(cluster):
    create(cluster)
    assert cluster.describe_clusters()["clusters"][0]["activeServicesCount"] == 1
    assert refusal(cluster.delete_cluster, cluster="default") == (
        "ClusterContainsServicesException", "The Cluster cannot be deleted while Services are active.")


def test_protection_of_a_task_that_no_service_has_is_a_failure(cluster):
    task = cluster.run_task(taskDefinition="web")["tasks"][0]["taskArn"]
    failures = [{"arn": task, "reason": "TASK_NOT_VALID"}]
    answer = cluster.update_task_protection(cluster="default", tasks=[task], protectionEnabled=True)
    assert (answer["protectedTasks"], answer["failures"]) == ([], failures)
    assert cluster.get_task_protection(cluster="default", tasks=[task])["failures"] == failures
    assert cluster.get_task_protection(cluster="default")["protectedTasks"] == []


def test_no_namespace_is_found(cluster):
    assert refusal(cluster.list_services_by_namespace, namespace="n")[0] == "NamespaceNotFoundException"
