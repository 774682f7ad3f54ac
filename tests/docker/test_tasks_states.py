"""States, timestamps, exit codes, order of stops, dependencies, health, restarts (data-plane.md 1 and 2) in real
containers."""
import pytest

import harness
from docker_tasks import Tasks, by_name


@pytest.fixture
def tasks(shared_server, image):
    return Tasks(shared_server, image)


def test_a_task_passes_its_states_to_its_true_exit_code(tasks):
    arn = tasks.run({"name": "job", "sh": "sleep 1; exit 3"})
    running = tasks.wait(arn, "RUNNING")
    assert running["version"] == 2 and running["connectivity"] == "CONNECTED"
    assert len(by_name(running)["job"]["runtimeId"]) == 64
    ended = tasks.wait(arn)
    job = by_name(ended)["job"]
    assert job["exitCode"] == 3 and "reason" not in job
    assert (ended["stopCode"], ended["stoppedReason"]) == ("EssentialContainerExited",
                                                           "Essential container in task exited")
    assert ended["version"] == 5
    order = [ended[t] for t in ("createdAt", "startedAt", "executionStoppedAt", "stoppingAt", "stoppedAt")]
    assert order == sorted(order)
    assert "pullStartedAt" not in ended, "the image was there: no pull was tried"


def test_a_job_of_no_time_at_all_was_running(tasks):
    ended = tasks.wait(tasks.run({"name": "job", "sh": "exit 0"}))
    assert by_name(ended)["job"]["exitCode"] == 0
    assert ended["startedAt"] <= ended["stoppedAt"] and ended["version"] == 5


def test_containers_get_sigterm_in_reverse_order_of_their_dependencies(tasks):
    trap = "trap 'sleep 1; exit 7' TERM; while :; do sleep 0.1; done"
    arn = tasks.run({"name": "db", "sh": trap}, {"name": "web", "sh": trap,
                                                 "dependsOn": [{"containerName": "db", "condition": "START"}]})
    tasks.wait(arn, "RUNNING")
    stopped = tasks.ecs.stop_task(task=arn, reason="enough")["task"]
    assert (stopped["desiredStatus"], stopped["stopCode"], stopped["stoppedReason"]) == ("STOPPED", "UserInitiated",
                                                                                         "enough")
    ended = tasks.wait(arn)
    assert [c["exitCode"] for c in ended["containers"]] == [7, 7]
    found = tasks.containers(arn)
    assert found["web"]["State"]["FinishedAt"] < found["db"]["State"]["FinishedAt"]


def test_a_container_that_ignores_sigterm_is_killed_after_its_own_timeout(tasks):
    arn = tasks.run({"name": "deaf", "sh": "trap '' TERM; while :; do sleep 0.1; done", "stopTimeout": 2})
    tasks.wait(arn, "RUNNING")
    tasks.ecs.stop_task(task=arn)
    ended = tasks.wait(arn, seconds=15)
    assert by_name(ended)["deaf"]["exitCode"] == 137
    assert 1.5 < (ended["stoppedAt"] - ended["stoppingAt"]).total_seconds() < 8


@pytest.mark.parametrize("condition, code, runs", [("COMPLETE", 1, True), ("SUCCESS", 0, True), ("SUCCESS", 1, False)])
def test_dependencies_on_an_end(tasks, condition, code, runs):
    arn = tasks.run({"name": "init", "sh": f"exit {code}", "essential": False},
                    {"name": "web", "sh": "exit 5", "dependsOn": [{"containerName": "init", "condition": condition}]})
    web = by_name(tasks.wait(arn))["web"]
    assert web["exitCode"] == (5 if runs else 143)
    assert runs or web["reason"].startswith("CannotStartContainerError: dependency graph: ")


def test_a_dependent_starts_once_its_dependency_is_healthy(tasks):
    check = {"command": ["CMD-SHELL", "test -f /ok"], "interval": 5, "retries": 3}
    arn = tasks.run({"name": "db", "sh": "sleep 2; touch /ok; sleep 60", "healthCheck": check, "stopTimeout": 2},
                    {"name": "web", "sh": "sleep 60", "stopTimeout": 2,
                     "dependsOn": [{"containerName": "db", "condition": "HEALTHY"}]})
    running = tasks.wait(arn, "RUNNING")
    assert by_name(running)["db"]["healthStatus"] == "HEALTHY"
    assert running["healthStatus"] == "UNKNOWN", "web is essential and has no check"
    tasks.ecs.stop_task(task=arn)


def test_an_unhealthy_container_makes_its_task_unhealthy_and_stops_nothing(tasks):
    check = {"command": ["CMD-SHELL", "exit 1"], "interval": 5, "retries": 1}
    arn = tasks.run({"name": "web", "sh": "sleep 60", "healthCheck": check, "stopTimeout": 2})
    harness.eventually(lambda: tasks.task(arn)["healthStatus"] == "UNHEALTHY", 30)
    assert tasks.task(arn)["lastStatus"] == "RUNNING"
    tasks.ecs.stop_task(task=arn)


def test_memory_beyond_the_limit_is_out_of_memory(tasks):
    arn = tasks.run({"name": "hog", "memory": 16, "sh": "x=a; while :; do x=$x$x; done"})
    ended = tasks.wait(arn)
    hog = by_name(ended)["hog"]
    assert hog["reason"] == "OutOfMemoryError: Container killed due to memory usage"
    assert ended["stopCode"] == "EssentialContainerExited"


def test_failures_before_the_start_are_told_where_ec2_tells_them(tasks):
    missing = tasks.wait(tasks.run({"name": "web", "image": "127.0.0.1:1/none:1"}))
    assert (missing["stopCode"], missing["stoppedReason"]) == ("TaskFailedToStart", "Task failed to start")
    web = by_name(missing)["web"]
    assert web["reason"].startswith("CannotPullContainerError: ") and "exitCode" not in web
    assert "startedAt" not in missing and "pullStartedAt" in missing
    wrong = tasks.wait(tasks.run({"name": "web", "command": ["/no/such/program"]}))
    assert by_name(wrong)["web"]["reason"].startswith("CannotStartContainerError: Error response from daemon: ")
    assert wrong["stopCode"] == "TaskFailedToStart" and "startedAt" not in wrong
    invalid = tasks.wait(tasks.run({"name": "web", "image": "UPPER/case::"}))
    assert by_name(invalid)["web"]["reason"].startswith("CannotPullContainerError: ")


def test_failures_before_the_start_are_told_where_fargate_tells_them(tasks):
    ended = tasks.wait(tasks.run_awsvpc({"name": "web", "image": "127.0.0.1:1/none:1"}))
    assert ended["stopCode"] == "TaskFailedToStart"
    assert ended["stoppedReason"].startswith("CannotPullContainerError: ")


def test_a_pulled_image_has_its_digest_and_its_times(tasks, registry, image):
    reference = registry.push(image, f"app:{tasks.server.port}")
    ended = tasks.wait(tasks.run({"name": "job", "image": reference, "sh": "exit 0"}))
    assert ended["pullStartedAt"] <= ended["pullStoppedAt"] <= ended["startedAt"]
    assert by_name(ended)["job"]["imageDigest"].startswith("sha256:")
