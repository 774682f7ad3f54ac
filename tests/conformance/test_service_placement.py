"""Services on container instances: waiting for room, told as ECS tells it, and going on as soon as room comes free."""
import json

import pytest

import harness
from harness_services import Service, is_steady

pytestmark = pytest.mark.serve("--time-scale", "100", "--local-instance", "cpu=1024,memory=512")

NONE_MET = "was unable to place a task because no container instance met all of its requirements. "
MORE = " For more information, see the Troubleshooting section of the Amazon ECS Developer Guide."


@pytest.fixture
def web(server):
    return Service(server)


def told(web, text):
    return web.until(lambda s: any(text in event["message"] for event in s["events"]), what=text)


def instance(web):
    arns = web.ecs.list_container_instances()["containerInstanceArns"]
    return web.ecs.describe_container_instances(containerInstances=arns)["containerInstances"][0]


@pytest.mark.parametrize("container, why", [
    ({"memory": 200}, "has insufficient memory available"),
    ({"cpu": 400}, "has insufficient CPU units available"),
    ({"portMappings": [{"containerPort": 80, "hostPort": 8080}]}, "is already using a port required by your task"),
])
def test_a_service_that_finds_no_room_says_why_once_and_runs_what_has_room(web, container, why):
    web.create(web.define(**container), desiredCount=3)
    told(web, why)
    fits = 1 if "portMappings" in container else 2
    service = web.until(lambda s: s["runningCount"] == fits and s["pendingCount"] == 0)
    primary = service["deployments"][0]
    assert (primary["rolloutState"], primary["failedTasks"]) == ("IN_PROGRESS", 0)
    node = instance(web)["containerInstanceArn"].rsplit("/", 1)[1]
    wanted = f"{NONE_MET}The closest matching (container-instance {node}) {why}.{MORE}"
    assert [text for text in web.messages() if "started" not in text] == [wanted]
    web.update(desiredCount=fits)
    web.steady()


def test_it_goes_on_as_soon_as_another_task_makes_room(web, server):
    holder = Service(server, "holder")
    holder.create(holder.define(memory=400), desiredCount=1)
    holder.steady()
    web.create(web.define(memory=300), desiredCount=1)
    told(web, "has insufficient memory available")
    # A retry by the clock would come a minute of control time later at most: stop the clock's help by asking at once.
    holder.delete(force=True)
    web.steady()
    assert web.messages()[-3:] == ["has started 1 tasks: (task T).", "(deployment D1) deployment completed.",
                                   "has reached a steady state."]


@pytest.mark.serve("--local-instance", "cpu=1024,memory=512")
def test_room_that_comes_free_is_used_at_once_not_at_the_next_retry(web, server):
    blocker = web.ecs.run_task(taskDefinition=Service(server, "blocker").define(memory=400))["tasks"][0]["taskArn"]
    web.create(web.define(memory=300), desiredCount=1)
    told(web, "has insufficient memory available")
    server.request("POST", "/_slipway/clock", json.dumps({"advanceSeconds": 120}))  # the next retry is a minute away now
    web.ecs.stop_task(task=blocker)
    web.until(lambda s: s["runningCount"] == 1, seconds=3)


def test_a_fixed_port_is_deployed_by_stopping_first(web):
    """Desired 1 at 0/100 is how such a service is updated."""
    port = {"portMappings": [{"containerPort": 80, "hostPort": 8080}]}
    web.create(web.define(**port), desiredCount=1,
               deploymentConfiguration={"minimumHealthyPercent": 0, "maximumPercent": 100})
    web.steady()
    web.update(taskDefinition=web.define(**port))
    service = web.steady()
    assert service["taskDefinition"].endswith("/web:2")
    [task] = web.tasks()
    assert task["containers"][0]["networkBindings"][0]["hostPort"] == 8080


def test_a_fixed_port_at_the_usual_bounds_waits_and_says_why(web):
    port = {"portMappings": [{"containerPort": 80, "hostPort": 8080}]}
    web.create(web.define(**port), desiredCount=1)
    web.steady()
    web.update(taskDefinition=web.define(**port))
    told(web, "is already using a port required by your task")
    service = web.look()
    assert (service["runningCount"], len(service["deployments"])) == (1, 2)
    web.update(availabilityZoneRebalancing="DISABLED",
               deploymentConfiguration={"minimumHealthyPercent": 0, "maximumPercent": 100})
    assert web.steady()["taskDefinition"].endswith("/web:2")


@pytest.mark.serve("--time-scale", "100", "--strict")
def test_strictly_a_cluster_without_instances_has_no_room(web):
    web.create(web.define(), desiredCount=2)
    told(web, "No Container Instances were found in your cluster")
    assert [text for text in web.messages()] == [f"{NONE_MET}Reason: No Container Instances were found in your cluster.{MORE}"]
    service = web.look()
    assert (service["runningCount"], service["pendingCount"]) == (0, 0)
    with pytest.raises(AssertionError):
        harness.eventually(lambda: len(web.look()["events"]) > 1 or is_steady(web.look()), seconds=1)
    web.delete(force=True)
    web.until(lambda s: s["status"] == "INACTIVE")


def test_tasks_on_instances_follow_the_services_constraints(web):
    web.create(web.define(), desiredCount=2, placementConstraints=[{"type": "distinctInstance"}])
    web.until(lambda s: s["runningCount"] == 1 and len(s["events"]) == 2)
    assert web.messages()[-1].startswith(NONE_MET)
    assert 'encountered error "DistinctInstance placement constraint unsatisfied."' in web.messages()[-1]
