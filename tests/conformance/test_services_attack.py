"""Services under rough treatment: clients that race, flap and storm, tasks stopped by hand in mid-deployment, task definitions
taken away, rollbacks of more than the task definition. What counts is that each service settles on the last thing asked for,
within its bounds, and that the server never answers 5xx."""
import threading

import botocore.exceptions
import pytest

import harness
from harness_services import Service, is_steady

pytestmark = pytest.mark.serve("--time-scale", "100")

BREAKER = {"deploymentCircuitBreaker": {"enable": True, "rollback": True}}
DIES = {"run-seconds": 3, "exit-code": 1}
SLOW = {"start-seconds": 30}
OTHER = [{"name": "VERSION", "value": "2"}]


def subnets(*ids):
    return {"awsvpcConfiguration": {"subnets": list(ids)}}


@pytest.fixture
def web(server):
    return Service(server)


def together(count, work):
    """Runs `work(i)` in `count` threads; what they returned, errors of ECS included."""
    results = [None] * count

    def run(i):
        try:
            results[i] = work(i)
        except botocore.exceptions.ClientError as error:
            results[i] = error
    threads = [threading.Thread(target=run, args=(i,)) for i in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert not any(thread.is_alive() for thread in threads)
    return results


def test_a_rollback_takes_the_platform_version_and_the_network_back_too(web):
    good = web.define(fargate=True)
    web.create(good, desiredCount=1, launchType="FARGATE", networkConfiguration=subnets("subnet-1"),
               deploymentConfiguration=BREAKER)
    web.steady()
    first = web.primary()["id"]
    web.update(taskDefinition=web.define(sim=DIES, fargate=True), platformVersion="1.3.0",
               networkConfiguration=subnets("subnet-9"))
    web.until(lambda s: web.row()["status"] == "ROLLBACK_SUCCESSFUL", what="rolled back")
    service = web.steady()
    assert (service["taskDefinition"], service["platformVersion"]) == (good, "LATEST")
    assert service["networkConfiguration"]["awsvpcConfiguration"]["subnets"] == ["subnet-1"]
    assert service["deployments"][0]["id"] == first
    # What the service shows is what it runs: asking for it deploys nothing, asking for the other does.
    assert len(web.update(platformVersion="LATEST", networkConfiguration=subnets("subnet-1"))["deployments"]) == 1
    assert len(web.update(platformVersion="1.3.0")["deployments"]) == 2


def test_a_rollback_from_awsvpc_leaves_neither_network_nor_role(web):
    web.create(web.define(), desiredCount=1, deploymentConfiguration=BREAKER)
    web.steady()
    bad = web.define(sim=DIES, definition={"networkMode": "awsvpc"})
    assert "roleArn" in web.update(taskDefinition=bad, networkConfiguration=subnets("subnet-1"))
    web.until(lambda s: web.row()["status"] == "ROLLBACK_SUCCESSFUL", what="rolled back")
    assert {"roleArn", "networkConfiguration"} & set(web.steady()) == set()


def test_a_rollback_takes_the_capacity_provider_strategy_back_too(web):
    web.ecs.create_cluster(clusterName="spot", capacityProviders=["FARGATE", "FARGATE_SPOT"])
    inside = {"cluster": "spot", "service": "web"}

    def look():
        return web.ecs.describe_services(cluster="spot", services=["web"])["services"][0]

    def steady():
        return harness.eventually(lambda: is_steady(look()) and look(), 20, every=0.02, what="steady")
    web.ecs.create_service(cluster="spot", serviceName="web", taskDefinition=web.define(fargate=True), desiredCount=1,
                           capacityProviderStrategy=[{"capacityProvider": "FARGATE", "weight": 1}],
                           networkConfiguration=subnets("subnet-1"), deploymentConfiguration=BREAKER)
    first = steady()
    web.ecs.update_service(**inside, taskDefinition=web.define(sim=DIES, fargate=True),
                           capacityProviderStrategy=[{"capacityProvider": "FARGATE_SPOT", "weight": 1}])
    harness.eventually(lambda: look()["deployments"][0]["id"] == first["deployments"][0]["id"], 20, what="rolled back")
    web.ecs.update_service(**inside, desiredCount=2)
    after = steady()
    assert after["capacityProviderStrategy"] == first["capacityProviderStrategy"]
    assert after["deployments"][0]["capacityProviderStrategy"] == first["capacityProviderStrategy"]
    tasks = web.ecs.list_tasks(cluster="spot", serviceName="web")["taskArns"]
    described = web.ecs.describe_tasks(cluster="spot", tasks=tasks)["tasks"]
    assert [task["capacityProviderName"] for task in described] == ["FARGATE"] * 2


def test_creations_that_race_make_one_service(web):
    definition = web.define()
    answers = together(12, lambda i: web.create(definition, desiredCount=1))
    assert {answer["deployments"][0]["id"] for answer in answers} == {web.primary()["id"]}
    assert web.steady()["runningCount"] == 1


def test_services_settle_on_the_last_wish_after_any_storm_of_updates(web):
    definitions = [web.define(), web.define(environment=OTHER), web.define(sim=SLOW)]
    web.create(definitions[0], desiredCount=2)

    def storm(i):
        for step in range(10):
            turn = (i * 7 + step) % 5
            if turn < 2:
                web.update(taskDefinition=definitions[(i + step) % 3])
            elif turn == 2:
                web.update(desiredCount=(i + step) % 6)
            elif turn == 3:
                for task in web.task_arns()[:1]:
                    web.ecs.stop_task(task=task)
            else:
                web.update(forceNewDeployment=True)
    assert together(4, storm) == [None] * 4
    web.update(taskDefinition=definitions[1], desiredCount=3)
    assert web.steady()["taskDefinition"] == definitions[1]
    assert {task["taskDefinitionArn"] for task in web.tasks()} == {definitions[1]}
    rows = web.ecs.list_service_deployments(service="web", maxResults=100)["serviceDeployments"]
    assert rows[0]["status"] == "SUCCESSFUL"
    assert {row["status"] for row in rows} <= {"SUCCESSFUL", "STOPPED"}


def test_a_service_that_flaps_between_none_and_five_keeps_its_bounds(web):
    web.create(web.define(), desiredCount=0)
    for turn in range(30):
        web.update(desiredCount=5 * (turn % 2))
        service = web.look()
        assert service["runningCount"] + service["pendingCount"] <= 10
    service = web.steady()
    assert (service["desiredCount"], len(web.task_arns())) == (5, 5)
    assert len(web.ecs.list_service_deployments(service="web")["serviceDeployments"]) == 1


def test_tasks_stopped_by_hand_in_mid_deployment_neither_fail_nor_stall_it(web):
    web.create(web.define(), desiredCount=4, deploymentConfiguration=BREAKER)
    web.steady()
    wanted = web.define(environment=OTHER)
    web.update(taskDefinition=wanted)
    for _ in range(5):
        for task in web.task_arns()[:2]:
            web.ecs.stop_task(task=task)
    service = web.steady()
    assert (service["taskDefinition"], service["deployments"][0]["failedTasks"]) == (wanted, 0)


def test_a_service_outlives_the_task_definition_that_it_runs(web):
    definition = web.define()
    web.create(definition, desiredCount=1)
    web.steady()
    web.ecs.deregister_task_definition(taskDefinition=definition)
    web.ecs.delete_task_definitions(taskDefinitions=[definition])
    web.ecs.stop_task(task=web.task_arns()[0])
    web.update(desiredCount=2, forceNewDeployment=True)
    assert web.steady()["runningCount"] == 2


@pytest.mark.parametrize("delay", [0, 0.05, 0.2])
def test_a_service_deleted_while_it_starts_frees_its_name(web, delay):
    slow = web.define(sim=SLOW)
    web.create(slow, desiredCount=3)
    threading.Event().wait(delay)
    assert web.delete(force=True)["status"] == "DRAINING"
    web.until(lambda s: s["status"] == "INACTIVE", what="INACTIVE")
    assert web.ecs.list_tasks()["taskArns"] == []
    again = web.create(web.define(), desiredCount=1)
    assert (again["events"], len(again["deployments"])) == ([], 1)
    assert web.steady()["events"][-1]["message"].startswith("(service web) has started 1 tasks")
    assert len(web.ecs.list_service_deployments(service="web")["serviceDeployments"]) == 1


def test_an_update_right_after_a_stop_takes_over(web):
    good = web.define()
    web.create(good, desiredCount=2)
    web.steady()
    web.update(taskDefinition=web.define(sim=SLOW))
    web.ecs.stop_service_deployment(serviceDeploymentArn=web.look()["currentServiceDeployment"])
    web.update(taskDefinition=good, forceNewDeployment=True)
    assert web.steady()["taskDefinition"] == good
    statuses = [row["status"] for row in web.ecs.list_service_deployments(service="web")["serviceDeployments"]]
    assert statuses[0] == statuses[-1] == "SUCCESSFUL"
    assert "IN_PROGRESS" not in statuses and "ROLLBACK_REQUESTED" not in statuses


def test_pages_stay_whole_when_the_service_they_stand_at_goes(web):
    definition = web.define()
    names = [f"p{i:02}" for i in range(13)]
    for name in names:
        web.ecs.create_service(serviceName=name, taskDefinition=definition, desiredCount=0)
    page = web.ecs.list_services(maxResults=5)
    web.ecs.delete_service(service=names[4])
    harness.eventually(lambda: len(web.ecs.list_services(maxResults=100)["serviceArns"]) == 12, 5, what="INACTIVE")
    rest = web.ecs.list_services(maxResults=100, nextToken=page["nextToken"])
    assert [arn.split("/")[-1] for arn in page["serviceArns"] + rest["serviceArns"]] == names
    with pytest.raises(botocore.exceptions.ClientError, match="Invalid token"):
        web.ecs.list_services(launchType="EC2", nextToken=page["nextToken"])
