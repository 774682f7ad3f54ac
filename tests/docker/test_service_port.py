"""slipway port: an address of this machine that leads to a service's tasks and stays the same: through rolling updates, crashes
of tasks and of Slipway itself, and until the service is deleted."""
import collections
import json
import re
import socket
import threading
import time
import urllib.error
import urllib.request
import uuid

import pytest

import docker_container
import harness
import harness_docker
from docker_tasks import SUBNET, Tasks

# Control time runs 20 times as fast: a task counts as healthy 2 s after it runs.
OPTIONS = ("--time-scale", "20")
# Says who it is and which revision; at SIGTERM it lets requests in flight end, as a good server does.
ECHO = ("trap 'sleep 0.5; exit 0' TERM; mkdir -p /w; echo \"$REVISION $(hostname)\" > /w/index.html; "
        "httpd -f -p 8080 -h /w & wait")


class EchoService:
    """`count` echo servers behind one service."""

    def __init__(self, server, image, mode="bridge", count=3):
        self.server, self.mode, self.image = server, mode, image
        self.ecs = server.ecs
        self.ecs.create_cluster(clusterName="default")
        self.name = "t" + uuid.uuid4().hex[:10]
        members = {}
        if mode == "awsvpc":
            members = {"launchType": "FARGATE", "networkConfiguration": {"awsvpcConfiguration": {"subnets": [SUBNET]}}}
        self.ecs.create_service(serviceName=self.name, taskDefinition=self.define(1), desiredCount=count, **members)
        self.settle(count)

    def define(self, revision, ports=None, **container):
        container = {"name": "echo", "image": self.image, "memory": 64, "command": ["sh", "-c", ECHO], "stopTimeout": 5,
                     "environment": [{"name": "REVISION", "value": str(revision)}],
                     "portMappings": ports or [{"containerPort": 8080}], **container}
        members = {}
        if self.mode == "awsvpc":
            members = {"networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"], "cpu": "256", "memory": "512"}
        answer = self.ecs.register_task_definition(family=self.name, containerDefinitions=[container], **members)
        return answer["taskDefinition"]["taskDefinitionArn"]

    def look(self):
        return self.ecs.describe_services(services=[self.name])["services"][0]

    def settle(self, count, seconds=60):
        def steady():
            service = self.look()
            return (len(service["deployments"]) == 1 and service["deployments"][0]["rolloutState"] == "COMPLETED"
                    and service["runningCount"] == count and service["pendingCount"] == 0)
        harness.eventually(steady, seconds, what=f"{self.name} steady: {self.look()['deployments']}")

    def port(self, *arguments):
        result = self.server.slipway("port", self.name, *arguments)
        assert (result.returncode, result.stderr) == (0, ""), result
        return result.stdout.strip()

    def update(self, revision, **members):
        self.ecs.update_service(service=self.name, taskDefinition=self.define(revision, **members))

    def containers(self):
        arns = self.ecs.list_tasks(serviceName=self.name)["taskArns"]
        return [container.get("runtimeId") for task in self.ecs.describe_tasks(tasks=arns)["tasks"]
                for container in task["containers"]]

    def delete(self):
        self.ecs.delete_service(service=self.name, force=True)
        harness.eventually(lambda: self.look()["status"] == "INACTIVE", 30, what="INACTIVE")


def ask(address, timeout=5):
    """What the echo server behind the address says: (revision, host name)."""
    with urllib.request.urlopen(f"http://{address}/", timeout=timeout) as answer:
        return tuple(answer.read().decode().split())


def tell(address, count=12):
    return collections.Counter(ask(address) for _ in range(count))


class Traffic(threading.Thread):
    """Asks again and again until it is stopped."""

    def __init__(self, address):
        super().__init__(daemon=True)
        self.address, self.answers, self.failures = address, collections.Counter(), []
        self._stop_asking = threading.Event()
        self.start()

    def run(self):
        while not self._stop_asking.is_set():
            try:
                self.answers[ask(self.address)] += 1
            except (OSError, ValueError) as error:
                self.failures.append(f"{time.strftime('%X')} {error!r}")
            time.sleep(0.005)

    def end(self):
        self._stop_asking.set()
        self.join(20)
        return self.answers, self.failures


def listens(address):
    host, port = address.split(":")
    with socket.socket() as probe:
        probe.settimeout(2)
        return probe.connect_ex((host, int(port))) == 0


@pytest.fixture
def server(start_server):
    return start_server(*OPTIONS)


@pytest.mark.parametrize("mode", ["bridge", "awsvpc"])
def test_requests_spread_over_the_tasks_and_no_deployment_fails_one(server, image, mode):
    service = EchoService(server, image, mode)
    address = service.port()
    assert re.fullmatch(r"127\.79\.\d+\.\d+:8080", address)
    assert service.port("8080") == address
    assert json.loads(service.server.slipway("port", service.name, "-o", "json").stdout) == {
        "address": address.split(":")[0], "port": 8080, "containerPort": 8080}
    first = tell(address)
    assert len(first) == 3 and set(first.values()) == {4}, first
    assert address + "->8080" in server.slipway("status").stdout
    traffic = Traffic(address)
    service.update(2)
    service.settle(3)
    assert service.port() == address
    answers, failures = traffic.end()
    assert failures == []
    assert {revision for revision, _ in answers} == {"1", "2"}
    second = tell(address)
    assert len(second) == 3 and {revision for revision, _ in second} == {"2"}, second
    service.delete()
    harness.eventually(lambda: not listens(address), 10, what="nobody listens")


def test_the_others_answer_when_a_task_dies_and_its_successor_joins_them(server, image):
    service = EchoService(server, image)
    address = service.port()
    victim = service.containers()[0]
    gone = victim[:12]
    assert any(host == gone for _, host in tell(address))
    traffic = Traffic(address)
    harness_docker.docker("kill", victim)
    harness.eventually(lambda: victim not in service.containers(), 20, what="noticed")
    lost = len(traffic.failures)
    service.settle(3)
    answers, failures = traffic.end()
    # What was under way with the killed task is lost, and what comes while the engine still takes connections for it.
    assert lost <= 10 and len(failures) == lost, failures
    assert sum(answers.values()) > 10
    after = tell(address)
    assert len(after) == 3 and not any(host == gone for _, host in after), after


def test_the_address_is_the_same_after_a_crash_of_slipway(server, image):
    service = EchoService(server, image, count=2)
    address = service.port()
    before = tell(address)
    server.kill9()
    assert not listens(address)
    server.start()
    assert listens(address), "also before anybody asks for it"
    harness.eventually(lambda: len(tell(address)) == 2, 10)
    assert set(tell(address)) == set(before)
    assert service.port() == address
    assert server.stop() == 0
    server.start()
    assert service.port() == address
    server.slipway("reset", "--yes")
    assert not listens(address)


def test_a_task_that_is_not_healthy_yet_gets_nothing_while_others_are(server, image):
    service = EchoService(server, image, count=1)
    address = service.port()
    # Healthy only 3 s after its start, and not listening before.
    late = "sleep 3; " + ECHO
    traffic = Traffic(address)
    service.update(2, command=["sh", "-c", late],
                   healthCheck={"command": ["CMD-SHELL", "wget -qO- http://127.0.0.1:8080/"], "interval": 5, "retries": 10})
    service.settle(1)
    answers, failures = traffic.end()
    assert failures == []
    assert {revision for revision, _ in answers} == {"1", "2"}


def test_an_address_that_somebody_has_is_passed_over(server, image):
    service = EchoService(server, image, count=1)
    address = service.port()
    server.stop()
    host, port = address.split(":")
    with socket.socket() as holder:
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        holder.bind((host, int(port)))
        holder.listen()
        server.start()
        assert "is in use by" in server.slipway("status").stdout
        other = service.port()
        assert other != address and other.startswith("127.0.0.1:")
        assert ask(other)[0] == "1"
    assert service.port() == other


def test_ports_are_named_where_there_are_several_and_udp_is_refused(server, image):
    service = EchoService(server, image, count=0)

    def refused(*arguments):
        result = server.slipway("port", service.name, *arguments)
        assert (result.returncode, result.stdout) == (1, ""), result
        assert re.fullmatch(r"slipway: [^\n]+\n", result.stderr), result.stderr
        return result.stderr
    service.update(2, ports=[{"containerPort": 8080}, {"containerPort": 8081}, {"containerPort": 53, "protocol": "udp"}])
    assert f"several TCP ports (8080, 8081): name one, as in slipway port {service.name} 8080" in refused()
    assert "is a UDP port: only TCP" in refused("53")
    assert "maps no port 99; its TCP ports: 8080, 8081" in refused("99")
    one, two = service.port("8080"), service.port("8081")
    assert one.split(":")[0] == two.split(":")[0]
    # Nobody is there: the connection is taken and reset, never answered with nothing.
    with pytest.raises(OSError):
        ask(one)
    service.update(3, ports=[{"containerPort": 53, "protocol": "udp"}])
    assert "maps no TCP port" in refused()


def test_tasks_on_the_machines_network_have_no_address_of_their_own(server, image):
    tasks = Tasks(server, image)
    definition = tasks.define({"name": "echo", "sh": "sleep 60", "portMappings": [{"containerPort": 8080}]}, networkMode="host")
    server.ecs.create_service(serviceName="host", taskDefinition=definition, desiredCount=0)
    result = server.slipway("port", "host")
    assert result.returncode == 1 and "connect to their ports on 127.0.0.1" in result.stderr


@pytest.mark.parametrize("mode", ["bridge", "awsvpc"])
def test_slipway_in_a_container_gives_its_own_address_to_its_neighbours(image, tmp_path, mode):
    if why := docker_container.missing():
        pytest.skip(why)
    name = f"slipway-test/server-{uuid.uuid4().hex[:8]}"
    network = f"slipway-test-{uuid.uuid4().hex[:8]}"
    slipway_image = docker_container.build_image(name)
    harness_docker.docker("network", "create", network)
    server = docker_container.ContainedServer(tmp_path / "server", slipway_image, *OPTIONS, network=network)
    try:
        service = EchoService(server.start(), image, mode)
        address = service.port()
        own = harness_docker.inspect(server.name)["NetworkSettings"]["Networks"][network]["IPAddress"]
        assert address.startswith(own + ":")

        def answers():
            script = f"for i in 1 2 3 4 5 6; do wget -qO- http://{address}/ || exit 1; done"
            lines = harness_docker.docker("run", "--rm", "--network", network, image, "sh", "-c", script).splitlines()
            return collections.Counter(tuple(line.split()) for line in lines)
        first = answers()
        assert len(first) == 3 and set(first.values()) == {2}, first
        service.update(2)
        service.settle(3)
        assert {revision for revision, _ in answers()} == {"2"}
        service.delete()
    finally:
        server.close()
        harness_docker.docker("network", "rm", network, check=False)
        docker_container.remove_image(name)
