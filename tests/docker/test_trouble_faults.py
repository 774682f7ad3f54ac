"""An engine that is slow, gone for a while, or breaks connections at any byte (decisions.md 24): states are true again within
seconds of its answering, every container was started once, nothing is left and nobody else's objects are touched."""
import random
import time

import pytest

import harness
import harness_docker
from docker_tasks import Tasks, by_name
from engine_foreign import foreign, foreign_objects  # noqa: F401
from engine_ledger import Workload, advance, left
from engine_proxy import Fault, Proxy, matches, once

WITHIN = 8  # "within seconds", on a slow machine
DONE_UNHEARD = {
    "network-create": ("POST", "/networks/create$", "awsvpc"),
    "container-create": ("POST", "/containers/create$", "failing"),
    "container-start": ("POST", "/start$", "short"),
    "start-of-the-pause-container": ("POST", "/start$", "awsvpc"),
    "volume-create": ("POST", "/volumes/create$", "pair"),
    "image-look": ("GET", "/images/.*/json$", "short"),
    "container-look": ("GET", "/containers/.*/json$", "failing"),
    "container-stop": ("POST", "/stop$", "long"),
}


@pytest.fixture
def proxy(engine):
    with Proxy("/var/run/docker.sock") as running:
        yield running


@pytest.fixture
def server(start_server, proxy):
    return start_server("--docker-host", proxy.url)


@pytest.fixture
def tasks(server, image):
    return Tasks(server, image)


@pytest.fixture
def work(tasks, tmp_path):
    return Workload(tasks, tmp_path / "ledger")


def clean_up(server):
    """All that the server made goes after its time."""
    advance(server, 2 * 3600)
    harness.eventually(lambda: set(left(server)) <= {"network"}, seconds=40, what="finished containers and volumes gone")
    advance(server, 2 * 3600)
    harness.eventually(lambda: not left(server), seconds=20, what="unused networks gone")


def test_what_the_engine_did_without_anybody_hearing_of_it_is_found_out(server, proxy, tasks, tmp_path):
    for case, (method, pattern, kind) in DONE_UNHEARD.items():
        work = Workload(tasks, tmp_path / case)
        proxy.choose = once(method, pattern, Fault.drop())
        work.run(kind)
        work.stop_long_ones()
        work.check()
        assert proxy.choose.happened.is_set(), case
    proxy.choose = once("DELETE", "/containers/", Fault.drop())
    clean_up(server)
    assert proxy.choose.happened.is_set()


def test_a_pooled_connection_that_dies_with_the_answer_starts_nothing_twice(server, proxy, work):
    faults = iter([Fault.drop(), Fault.drop(), Fault.drop()])
    proxy.choose = lambda *call: next(faults, None) if matches("POST", "/start$", call) else None
    for _ in range(4):
        work.run("short")
    work.check()


def test_the_engine_is_gone_and_back(server, proxy, tasks, work):
    stays, ends = work.run("long"), tasks.run({"name": "job", "sh": "sleep 1000 & trap 'exit 21' TERM; wait"})
    removed = tasks.run({"name": "web", "sh": "sleep 1000"})
    for arn in (stays, ends, removed):
        tasks.wait(arn, "RUNNING")
    before = tasks.task(stays)
    containers = {arn: next(iter(tasks.containers(arn).values()))["Id"] for arn in (ends, removed)}
    proxy.go_down()
    harness_docker.docker("kill", "-s", "TERM", containers[ends])
    harness_docker.docker("rm", "-f", containers[removed])
    late = [work.run("short"), work.run("awsvpc")]
    time.sleep(1.5)
    assert {task["lastStatus"] for task in tasks.ecs.describe_tasks(tasks=[stays, ends])["tasks"]} == {"RUNNING"}
    assert {tasks.task(arn)["lastStatus"] for arn in late} <= {"PENDING", "PROVISIONING"}
    proxy.come_up()
    answering = time.monotonic()
    assert by_name(tasks.wait(ends, seconds=WITHIN))["job"]["exitCode"] == 21
    assert tasks.wait(removed, seconds=WITHIN)["stopCode"] == "EssentialContainerExited"
    print(f"true again {time.monotonic() - answering:.2f} s after the engine answered")
    after = tasks.task(stays)
    assert (after["lastStatus"], after["version"], after["containers"]) == ("RUNNING", before["version"], before["containers"])
    work.stop_long_ones()
    work.check()


def connected(tasks, arn):
    """(connectivity, agentConnected, instance version) as the API shows them."""
    [instance] = tasks.ecs.describe_container_instances(
        containerInstances=tasks.ecs.list_container_instances()["containerInstanceArns"])["containerInstances"]
    return tasks.task(arn)["connectivity"], instance["agentConnected"], instance["version"]


def test_an_engine_that_is_away_for_long_shows_also_after_a_kill(server, proxy, tasks, work):
    stays = work.run("long")
    before = tasks.wait(stays, "RUNNING")
    more = tasks.define({"name": "web", "sh": "sleep 1000"})
    seen, agent, version = connected(tasks, stays)
    assert (seen, agent) == ("CONNECTED", True)
    proxy.go_down()
    time.sleep(5)
    assert connected(tasks, stays) == ("CONNECTED", True, version), "a restart of the engine does not show"
    harness.eventually(lambda: connected(tasks, stays) == ("DISCONNECTED", False, version + 1), seconds=20, what="away")
    refused = tasks.ecs.run_task(taskDefinition=more, launchType="EC2")
    assert refused["tasks"] == [] and [failure["reason"] for failure in refused["failures"]] == ["AGENT"]
    proxy.come_up()
    harness.eventually(lambda: connected(tasks, stays) == ("CONNECTED", True, version + 2), seconds=WITHIN, what="back")
    after = tasks.task(stays)
    assert after["connectivityAt"] > before["connectivityAt"] and after["version"] == before["version"]
    proxy.go_down()
    harness.eventually(lambda: connected(tasks, stays)[0] == "DISCONNECTED", seconds=20, what="away again")
    server.kill9()
    proxy.come_up()
    server.start()
    harness.eventually(lambda: connected(tasks, stays) == ("CONNECTED", True, version + 4), seconds=WITHIN,
                       what="what the killed server stored is corrected")
    tasks.run_again(more, launchType="EC2")
    work.stop_long_ones()
    work.check()


def test_the_engine_hangs_and_goes_on(server, proxy, tasks, work):
    stays = work.run("long")
    ends = tasks.run({"name": "job", "sh": "sleep 1000 & trap 'exit 22' TERM; wait"})
    for arn in (stays, ends):
        tasks.wait(arn, "RUNNING")
    proxy.hold()
    harness_docker.docker("kill", "-s", "TERM", tasks.containers(ends)["job"]["Id"])
    late = work.run("failing")
    tasks.ecs.stop_task(task=stays)
    assert tasks.task(late)["lastStatus"] == "PENDING"
    assert server.request("GET", "/_slipway/health", timeout=10).status == 200
    time.sleep(1)
    proxy.release()
    assert by_name(tasks.wait(ends, seconds=WITHIN))["job"]["exitCode"] == 22
    work.check()


def test_a_broken_event_stream_hides_nothing(server, proxy, tasks):
    arn = tasks.run({"name": "web", "sh": "sleep 1000 & trap 'exit 23' TERM; wait",
                     "healthCheck": {"command": ["CMD-SHELL", "test ! -e /ill"], "interval": 5, "retries": 1, "timeout": 2}})
    harness.eventually(lambda: tasks.task(arn)["healthStatus"] == "HEALTHY", seconds=20, what="healthy")
    container = tasks.containers(arn)["web"]["Id"]
    proxy.choose = lambda *call: Fault(refuse=True) if matches("GET", "/events$", call) else None
    proxy.cut_all()
    harness_docker.docker("exec", container, "touch", "/ill")
    harness.eventually(lambda: harness_docker.inspect(container)["State"]["Health"]["Status"] == "unhealthy", seconds=20,
                       what="unhealthy for Docker")
    proxy.choose = None
    harness.eventually(lambda: tasks.task(arn)["healthStatus"] == "UNHEALTHY", seconds=WITHIN, what="the missed change is seen")
    proxy.choose = lambda *call: Fault(refuse=True) if matches("GET", "/events$", call) else None
    proxy.cut_all()
    harness_docker.docker("kill", "-s", "TERM", container)
    harness_docker.docker("wait", container)
    proxy.choose = None
    assert by_name(tasks.wait(arn, seconds=WITHIN))["web"]["exitCode"] == 23


def test_a_slow_engine_only_takes_longer(server, proxy, work):
    proxy.choose = lambda *call: None if call[1].split("?")[0].endswith("/events") else Fault(hold_back=0.15, seconds=0.15)
    for name in ("awsvpc", "pair", "long"):
        work.run(name)
    work.stop_long_ones()
    work.check()


class Mischief:
    """A seeded mix of all faults that hits two calls in five, and none while `over` is set."""

    def __init__(self, seed):
        self.chance, self.over, self.hits = random.Random(seed), False, 0

    def __call__(self, method, path):
        if self.over or self.chance.random() > 0.4:
            return None
        self.hits += 1
        return self.chance.choice([Fault(refuse=True), Fault.drop(), Fault(keep=self.chance.randint(1, 400)),
                                   Fault(seconds=self.chance.uniform(0, 0.4)), Fault(hold_back=self.chance.uniform(0, 0.4))])


@pytest.mark.parametrize("seed", [1, 2])
def test_any_mix_of_faults_gives_the_same_end(server, proxy, work, foreign, seed):
    chance = random.Random(seed)
    proxy.choose = mischief = Mischief(seed)
    for _ in range(3):
        for name in chance.sample(["short", "failing", "pair", "awsvpc", "long"], 4):
            work.run(name)
        trouble = chance.choice(["down", "hold", "cut", "kill"])
        if trouble == "kill":
            restart_through_faults(server, mischief)
        elif trouble == "down":
            proxy.go_down()
            time.sleep(chance.uniform(0.1, 0.8))
            proxy.come_up()
        elif trouble == "hold":
            proxy.hold()
            time.sleep(chance.uniform(0.1, 0.8))
            proxy.release()
        else:
            proxy.cut_all()
    work.stop_long_ones(seconds=90)
    mischief.over = True
    work.check()
    assert mischief.hits
    mischief.over = False
    advance(server, 2 * 3600)
    time.sleep(1)
    mischief.over = True
    clean_up(server)


def restart_through_faults(server, mischief):
    """Without an engine that answers `serve` does not start (decisions.md 17)."""
    server.kill9()
    mischief.over = True
    server.start()
    mischief.over = False


def test_a_reset_in_the_middle_of_launches_leaves_nothing(server, proxy, work, foreign):
    proxy.choose = lambda *call: Fault(seconds=0.3) if matches("POST", "/create$", call) else None
    for name in ("pair", "awsvpc", "short", "long"):
        work.run(name)
    harness.eventually(lambda: proxy.count("POST", "/containers/create$"), what="a container is being made")
    assert server.request("POST", "/_slipway/reset", timeout=60).status == 200
    assert not left(server)
    time.sleep(1)
    assert not left(server)
    assert server.ecs.list_clusters()["clusterArns"] == []
