"""Services that keep what they promise, on the simulated engine: steady state, healing, scaling, deletion, waiters, tags, task
protection, restarts. Deployments have a file of their own (test_service_deployments.py)."""
import datetime
import json

import botocore.exceptions
import pytest

import harness
from harness_services import Service, is_steady

pytestmark = pytest.mark.serve("--time-scale", "100")

WAIT = {"Delay": 0.1, "MaxAttempts": 150}
VPC = {"awsvpcConfiguration": {"subnets": ["subnet-0a1b2c3d", "subnet-0a1b2c3e"]}}
STARTED, COMPLETED, STEADY = "has started {} tasks: {}.", "(deployment D1) deployment completed.", "has reached a steady state."


def started(count):
    return STARTED.format(count, " ".join(["(task T)"] * count))


@pytest.fixture
def web(server):
    return Service(server)


@pytest.fixture
def three(web):
    """A steady service of three."""
    web.create(web.define(), desiredCount=3)
    web.steady()
    return web


def wait_for(client, waiter, **members):
    client.get_waiter(waiter).wait(WaiterConfig=WAIT, **members)


def test_a_new_service_comes_to_a_steady_state_and_says_so(web):
    created = web.create(web.define(), desiredCount=3)
    wait_for(web.ecs, "services_stable", services=["web"])
    service = web.steady()
    assert (service["runningCount"], service["pendingCount"], len(service["deployments"])) == (3, 0, 1)
    primary = service["deployments"][0]
    assert primary["id"] == created["deployments"][0]["id"]
    assert (primary["desiredCount"], primary["runningCount"], primary["failedTasks"]) == (3, 3, 0)
    assert primary["rolloutStateReason"] == f"ECS deployment {primary['id']} completed."
    assert web.messages() == [started(3), COMPLETED, STEADY]
    row = web.row()
    assert (row["status"], row["sourceServiceRevisions"]) == ("SUCCESSFUL", [])
    assert row["targetServiceRevision"]["runningTaskCount"] == 3
    assert row["createdAt"] <= row["startedAt"] <= row["finishedAt"]
    for task in web.tasks():
        assert (task["group"], task["startedBy"]) == ("service:web", primary["id"])
    cluster = web.ecs.describe_clusters()["clusters"][0]
    assert (cluster["activeServicesCount"], cluster["runningTasksCount"]) == (1, 3)


def test_events_come_newest_first_with_times_that_differ(three):
    events = three.look()["events"]
    times = [event["createdAt"] for event in events]
    assert times == sorted(times, reverse=True) and len(set(times)) == len(times)
    assert len({event["id"] for event in events}) == len(events)


@pytest.mark.parametrize("reason", [None, "enough"])
def test_a_stopped_task_is_replaced_and_the_deployment_stays_completed(three, reason):
    victim = three.task_arns()[0]
    three.ecs.stop_task(task=victim, **({"reason": reason} if reason else {}))
    assert three.primary()["rolloutState"] == "COMPLETED"
    three.until(lambda s: s["runningCount"] == 3 and victim not in three.task_arns(), what="replaced")
    assert three.messages()[3:4] == [started(1)]
    three.until(lambda s: len(s["events"]) == 5, what="steady again")
    assert three.messages()[4:] == [STEADY]
    assert three.primary()["failedTasks"] == 0


@pytest.mark.parametrize("end", [{"run-seconds": 90, "exit-code": 3}, {"run-seconds": 90, "oom": "true"}])
def test_tasks_that_die_are_replaced_again_and_again(web, end):
    web.create(web.define(sim=end), desiredCount=2)
    web.steady()
    first = set(web.task_arns())
    web.until(lambda s: s["runningCount"] == 2 and not first & set(web.task_arns()), what="all replaced")
    second = set(web.task_arns())
    web.until(lambda s: s["runningCount"] == 2 and not second & set(web.task_arns()), what="and once more")
    assert web.primary()["rolloutState"] == "COMPLETED"
    ended = [task for task in web.tasks("STOPPED") if task["taskArn"] in first]
    assert {task["stopCode"] for task in ended} == {"EssentialContainerExited"}


def test_a_service_that_cannot_start_tasks_is_throttled_and_says_so(web):
    web.create(web.define(image="app:missing"), desiredCount=1)
    throttled = ("is unable to consistently start tasks successfully. For more information, see the Troubleshooting section of the "
                 "Amazon ECS Developer Guide.")
    web.until(lambda s: any(throttled in event["message"] for event in s["events"]), what="throttled")
    before = web.primary()["failedTasks"]
    web.until(lambda s: s["deployments"][0]["failedTasks"] >= before + 2, what="tried again")
    service = web.look()
    assert (service["deployments"][0]["rolloutState"], service["runningCount"]) == ("IN_PROGRESS", 0)
    assert {t["stopCode"] for t in web.tasks("STOPPED")} == {"TaskFailedToStart"}
    assert web.messages().count(throttled) == 1
    web.update(taskDefinition=web.define())
    web.steady()


def test_scaling_starts_and_stops_tasks_and_makes_no_deployment(three):
    first = three.primary()["id"]
    before = set(three.task_arns())
    assert three.update(desiredCount=5)["desiredCount"] == 5
    three.until(lambda s: is_steady(s) and s["runningCount"] == 5)
    assert before < set(three.task_arns())
    three.update(desiredCount=1)
    three.until(lambda s: s["runningCount"] == 1)
    stopped = three.tasks("STOPPED")
    assert {(t["stopCode"], t["stoppedReason"]) for t in stopped} == {
        ("ServiceSchedulerInitiated", f"Scaling activity initiated by (deployment {first})")}
    three.update(desiredCount=0)
    three.until(lambda s: s["runningCount"] == 0 and three.messages()[-1] == STEADY)
    wait_for(three.ecs, "services_stable", services=["web"])
    assert three.primary()["id"] == first
    assert not three.task_arns()


def test_a_service_of_none_is_steady_and_can_be_deleted_without_force(web):
    web.create(web.define(), desiredCount=0)
    web.steady()
    assert web.messages() == [COMPLETED, STEADY]
    assert web.delete()["status"] in ("DRAINING", "INACTIVE")
    wait_for(web.ecs, "services_inactive", services=["web"])


def test_delete_with_force_stops_all_tasks_then_the_name_is_free(three):
    arns = three.task_arns()
    deleted = three.delete(force=True)
    assert (deleted["status"], deleted["desiredCount"]) == ("DRAINING", 0)
    wait_for(three.ecs, "services_inactive", services=["web"])
    wait_for(three.ecs, "tasks_stopped", tasks=arns)
    service = three.look()
    assert (service["runningCount"], service["pendingCount"], service["deployments"]) == (0, 0, [])
    assert three.ecs.list_services()["serviceArns"] == []
    assert three.ecs.describe_clusters()["clusters"][0]["activeServicesCount"] == 0
    again = three.create("web", desiredCount=1)
    assert again["serviceArn"] == deleted["serviceArn"]
    three.steady()
    three.delete(force=True)
    with pytest.raises(botocore.exceptions.WaiterError, match="DRAINING|INACTIVE"):
        wait_for(three.ecs, "services_stable", services=["web"])


def test_a_service_that_is_deleted_waits_for_tasks_that_stop_slowly(web):
    web.create(web.define(sim={"stop-seconds": 100}, stopTimeout=110), desiredCount=2)
    web.steady()
    web.delete(force=True)
    assert web.look()["status"] == "DRAINING"
    with pytest.raises(botocore.exceptions.ClientError) as refused:
        web.create("web", desiredCount=1)
    assert refused.value.response["Error"]["Message"] == "Unable to Start a service that is still Draining."
    web.until(lambda s: s["status"] == "INACTIVE")


def test_waiters_of_tasks(three):
    arns = three.task_arns()
    wait_for(three.ecs, "tasks_running", tasks=arns)
    three.ecs.stop_task(task=arns[0])
    wait_for(three.ecs, "tasks_stopped", tasks=arns[:1])
    with pytest.raises(botocore.exceptions.WaiterError, match="STOPPED"):
        wait_for(three.ecs, "tasks_running", tasks=arns)


def test_the_waiter_of_the_aws_cli(three, aws):
    aws("ecs", "wait", "services-stable", "--services", "web")


def test_tags_reach_the_tasks_as_the_service_says(server):
    tags = {"SERVICE": {"of": "service"}, "TASK_DEFINITION": {"of": "definition"}, "NONE": {}}
    for number, (source, wanted) in enumerate(tags.items()):
        web = Service(server, f"web{number}")
        definition = web.define(definition={"tags": [{"key": "of", "value": "definition"}]})
        web.create(definition, desiredCount=1, propagateTags=source, enableECSManagedTags=number != 2,
                   tags=[{"key": "of", "value": "service"}])
        web.steady()
        managed = {"aws:ecs:clusterName": "default", "aws:ecs:serviceName": web.name} if number != 2 else {}
        [task] = web.tasks()
        assert {tag["key"]: tag["value"] for tag in task["tags"]} == {**wanted, **managed}


def test_tags_flags_changed_in_place_hold_for_later_tasks(three):
    three.ecs.tag_resource(resourceArn=three.look()["serviceArn"], tags=[{"key": "team", "value": "a"}])
    three.update(propagateTags="SERVICE")
    assert three.primary()["rolloutState"] == "COMPLETED"
    three.update(desiredCount=4)
    three.steady()
    assert sorted(len(task["tags"]) for task in three.tasks()) == [0, 0, 0, 1]


def test_fargate_tasks_spread_over_the_zones_of_their_subnets(web):
    web.create(web.define(fargate=True), desiredCount=4, launchType="FARGATE", networkConfiguration=VPC)
    web.steady()
    zones = [task["availabilityZone"] for task in web.tasks()]
    assert sorted(zones.count(zone) for zone in set(zones)) == [2, 2]
    subnets = [detail["value"] for task in web.tasks() for detail in task["attachments"][0]["details"]
               if detail["name"] == "subnetId"]
    assert sorted(subnets) == sorted(VPC["awsvpcConfiguration"]["subnets"] * 2)
    web.update(desiredCount=2)
    web.until(lambda s: s["runningCount"] == 2)
    assert len({task["availabilityZone"] for task in web.tasks()}) == 2, "scaled in where the most tasks were"


def test_a_capacity_provider_strategy_is_shared_out(server):
    server.ecs.create_cluster(clusterName="default", capacityProviders=["FARGATE", "FARGATE_SPOT"])
    web = Service(server)
    strategy = [{"capacityProvider": "FARGATE", "base": 1, "weight": 1}, {"capacityProvider": "FARGATE_SPOT", "weight": 3}]
    web.create(web.define(fargate=True), desiredCount=5, capacityProviderStrategy=strategy, networkConfiguration=VPC)
    service = web.steady()
    assert "launchType" not in service
    names = [task["capacityProviderName"] for task in web.tasks()]
    assert (names.count("FARGATE"), names.count("FARGATE_SPOT")) == (2, 3)


def test_protected_tasks_survive_scaling_in_until_the_protection_expires(three, server):
    kept = sorted(three.task_arns())[:2]
    answer = three.ecs.update_task_protection(cluster="default", tasks=kept, protectionEnabled=True, expiresInMinutes=10)
    assert answer["failures"] == []
    assert {task["protectionEnabled"] for task in answer["protectedTasks"]} == {True}
    three.update(desiredCount=0)
    three.until(lambda s: s["runningCount"] == 2)
    reason = "was unable to reach steady state because (taskSet D1) was unable to scale in due to (reason 2 tasks under protection)"
    three.until(lambda s: any("under protection" in event["message"] for event in s["events"]))
    texts = [text.replace("D2", "D1") for text in three.messages()]
    assert texts.count(f"{reason}") == 1
    assert sorted(three.task_arns()) == kept
    three.ecs.update_task_protection(cluster="default", tasks=kept[:1], protectionEnabled=False)
    three.until(lambda s: s["runningCount"] == 1)
    server.request("POST", "/_slipway/clock", json.dumps({"advanceSeconds": 600}))
    three.until(lambda s: s["runningCount"] == 0 and is_steady(s))


def test_protected_tasks_hold_a_deployment_up(three):
    kept = sorted(three.task_arns())[:1]
    three.ecs.update_task_protection(cluster="default", tasks=kept, protectionEnabled=True, expiresInMinutes=2000)
    three.update(taskDefinition=three.define())
    three.until(lambda s: s["runningCount"] == 4 and s["deployments"][0]["runningCount"] == 3)
    three.until(lambda s: any("under protection" in event["message"] for event in s["events"]))
    assert three.primary()["rolloutState"] == "IN_PROGRESS"
    refused = three.ecs.update_task_protection(cluster="default", tasks=kept, protectionEnabled=True)["failures"]
    assert refused == [{"arn": kept[0], "reason": "DEPLOYMENT_BLOCKED"}]
    three.ecs.update_task_protection(cluster="default", tasks=kept, protectionEnabled=False)
    three.steady()


def test_force_deletes_protected_tasks_too(three):
    three.ecs.update_task_protection(cluster="default", tasks=three.task_arns(), protectionEnabled=True)
    three.delete(force=True)
    three.until(lambda s: s["status"] == "INACTIVE")


@pytest.mark.serve()
def test_an_advanced_clock_ends_a_deployment(web, server):
    web.create(web.define(), desiredCount=2)
    web.until(lambda s: s["runningCount"] == 2)
    before = web.look()["deployments"][0]
    assert before["rolloutState"] == "IN_PROGRESS"
    server.request("POST", "/_slipway/clock", json.dumps({"advanceSeconds": 60}))
    service = web.steady(seconds=5)
    assert service["deployments"][0]["updatedAt"] - before["createdAt"] >= datetime.timedelta(seconds=60)


def test_accounts_and_regions_do_not_see_each_others_services(server):
    clients = [server.ecs, server.client("ecs", region="eu-west-1"), server.client("ecs", access_key="111111111111")]
    services = [Service(server, client=client) for client in clients]
    for number, web in enumerate(services, 1):
        web.create(web.define(), desiredCount=number)
    for number, web in enumerate(services, 1):
        web.steady()
        assert len(web.task_arns()) == number
    services[1].delete(force=True)
    services[1].until(lambda s: s["status"] == "INACTIVE")
    assert [len(web.task_arns()) for web in (services[0], services[2])] == [1, 3]


def test_a_steady_service_is_left_alone_by_a_killed_server(three, server):
    before = three.look()
    server.restart(kill=True)
    # The simulated engine's containers end with the process: the service heals.
    three.until(lambda s: is_steady(s) and len(s["events"]) > len(before["events"]))
    assert three.primary()["id"] == before["deployments"][0]["id"]
    assert three.messages()[:3] == [started(3), COMPLETED, STEADY]
    assert three.primary()["rolloutState"] == "COMPLETED"
    harness.eventually(lambda: len(three.task_arns()) == 3, what="three tasks")


def test_a_server_killed_in_mid_deployment_goes_on_where_it_was(three, server):
    three.update(taskDefinition=three.define(sim={"start-seconds": 30}))
    three.until(lambda s: s["deployments"][0]["pendingCount"] == 3)
    wanted = three.primary()["id"]
    server.restart(kill=True)
    service = three.steady()
    assert service["deployments"][0]["id"] == wanted
    assert three.row()["status"] == "SUCCESSFUL"
    assert {task["taskDefinitionArn"][-6:] for task in three.tasks()} == {"/web:2"}
    assert len(three.messages()) == len(set(event["id"] for event in three.look()["events"]))
