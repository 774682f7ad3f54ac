"""kill -9 of the server at random moments: running tasks are adopted, ended ones have their true exit code, half-made ones are
finished or removed, every container was started once, and nobody else's objects are touched (decisions.md 6)."""
import random
import time

import pytest

import engine_ledger
import harness
import harness_docker
from docker_tasks import SUBNET, Tasks, by_name
from engine_foreign import foreign, foreign_objects  # noqa: F401
from engine_ledger import Workload, advance, left
from engine_proxy import Fault, Proxy, matches

ROUNDS = 10


@pytest.fixture
def proxy(engine):
    with Proxy("/var/run/docker.sock") as running:
        yield running


def test_kill_9_at_any_moment_after_run_task(start_server, image, tmp_path, foreign):
    chance = random.Random(20)
    server = start_server()
    tasks = Tasks(server, image)
    work = Workload(tasks, tmp_path / "ledger")
    adopted = work.run("long")
    tasks.wait(adopted, "RUNNING")
    before = tasks.task(adopted)
    kinds = ["short", "failing", "pair", "awsvpc", "long"]
    for number in range(ROUNDS):
        for name in chance.sample(kinds, 2):
            work.run(name)
        if number % 3 == 2:
            work.run("short")
        time.sleep(chance.uniform(0, 0.4))
        server.restart(kill=True)
    after = tasks.task(adopted)
    assert (after["lastStatus"], after["version"], after["containers"][0]["runtimeId"]) == \
        ("RUNNING", before["version"], before["containers"][0]["runtimeId"])
    work.stop_long_ones()
    work.check()
    advance(server, 2 * 3600)
    harness.eventually(lambda: set(left(server)) <= {"network"}, seconds=40, what="finished containers and volumes gone")
    advance(server, 2 * 3600)
    harness.eventually(lambda: not left(server), seconds=20, what="unused networks gone")


def test_kill_9_while_tasks_stop(start_server, image):
    chance = random.Random(3)
    server = start_server()
    tasks = Tasks(server, image)
    polite = tasks.define({"name": "web", "stopTimeout": 8,
                           "sh": "trap 'sleep 0.5; exit 6' TERM; touch /up; sleep 1000 & wait"})
    deaf = tasks.define({"name": "web", "sh": "trap '' TERM; touch /up; while true; do sleep 1; done", "stopTimeout": 2})
    for _ in range(2):
        arns = {tasks.run_again(polite): 6, tasks.run_again(deaf): 137}
        for arn in arns:
            tasks.wait(arn, "RUNNING")
            name = tasks.containers(arn)["web"]["Id"]
            harness.eventually(lambda it=name: harness_docker.docker("exec", it, "ls", "/up", check=False), what="trap set")
            tasks.ecs.stop_task(task=arn, reason="enough")
        time.sleep(chance.uniform(0, 1.5))
        server.restart(kill=True)
        for arn, code in arns.items():
            task = tasks.wait(arn)
            ended = (by_name(task)["web"]["exitCode"], task["stopCode"], task["stoppedReason"])
            assert ended == (code, "UserInitiated", "enough")


def test_kill_9_while_an_image_is_pulled(start_server, image, registry, proxy):
    reference = registry.push(image, "pulled:1")
    pulls = []

    def slowly(*call):
        if not matches("POST", "/images/create$", call):
            return None
        pulls.append(call)
        return Fault(hold_back=0.2, seconds=0.5)
    proxy.choose = slowly
    server = start_server("--docker-host", proxy.url)
    tasks = Tasks(server, image)
    arn = tasks.run({"name": "job", "image": reference, "sh": "exit 8"})
    for number in (1, 2):
        harness.eventually(lambda n=number: len(pulls) >= n, what="the pull begins")
        server.restart(kill=True)
    task = tasks.wait(arn)
    assert by_name(task)["job"]["exitCode"] == 8 and len(tasks.containers(arn)) == 1
    assert task["pullStartedAt"] <= task["pullStoppedAt"] <= task["startedAt"]


def test_kill_9_while_a_network_is_made_makes_no_second_one(start_server, image):
    chance = random.Random(4)
    server = start_server()
    for _ in range(3):
        tasks = Tasks(server, image)
        arn = tasks.run({"name": "job", "sh": "exit 4"}, networkMode="awsvpc",
                        run={"networkConfiguration": {"awsvpcConfiguration": {"subnets": [SUBNET]}}})
        time.sleep(chance.uniform(0, 0.15))
        server.restart(kill=True)
        assert by_name(tasks.wait(arn))["job"]["exitCode"] == 4
        assert len(left(server)["network"]) == 1
        assert server.request("POST", "/_slipway/reset", timeout=60).status == 200


def test_kill_9_while_finished_containers_are_removed(start_server, image, tmp_path, proxy, foreign):
    proxy.choose = lambda *call: Fault(seconds=0.3) if call[0] == "DELETE" else None
    server = start_server("--docker-host", proxy.url)
    tasks = Tasks(server, image)
    work = Workload(tasks, tmp_path / "ledger")
    for name in ("pair", "pair", "awsvpc", "short"):
        work.run(name)
    work.check()
    removals = proxy.count("DELETE", ".")
    advance(server, 2 * 3600)
    for number in range(1, 4):
        harness.eventually(lambda n=number: proxy.count("DELETE", ".") >= removals + n or set(left(server)) <= {"network"},
                           what="removals begin")
        server.restart(kill=True)
    harness.eventually(lambda: set(left(server)) <= {"network"}, seconds=30, what="containers and volumes gone")


def test_two_servers_on_one_engine_leave_each_other_alone(start_server, image, tmp_path):
    one, two = start_server(), start_server()
    first, second = (Workload(Tasks(server, image), tmp_path / f"ledger-{i}") for i, server in enumerate((one, two)))
    for work in (first, second):
        for name in ("long", "awsvpc", "pair"):
            work.run(name)
    one.restart(kill=True)
    second.stop_long_ones()
    second.check()
    harness.eventually(lambda: len(left(two)["container"]) == 5, what="the container that held a namespace gone")
    kept = harness_docker.objects_of(engine_ledger.server_id(two))
    assert one.request("POST", "/_slipway/reset", timeout=60).status == 200
    assert not left(one)
    assert harness_docker.objects_of(engine_ledger.server_id(two)) == kept
    two.restart(kill=True)
    assert {task["lastStatus"] for task in two.ecs.describe_tasks(tasks=list(second.kinds))["tasks"]} == {"STOPPED"}
