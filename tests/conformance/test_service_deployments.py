"""Deployments of services on the simulated engine: batches between the bounds, circuit breaker and rollback, updates on top of
each other, health as a gate. The words of the events are those of ECS, and so is their order."""
import datetime
import re

import botocore.exceptions
import pytest

from harness_services import Lives, Service, is_steady

pytestmark = pytest.mark.serve("--time-scale", "100")

BREAKER = {"deploymentCircuitBreaker": {"enable": True, "rollback": True}}
WATCHED = {"deploymentCircuitBreaker": {"enable": True, "rollback": False}}
CHECK = {"command": ["CMD", "true"], "interval": 5}
STEADY = "has reached a steady state."
FAILED = "(deployment D2) deployment failed: tasks failed to start."
BACK = "rolling back to deployment D1."
ROLLED_BACK = "Service deployment rolled back because the circuit breaker threshold was exceeded."
BREAKER_FAILED = "ECS deployment circuit breaker: tasks failed to start."
BAD = [{"image": "app:missing"}, {"sim": {"run-seconds": 1, "exit-code": 1}}, {"sim": {"start-error": "no such file"}}]


def started(count):
    return f"has started {count} tasks: {' '.join(['(task T)'] * count)}."


def batches(messages):
    """Starts and stops in their order, those of one kind that follow each other taken together: "+3", "-3". Tasks that come
    up some milliseconds apart may be told of one by one."""
    moves = []
    for text in messages:
        found = re.match(r"(?:has started|has stopped|stopped) (\d+) ", text)
        if not found:
            continue
        count = int(found[1]) * (1 if "has started" in text else -1)
        if moves and (moves[-1] > 0) == (count > 0):
            moves[-1] += count
        else:
            moves.append(count)
    return moves


def completed(name):
    return f"(deployment {name}) deployment completed."


@pytest.fixture
def web(server):
    return Service(server)


def steady(web, count, configuration=None, **container):
    web.create(web.define(**container), desiredCount=count, deploymentConfiguration=configuration or {})
    return web.steady()


def failed(service):
    return service["deployments"][0]["rolloutState"] == "FAILED"


def bounds(minimum, maximum):
    return {"minimumHealthyPercent": minimum, "maximumPercent": maximum}


@pytest.mark.parametrize("minimum, maximum, desired, fewest, most, moves", [
    (100, 200, 3, 3, 6, [3, -3]),
    (50, 100, 4, 2, 4, [-2, 2, -2, 2]),
    (0, 100, 2, 0, 2, [-2, 2]),
    (100, 150, 4, 4, 6, [2, -2, 2, -2]),
    (75, 125, 4, 3, 5, None),
])
def test_a_rolling_update_keeps_between_its_bounds(web, minimum, maximum, desired, fewest, most, moves):
    before = steady(web, desired, bounds(minimum, maximum))
    began = before["events"][0]["createdAt"]
    web.update(taskDefinition=web.define(sim={"start-seconds": 10}))
    after = web.steady()
    lives = Lives(web.all_tasks())
    assert lives.most_alive() <= most
    assert lives.fewest_healthy(began) >= fewest
    assert {task["taskDefinitionArn"][-6:] for task in web.tasks()} == {"/web:2"}
    assert after["taskDefinition"].endswith("/web:2")
    told = web.messages()[3:]
    assert told[-2:] == [completed("D2"), STEADY]
    assert sum(batches(told)) == 0
    if moves:
        assert batches(told) == moves
        assert lives.most_alive() == most


def test_what_clients_see_during_a_rolling_update(web):
    steady(web, 2)
    first = web.primary()["id"]
    updated = web.update(taskDefinition=web.define(sim={"start-seconds": 20}))
    new, old = updated["deployments"]
    assert (new["status"], new["rolloutState"], new["rolloutStateReason"]) == (
        "PRIMARY", "IN_PROGRESS", f"ECS deployment {new['id']} in progress.")
    assert (old["id"], old["status"], old["rolloutState"]) == (first, "ACTIVE", "COMPLETED")
    during = web.until(lambda s: s["pendingCount"] == 2)
    assert (during["runningCount"], during["desiredCount"], len(during["currentServiceRevisions"])) == (2, 2, 2)
    row = web.row()
    assert (row["status"], row["sourceServiceRevisions"][0]["arn"].rsplit("/", 1)[1]) == (
        "IN_PROGRESS", first.removeprefix("ecs-svc/"))
    done = web.steady()
    assert done["currentServiceRevisions"] == [{
        "arn": row["targetServiceRevision"]["arn"], "requestedTaskCount": 2, "runningTaskCount": 2, "pendingTaskCount": 0}]
    assert web.row(row["serviceDeploymentArn"])["status"] == "SUCCESSFUL"
    assert len(web.ecs.list_service_deployments(service="web")["serviceDeployments"]) == 2


@pytest.mark.parametrize("bad", BAD, ids=["unpullable", "exits", "start fails"])
def test_the_circuit_breaker_rolls_back_to_the_old_deployment(web, bad):
    old = steady(web, 2, BREAKER)
    kept = set(web.task_arns())
    updated = web.update(taskDefinition=web.define(**bad))
    back = web.until(lambda s: s["deployments"][0]["id"] == old["deployments"][0]["id"], what="rolled back")
    assert back["taskDefinition"].endswith("/web:1")
    service = web.steady()
    assert set(web.task_arns()) == kept, "nobody noticed"
    assert service["deployments"][0]["taskDefinition"].endswith("/web:1")
    told = web.messages()[3:]
    assert told[0] == started(2)
    assert [text for text in told if not text.startswith(("has started", "has stopped", "stopped"))] == [
        FAILED, BACK, completed("D1"), STEADY]
    row = web.row(updated["currentServiceDeployment"])
    assert (row["status"], row["statusReason"]) == ("ROLLBACK_SUCCESSFUL", ROLLED_BACK)
    assert row["rollback"]["serviceRevisionArn"].endswith(old["deployments"][0]["id"].removeprefix("ecs-svc/"))
    assert row["deploymentCircuitBreaker"] == {"status": "TRIGGERED", "failureCount": 3, "threshold": 3}
    assert len(web.ecs.list_service_deployments(service="web")["serviceDeployments"]) == 2
    web.update(taskDefinition=web.define())
    web.steady()
    assert web.row()["status"] == "SUCCESSFUL"


def test_a_rollback_that_must_start_tasks_is_seen_in_progress(web):
    steady(web, 2, {**BREAKER, **bounds(0, 100)}, sim={"start-seconds": 10})
    first = web.primary()["id"]
    web.update(taskDefinition=web.define(image="app:missing"))
    during = web.until(lambda s: s["deployments"][0]["id"] == first and s["runningCount"] == 0, what="rolling back")
    primary = during["deployments"][0]
    assert (primary["status"], primary["rolloutState"], primary["rolloutStateReason"]) == (
        "PRIMARY", "IN_PROGRESS", f"ECS deployment circuit breaker: rolling back to deploymentId {first}.")
    assert web.row()["status"] == "ROLLBACK_IN_PROGRESS"
    for other in during["deployments"][1:]:
        assert (other["status"], other["rolloutState"], other["rolloutStateReason"]) == ("ACTIVE", "FAILED", BREAKER_FAILED)
    web.steady()
    assert web.row()["status"] == "ROLLBACK_SUCCESSFUL"
    assert web.messages()[-2:] == [completed("D1"), STEADY]


def test_an_update_while_a_rollback_is_going_on_takes_over(web):
    steady(web, 2, {**BREAKER, **bounds(0, 100)}, sim={"start-seconds": 30})
    first = web.primary()["id"]
    web.update(taskDefinition=web.define(image="app:missing"))
    web.until(lambda s: s["deployments"][0]["id"] == first, what="rolling back")
    broken = web.look()["currentServiceDeployment"]
    web.update(taskDefinition=web.define())
    service = web.steady()
    assert service["taskDefinition"].endswith("/web:3")
    assert (web.row()["status"], web.row(broken)["status"]) == ("SUCCESSFUL", "STOPPED")
    assert {task["taskDefinitionArn"][-6:] for task in web.tasks()} == {"/web:3"}


def test_without_rollback_the_failed_deployment_stays_and_the_old_tasks_too(web):
    steady(web, 2, WATCHED)
    kept = set(web.task_arns())
    web.update(taskDefinition=web.define(image="app:missing"))
    service = web.until(failed)
    assert service["deployments"][0]["rolloutStateReason"] == BREAKER_FAILED
    row = web.row()
    assert (row["status"], row["statusReason"]) == ("STOPPED", BREAKER_FAILED)
    web.until(lambda s: s["pendingCount"] == 0)
    assert set(web.task_arns()) == kept
    assert web.messages()[-1] == FAILED
    web.update(taskDefinition="web:1")
    service = web.steady()
    assert service["taskDefinition"].endswith("/web:1")


def test_a_first_deployment_has_nothing_to_roll_back_to(web):
    web.create(web.define(image="app:missing"), desiredCount=1, deploymentConfiguration=BREAKER)
    service = web.until(failed)
    assert service["deployments"][0]["rolloutStateReason"] == BREAKER_FAILED
    row = web.row()
    assert (row["status"], row["statusReason"]) == (
        "ROLLBACK_FAILED", "No rollback candidate was found to run the rollback.")
    assert [text for text in web.messages() if "started" not in text] == [
        "(deployment D1) deployment failed: tasks failed to start."]


def test_the_threshold_of_the_breaker_follows_the_desired_count(web):
    steady(web, 10, WATCHED)
    web.update(taskDefinition=web.define(image="app:missing"))
    service = web.until(failed)
    assert service["deployments"][0]["failedTasks"] == 5
    assert web.row()["deploymentCircuitBreaker"] == {"status": "TRIGGERED", "failureCount": 5, "threshold": 5}


def test_an_update_during_an_update_wins(web):
    steady(web, 3)
    second = web.update(taskDefinition=web.define(sim={"start-seconds": 60}))
    web.until(lambda s: s["pendingCount"] == 3)
    web.update(taskDefinition=web.define())
    service = web.steady()
    assert service["taskDefinition"].endswith("/web:3")
    assert web.row(second["currentServiceDeployment"])["status"] == "STOPPED"
    assert web.row()["status"] == "SUCCESSFUL"
    assert Lives(web.all_tasks()).most_alive() <= 6
    assert web.messages()[-2:] == [completed("D2"), STEADY] or web.messages()[-2:] == [completed("D3"), STEADY]


def test_many_updates_in_a_row_end_with_the_last(web):
    steady(web, 2)
    for _ in range(6):
        web.update(taskDefinition=web.define())
    service = web.steady()
    assert service["taskDefinition"].endswith("/web:7")
    rows = web.ecs.list_service_deployments(service="web")["serviceDeployments"]
    assert [row["status"] for row in rows] == ["SUCCESSFUL", *["STOPPED"] * 5, "SUCCESSFUL"]


def test_an_older_revision_is_deployed_as_a_new_deployment(web):
    steady(web, 2)
    first = web.primary()["id"]
    web.update(taskDefinition=web.define())
    web.steady()
    web.update(taskDefinition="web:1")
    service = web.steady()
    assert (service["taskDefinition"][-6:], service["deployments"][0]["id"] == first) == ("/web:1", False)


def test_a_forced_deployment_replaces_every_task_by_an_equal_one(web):
    steady(web, 2)
    before = set(web.task_arns())
    web.update(forceNewDeployment=True)
    service = web.steady()
    assert not before & set(web.task_arns())
    assert service["taskDefinition"].endswith("/web:1")


def test_scaling_during_a_deployment_goes_to_the_new_one(web):
    steady(web, 2)
    web.update(taskDefinition=web.define(sim={"start-seconds": 20}))
    web.until(lambda s: s["pendingCount"] == 2)
    web.update(desiredCount=4)
    service = web.steady()
    assert (service["runningCount"], len(service["deployments"])) == (4, 1)
    assert {task["taskDefinitionArn"][-6:] for task in web.tasks()} == {"/web:2"}


def test_a_service_scaled_to_none_in_mid_deployment_completes(web):
    steady(web, 2)
    web.update(taskDefinition=web.define(image="app:missing"))
    web.update(desiredCount=0)
    web.steady()
    assert web.row()["status"] == "SUCCESSFUL"


@pytest.mark.parametrize("rolled_back", [True, False])
def test_stop_service_deployment_rolls_back(web, rolled_back):
    if rolled_back:
        steady(web, 2)
        row = web.update(taskDefinition=web.define(sim={"start-seconds": 100}))["currentServiceDeployment"]
        web.until(lambda s: s["pendingCount"] == 2)
    else:
        row = web.create(web.define(sim={"start-seconds": 100}), desiredCount=2)["currentServiceDeployment"]
    answer = web.ecs.stop_service_deployment(serviceDeploymentArn=row, stopType="ROLLBACK")
    assert answer["serviceDeploymentArn"] == row
    if not rolled_back:
        web.until(failed)
        assert web.row(row)["status"] == "ROLLBACK_FAILED"
        return
    service = web.steady()
    assert service["taskDefinition"].endswith("/web:1")
    ended = web.row(row)
    assert ended["status"] == "ROLLBACK_SUCCESSFUL"
    with pytest.raises(botocore.exceptions.ClientError, match="ConflictException"):
        web.ecs.stop_service_deployment(serviceDeploymentArn=row)


def test_a_deleted_service_ends_its_deployment(web):
    steady(web, 2)
    row = web.update(taskDefinition=web.define(sim={"start-seconds": 100}))["currentServiceDeployment"]
    web.until(lambda s: s["pendingCount"] == 2)
    web.delete(force=True)
    web.until(lambda s: s["status"] == "INACTIVE")
    assert web.row(row)["status"] == "STOPPED"
    assert web.ecs.list_tasks(family="web")["taskArns"] == []
    with pytest.raises(botocore.exceptions.ClientError, match="ServiceNotFoundException"):
        web.task_arns()


def test_health_checks_are_the_gate(web):
    steady(web, 2, healthCheck=CHECK, sim={"health": "healthy-after:10"})
    web.update(taskDefinition=web.define(healthCheck=CHECK, sim={"health": "healthy-after:60"}))
    web.until(lambda s: s["deployments"][0]["runningCount"] == 2)
    assert web.look()["runningCount"] == 4, "the old ones serve until the new ones are healthy"
    service = web.steady()
    new = [task for task in web.tasks() if task["healthStatus"] == "HEALTHY"]
    assert len(new) == service["runningCount"] == 2
    old = [task for task in web.tasks("STOPPED") if task["taskDefinitionArn"].endswith("/web:1")]
    well = min(task["createdAt"] for task in new) + datetime.timedelta(seconds=60)
    assert all(task["stoppingAt"] >= well for task in old)


def test_tasks_that_never_become_healthy_trip_the_breaker(web):
    steady(web, 2, BREAKER, healthCheck=CHECK, sim={"health": "healthy"})
    web.update(taskDefinition=web.define(healthCheck=CHECK, sim={"health": "unhealthy"}))
    web.until(lambda s: any("deployment failed" in event["message"] for event in s["events"]))
    service = web.steady()
    assert service["taskDefinition"].endswith("/web:1")
    assert "(task T) failed container health checks." in web.messages()
    assert web.row()["status"] == "ROLLBACK_SUCCESSFUL"


def test_an_unhealthy_task_of_a_steady_service_is_replaced_before_it_stops(web):
    steady(web, 2, healthCheck=CHECK, sim={"health": "unhealthy-after:50"})
    first = set(web.task_arns())
    web.until(lambda s: not first & set(web.task_arns()) and s["runningCount"] >= 2, what="both replaced")
    told = web.messages()[3:]
    replaced = [text for text in told if "due to an unhealthy status" in text]
    assert replaced and re.search(r"Amazon ECS replaced (1|2) tasks due to an unhealthy status\.$", replaced[0])
    assert "(task T) failed container health checks." in told
    ended = [task for task in web.tasks("STOPPED") if task["taskArn"] in first]
    assert {(t["stopCode"], t["stoppedReason"]) for t in ended} == {
        ("ServiceSchedulerInitiated", "Task failed container health checks")}
    assert web.primary()["rolloutState"] == "COMPLETED"


def test_one_hundred_events_are_kept(web):
    steady(web, 1)
    for number in range(60):
        web.update(desiredCount=2 if number % 2 == 0 else 1)
        web.until(lambda s, n=number: s["runningCount"] == (2 if n % 2 == 0 else 1))
    events = web.look()["events"]
    assert len(events) <= 100
    assert is_steady(web.steady())
