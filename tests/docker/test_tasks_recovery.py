"""Crashes and lost containers (decisions.md 6 and 24): kill -9 at any moment and start again."""
import time

import pytest

import harness
import harness_docker
from docker_tasks import Tasks, by_name


@pytest.fixture
def tasks(start_server, image):
    return Tasks(start_server(), image)


def reconnect(tasks):
    tasks.server.restart(kill=True)
    return Tasks(tasks.server, tasks.image)


def test_after_kill_9_the_same_containers_go_on_and_ended_ones_have_their_code(tasks):
    lives = tasks.run_awsvpc({"name": "web", "sh": "sleep 100", "stopTimeout": 2},
                             {"name": "side", "sh": "sleep 100", "stopTimeout": 2})
    ends = tasks.run({"name": "job", "sh": "sleep 4; exit 9"})
    before = {arn: tasks.wait(arn, "RUNNING") for arn in (lives, ends)}
    ids = {name: c["Id"] for name, c in tasks.containers(lives).items()}
    tasks.server.kill9()
    time.sleep(4)
    tasks.server.start()
    ended = tasks.wait(ends)
    assert by_name(ended)["job"]["exitCode"] == 9
    assert ended["startedAt"] == before[ends]["startedAt"]
    after = tasks.task(lives)
    assert after["lastStatus"] == "RUNNING" and after["version"] == before[lives]["version"]
    assert {name: c["Id"] for name, c in tasks.containers(lives).items()} == ids
    assert after["attachments"] == before[lives]["attachments"]
    tasks.ecs.stop_task(task=lives)
    tasks.wait(lives)


@pytest.mark.parametrize("milliseconds", [0, 20, 60, 120, 250, 400, 700])
def test_kill_9_in_the_middle_of_a_launch_leaks_nothing(tasks, milliseconds):
    definition = tasks.define({"name": "web", "sh": "sleep 100", "stopTimeout": 2},
                              {"name": "side", "sh": "sleep 100", "stopTimeout": 2})
    arn = tasks.run_again(definition)
    time.sleep(milliseconds / 1000)
    tasks.server.restart(kill=True)
    running = tasks.wait(arn, "RUNNING")
    found = tasks.containers(arn)
    assert {c["name"]: c["runtimeId"] for c in running["containers"]} == {n: c["Id"] for n, c in found.items()}
    assert len(harness_docker.containers(f"label=com.amazonaws.ecs.task-arn={arn}")) == 2
    tasks.ecs.stop_task(task=arn)
    tasks.wait(arn)


def test_a_container_removed_by_hand_has_vanished(tasks):
    arn = tasks.run({"name": "web", "sh": "sleep 100"})
    tasks.wait(arn, "RUNNING")
    harness_docker.docker("rm", "-f", tasks.containers(arn)["web"]["Id"])
    ended = tasks.wait(arn)
    assert ended["stopCode"] == "EssentialContainerExited"


def test_a_reset_leaves_nothing(tasks):
    tasks.wait(tasks.run_awsvpc({"name": "web", "sh": "sleep 100"}), "RUNNING")
    tasks.run({"name": "web", "sh": "sleep 100", "mountPoints": [{"sourceVolume": "v", "containerPath": "/v"}]},
              volumes=[{"name": "v"}])
    server_id, = tasks.server.server_ids
    assert tasks.server.request("POST", "/_slipway/reset", timeout=60).status == 200
    assert not any(harness_docker.objects_of(server_id).values())
    again = Tasks(tasks.server, tasks.image)
    again.wait(again.run({"name": "job", "sh": "exit 0"}))


def test_an_ephemeral_server_takes_its_containers_along(start_server, image):
    tasks = Tasks(start_server("--ephemeral"), image)
    tasks.wait(tasks.run_awsvpc({"name": "web", "sh": "sleep 100"}), "RUNNING")
    server_id, = tasks.server.server_ids
    tasks.server.stop()
    assert not any(harness_docker.objects_of(server_id).values())


def test_a_normal_end_leaves_containers_running(tasks):
    arn = tasks.run({"name": "web", "sh": "sleep 100", "stopTimeout": 2})
    tasks.wait(arn, "RUNNING")
    tasks.server.stop()
    assert tasks.containers(arn)["web"]["State"]["Running"]
    tasks.server.start()
    assert tasks.task(arn)["lastStatus"] == "RUNNING"
    tasks.ecs.stop_task(task=arn)
    harness.eventually(lambda: tasks.task(arn)["lastStatus"] == "STOPPED", 15)
