"""How CI finds out that its deployment was rolled back: the calls that the GitHub Action aws-actions/
amazon-ecs-deploy-task-definition makes for a service with the ECS deployment controller (its index.js: RegisterTaskDefinition,
DescribeServices, UpdateService, the waiter services-stable, DescribeServices again), and what it concludes from them; and
those of newer Terraform providers for wait_for_steady_state."""
import datetime

import pytest

import harness
from harness_services import Service

pytestmark = pytest.mark.serve("--time-scale", "100")

BREAKER = {"deploymentCircuitBreaker": {"enable": True, "rollback": True}}
WATCHED = {"deploymentCircuitBreaker": {"enable": True, "rollback": False}}
FILE_MEMBERS = ("compatibilities", "taskDefinitionArn", "requiresAttributes", "revision", "status", "registeredAt",
                "registeredBy")


class DeploymentFailed(Exception):
    pass


def begin(ecs, definition):
    """What the Action does with the file of a task definition, up to UpdateService; the id of the deployment that it made, None
    when it made none."""
    answer = ecs.register_task_definition(**{k: v for k, v in definition.items() if k not in FILE_MEMBERS})
    described = ecs.describe_services(services=["web"], cluster="default")
    if described["failures"]:
        raise DeploymentFailed(f"{described['failures'][0]['arn']} is {described['failures'][0]['reason']}")
    service = described["services"][0]
    if service["status"] != "ACTIVE":
        raise DeploymentFailed(f"Service is {service['status']}")
    assert service.get("deploymentController", {}).get("type", "ECS") == "ECS"
    updated = ecs.update_service(cluster="default", service="web", forceNewDeployment=False, volumeConfigurations=[],
                                 taskDefinition=answer["taskDefinition"]["taskDefinitionArn"])["service"]
    made = updated["deployments"][0]["id"]
    return None if made == service["deployments"][0]["id"] else made


def conclude(ecs, made):
    """Waits for stability, then looks what became of the deployment."""
    ecs.get_waiter("services_stable").wait(cluster="default", services=["web"],
                                           WaiterConfig={"Delay": 0.1, "MaxAttempts": 100})
    after = ecs.describe_services(cluster="default", services=["web"])["services"][0]
    mine = [deployment for deployment in after["deployments"] if deployment["id"] == made]
    if not mine:
        raise DeploymentFailed(f"{made} was rolled back")
    if mine[0]["rolloutState"] == "FAILED":
        raise DeploymentFailed(mine[0]["rolloutStateReason"])


@pytest.fixture
def web(server):
    return Service(server)


def definition_file(web, **container):
    """As `aws ecs describe-task-definition --query taskDefinition > file` gives it, with another image."""
    described = web.ecs.describe_task_definition(taskDefinition="web")["taskDefinition"]
    described["containerDefinitions"][0].update(container)
    return described


def test_a_good_deployment_is_found_completed(web):
    web.create(web.define(), desiredCount=2, deploymentConfiguration=BREAKER)
    web.steady()
    made = begin(web.ecs, definition_file(web, image="app:2"))
    conclude(web.ecs, made)
    service = web.steady()
    assert (service["deployments"][0]["id"], service["taskDefinition"][-6:]) == (made, "/web:2")


def test_a_rolled_back_deployment_is_found_absent(web):
    web.create(web.define(), desiredCount=2, deploymentConfiguration=BREAKER)
    web.steady()
    made = begin(web.ecs, definition_file(web, image="app:missing"))
    with pytest.raises(DeploymentFailed, match="was rolled back"):
        conclude(web.ecs, made)
    assert web.steady()["taskDefinition"].endswith("/web:1")


def test_a_failed_deployment_that_is_not_rolled_back_is_found_failed(web):
    web.create(web.define(), desiredCount=1, deploymentConfiguration=WATCHED)
    web.steady()
    made = begin(web.ecs, definition_file(web, image="app:missing"))
    web.until(lambda s: s["deployments"][0]["rolloutState"] == "FAILED")
    web.update(desiredCount=0)  # else the old tasks stay beside it, and the waiter gives up after its forty tries
    with pytest.raises(DeploymentFailed, match="ECS deployment circuit breaker: tasks failed to start."):
        conclude(web.ecs, made)


def test_the_same_task_definition_makes_no_deployment(web):
    web.create(web.define(), desiredCount=1)
    first = web.steady()["deployments"][0]["id"]
    web.update(taskDefinition="web:1", forceNewDeployment=False, volumeConfigurations=[])
    assert web.primary()["id"] == first


def test_a_service_that_is_not_there_is_named_with_its_reason(web):
    with pytest.raises(DeploymentFailed, match="service/default/web is MISSING"):
        begin(web.ecs, {"family": "web", "containerDefinitions": [{"name": "app", "image": "app:1", "memory": 64}]})
    web.create("web", desiredCount=0)
    web.delete()
    web.until(lambda s: s["status"] == "INACTIVE")
    with pytest.raises(DeploymentFailed, match="Service is INACTIVE"):
        begin(web.ecs, definition_file(web))


def steady_as_terraform_sees_it(web, begun):
    """The service deployment of the PRIMARY, found by the digits of its id; its status and reason once it is final."""
    primary = web.primary()
    assert primary["createdAt"] > begun
    listed = web.ecs.list_service_deployments(cluster="default", service="web", createdAt={"after": begun})["serviceDeployments"]
    [mine] = [row for row in listed if row["targetServiceRevisionArn"].endswith(primary["id"].removeprefix("ecs-svc/"))]

    def ended():
        row = web.row(mine["serviceDeploymentArn"])
        return None if row["status"] in ("PENDING", "IN_PROGRESS", "ROLLBACK_IN_PROGRESS") else row
    row = harness.eventually(ended, what="the deployment ends")
    return row["status"], row.get("statusReason")


@pytest.mark.parametrize("container, outcome", [
    ({"image": "app:2"}, ("SUCCESSFUL", None)),
    ({"image": "app:pull-300s"}, ("SUCCESSFUL", None)),
    ({"sim": {"start-seconds": 100, "start-error": "no such file"}},
     ("ROLLBACK_SUCCESSFUL", "Service deployment rolled back because the circuit breaker threshold was exceeded.")),
])
def test_terraforms_wait_finds_the_deployment_by_its_digits_and_its_reason(web, container, outcome):
    web.create(web.define(), desiredCount=2, deploymentConfiguration=BREAKER)
    begun = web.steady()["deployments"][0]["createdAt"] + datetime.timedelta(milliseconds=1)
    web.update(taskDefinition=web.define(**container))
    assert steady_as_terraform_sees_it(web, begun) == outcome
