"""Services on the live engine: they heal, roll and roll back whatever is killed meanwhile, containers or Slipway itself, and
leave nothing behind."""
import random
import time

import pytest

import engine_private
import harness
import harness_docker
from harness_docker import SERVER_LABEL, docker
from harness_services import Service, is_steady

SCALE = ("--time-scale", "40")  # the forty seconds in which a task settles are one
UP = "trap 'exit 0' TERM; sleep 1000 & wait"
BREAKER = {"deploymentCircuitBreaker": {"enable": True, "rollback": True}}


class OnDocker(Service):
    """Each revision prints its number; commands are short shell scripts."""

    def __init__(self, server, image, name="web"):
        super().__init__(server, name)
        self.image = image

    def define(self, sh=UP, **container):
        command = {"command": ["sh", "-c", sh]} if sh else {}
        return super().define(**{"image": self.image, "memory": 16, "stopTimeout": 3, **command, **container})

    def containers(self, running=True):
        """docker inspect of the service's containers."""
        filters = [f"label=com.amazonaws.ecs.task-definition-family={self.name}",
                   *(f"label={SERVER_LABEL}={one}" for one in self.server.server_ids)]
        return harness_docker.containers(*filters, *(["status=running"] if running else []))

    def revisions(self):
        """Of the running containers, as Docker has them."""
        return sorted(c["Config"]["Labels"]["com.amazonaws.ecs.task-definition-version"] for c in self.containers())

    def wait_for_revisions(self, *wanted):
        """Steady, and exactly these containers run."""
        self.until(is_steady, seconds=40, what="steady")
        harness.eventually(lambda: self.revisions() == sorted(map(str, wanted)), seconds=20, what=f"containers {wanted}")

    def kill_one(self, chance):
        found = self.containers()
        if found:
            docker("kill", chance.choice(found)["Id"], check=False)


@pytest.fixture
def server(start_server):
    return start_server(*SCALE)


@pytest.fixture
def web(server, image):
    return OnDocker(server, image)


def steady(web, count, configuration=None, **container):
    web.create(web.define(**container), desiredCount=count, deploymentConfiguration=configuration or {})
    web.wait_for_revisions(*[1] * count)
    return web


def test_a_service_of_three_heals_after_docker_kill(web):
    steady(web, 3)
    first = web.containers()
    for container in first[:2]:
        docker("kill", container["Id"])
    web.until(lambda s: s["runningCount"] < 3 or len(s["events"]) > 3, what="seen")
    web.wait_for_revisions(1, 1, 1)
    assert first[2]["Id"] in [c["Id"] for c in web.containers()]
    killed = {c["Config"]["Labels"]["com.amazonaws.ecs.task-arn"] for c in first[:2]}
    ended = [task for task in web.tasks("STOPPED") if task["taskArn"] in killed]
    assert {(t["stopCode"], t["containers"][0]["exitCode"]) for t in ended} == {("EssentialContainerExited", 137)}
    assert web.primary()["rolloutState"] == "COMPLETED"


@pytest.mark.parametrize("bounds", [{}, {"minimumHealthyPercent": 50, "maximumPercent": 100}], ids=["100-200", "50-100"])
def test_a_rolling_update_in_which_containers_are_killed_at_random(web, bounds):
    chance = random.Random(7)
    steady(web, 4, bounds)
    web.update(taskDefinition=web.define())
    for _ in range(5):
        time.sleep(chance.uniform(0, 0.4))
        web.kill_one(chance)
    web.wait_for_revisions(2, 2, 2, 2)
    assert web.row()["status"] == "SUCCESSFUL"


@pytest.mark.parametrize("bounds", [{}, {"minimumHealthyPercent": 50, "maximumPercent": 100}], ids=["100-200", "50-100"])
def test_kill_9_in_the_middle_of_a_rolling_update(web, server, bounds):
    chance = random.Random(11)
    steady(web, 4, bounds)
    row = web.update(taskDefinition=web.define())["currentServiceDeployment"]
    for _ in range(3):
        time.sleep(chance.uniform(0, 0.5))
        server.kill9()
        web.kill_one(chance)
        server.start()
    web.wait_for_revisions(2, 2, 2, 2)
    assert web.row(row)["status"] == "SUCCESSFUL"
    arns = {c["Config"]["Labels"]["com.amazonaws.ecs.task-arn"] for c in web.containers()}
    assert arns == set(web.task_arns()), "each container is that of a task, each task has one"


@pytest.mark.parametrize("broken", ["unpullable", "exits"])
def test_a_broken_revision_is_rolled_back(web, broken):
    steady(web, 2, BREAKER)
    kept = {c["Id"] for c in web.containers()}
    row = web.update(taskDefinition=web.define(image="127.0.0.1:9/none:1") if broken == "unpullable"
                     else web.define(sh="exit 1"))["currentServiceDeployment"]
    web.until(lambda s: web.row(row)["status"] == "ROLLBACK_SUCCESSFUL", seconds=40, what="rolled back")
    web.wait_for_revisions(1, 1)
    assert {c["Id"] for c in web.containers()} == kept, "nobody noticed"
    assert web.row(row)["deploymentCircuitBreaker"]["failureCount"] == 3


def test_a_fixed_host_port_is_handed_over(web):
    port = harness.free_port()
    serve = "mkdir -p /www; echo {} >/www/index.html; exec httpd -f -p 80 -h /www"
    wanted = {"portMappings": [{"containerPort": 80, "hostPort": port}]}
    web.create(web.define(serve.format("one"), **wanted), desiredCount=1,
               deploymentConfiguration={"minimumHealthyPercent": 0, "maximumPercent": 100})
    web.wait_for_revisions(1)
    assert answer(port) == "one"
    web.update(taskDefinition=web.define(serve.format("two"), **wanted))
    web.wait_for_revisions(2)
    assert answer(port) == "two"


def answer(port):
    import http.client
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    connection.request("GET", "/index.html")
    return connection.getresponse().read().decode().strip()


def test_a_real_health_check_is_the_gate(web):
    check = {"command": ["CMD-SHELL", "test -e /ready"], "interval": 5, "retries": 2, "timeout": 2}
    steady(web, 1, healthCheck=check, sh="touch /ready; " + UP)
    web.update(taskDefinition=web.define(healthCheck=check, sh="sleep 3; touch /ready; " + UP))
    web.until(lambda s: s["deployments"][0]["runningCount"] == 1)
    time.sleep(2)  # far longer than a task without a check takes to settle here
    assert web.revisions() == ["1", "2"], "the old one serves until the new one is healthy"
    web.wait_for_revisions(2)
    [task] = web.tasks()
    assert task["healthStatus"] == "HEALTHY"


def test_delete_with_force_leaves_no_container_running(web, server):
    steady(web, 3)
    web.delete(force=True)
    web.until(lambda s: s["status"] == "INACTIVE", seconds=20)
    assert web.containers() == []
    assert server.request("POST", "/_slipway/clock", '{"advanceSeconds": 14400}').status == 200
    harness.eventually(lambda: web.containers(running=False) == [], seconds=20, what="finished containers removed")


def test_a_service_heals_when_the_engine_is_killed_and_comes_back(start_server, image):
    if engine_private.missing():
        pytest.skip(engine_private.missing())
    engine = engine_private.PrivateEngine(live_restore=False)
    try:
        engine.start().load(image)
        web = OnDocker(start_server("--docker-host", engine.url, *SCALE), image)
        web.create(web.define(), desiredCount=2)
        web.until(is_steady, seconds=30, what="steady")
        first = set(web.task_arns())
        engine.kill9()
        engine.start()
        web.until(lambda s: is_steady(s) and not first & set(web.task_arns()), seconds=40, what="healed")
        running = engine.docker("ps", "-q", "--filter", "label=com.amazonaws.ecs.task-definition-family=web").split()
        assert len(running) == 2
    finally:
        engine.close()
