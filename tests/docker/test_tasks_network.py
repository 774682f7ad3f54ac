"""Networks of tasks (data-plane.md 5): shared localhost, addresses, ports."""
import contextlib
import socket
import urllib.request

import pytest

import harness
import harness_docker
from docker_tasks import Tasks, by_name

WEB = "mkdir -p /w; echo hello > /w/index.html; exec httpd -f -p 8080 -h /w"


@pytest.fixture
def tasks(shared_server, image):
    return Tasks(shared_server, image)


def fetch(port):
    def look():
        try:
            return urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=2).read()
        except OSError:
            return None
    return harness.eventually(look, 10)


def test_containers_of_an_awsvpc_task_share_localhost_and_one_address(tasks):
    arn = tasks.run_awsvpc({"name": "web", "sh": WEB, "portMappings": [{"containerPort": 8080}], "stopTimeout": 2},
                           {"name": "client", "sh": "sleep 1; wget -qO- http://localhost:8080/; hostname; exit 4"})
    running = tasks.wait(arn, "RUNNING")
    details = {d["name"]: d["value"] for d in running["attachments"][0]["details"]}
    assert running["attachments"][0]["status"] == "ATTACHED"
    found = tasks.containers(arn)
    pause = found["~internal~ecs~pause"]
    network = list(pause["NetworkSettings"]["Networks"].values())[0]
    assert details["privateIPv4Address"] == network["IPAddress"]
    assert details["macAddress"] == network["MacAddress"]
    assert details["privateDnsName"] == "ip-" + network["IPAddress"].replace(".", "-") + ".ec2.internal"
    for container in running["containers"]:
        assert container["networkInterfaces"][0]["privateIpv4Address"] == network["IPAddress"]
        assert container["networkBindings"] == []
    published = pause["NetworkSettings"]["Ports"]["8080/tcp"][0]
    assert published["HostIp"] == "127.0.0.1"
    assert fetch(published["HostPort"]) == b"hello\n"
    ended = tasks.wait(arn)
    assert by_name(ended)["client"]["exitCode"] == 4
    assert tasks.logs(arn, "client") == "hello\n" + details["privateDnsName"]
    assert ended["attachments"][0]["status"] == "DELETED"
    harness.eventually(lambda: "~internal~ecs~pause" not in tasks.containers(arn), 10)


def test_bridge_ports_are_published_on_loopback_and_shown_as_aws_shows_them(tasks):
    fixed = harness.free_port()
    arn = tasks.run({"name": "web", "sh": WEB, "stopTimeout": 2,
                     "portMappings": [{"containerPort": 8080}, {"containerPort": 8081, "hostPort": fixed},
                                      {"containerPort": 53, "protocol": "udp"}]})
    running = tasks.wait(arn, "RUNNING")
    bindings = {b["containerPort"]: b for b in by_name(running)["web"]["networkBindings"]}
    assert {b["bindIP"] for b in bindings.values()} == {"0.0.0.0"}
    assert bindings[8081]["hostPort"] == fixed
    assert bindings[53]["protocol"] == "udp"
    assert fetch(bindings[8080]["hostPort"]) == b"hello\n"
    ports = tasks.containers(arn)["web"]["NetworkSettings"]["Ports"]
    assert {p["HostIp"] for published in ports.values() for p in published} == {"127.0.0.1"}
    again = tasks.ecs.run_task(taskDefinition=running["taskDefinitionArn"])
    assert [f["reason"] for f in again["failures"]] == ["RESOURCE:PORTS"]
    tasks.ecs.stop_task(task=arn)


def test_a_dynamic_port_that_others_hold_is_passed_over(tasks):
    arn = tasks.run({"name": "web", "sh": WEB, "portMappings": [{"containerPort": 8080}], "stopTimeout": 2})
    first = by_name(tasks.wait(arn, "RUNNING"))["web"]["networkBindings"][0]["hostPort"]
    with contextlib.ExitStack() as stack:
        held = []
        for port in range(first + 1, first + 20):
            taken = stack.enter_context(socket.socket())
            with contextlib.suppress(OSError):
                taken.bind(("127.0.0.1", port))
                taken.listen()
                held.append(port)
        other = tasks.run({"name": "web", "sh": WEB, "portMappings": [{"containerPort": 8080}], "stopTimeout": 2})
        second = by_name(tasks.wait(other, "RUNNING"))["web"]["networkBindings"][0]["hostPort"]
    assert held and second > max(held)
    for task in (arn, other):
        tasks.ecs.stop_task(task=task)


def test_a_range_of_ports_is_one_binding(tasks):
    arn = tasks.run({"name": "web", "sh": WEB, "stopTimeout": 2,
                     "portMappings": [{"containerPortRange": "8080-8082"}]})
    binding = by_name(tasks.wait(arn, "RUNNING"))["web"]["networkBindings"][0]
    assert binding["containerPortRange"] == "8080-8082"
    first, last = map(int, binding["hostPortRange"].split("-"))
    assert last == first + 2 and fetch(first) == b"hello\n"
    tasks.ecs.stop_task(task=arn)


def test_host_and_none(tasks):
    host = tasks.run({"name": "web", "sh": "sleep 60", "stopTimeout": 2}, networkMode="host")
    none = tasks.run({"name": "web", "sh": "sleep 60", "stopTimeout": 2}, networkMode="none")
    for arn, mode in ((host, "host"), (none, "none")):
        assert by_name(tasks.wait(arn, "RUNNING"))["web"]["networkBindings"] == []
        assert tasks.containers(arn)["web"]["HostConfig"]["NetworkMode"] == mode
        tasks.ecs.stop_task(task=arn)


def test_links_resolve_in_a_bridge_task(tasks):
    arn = tasks.run({"name": "web", "sh": WEB, "stopTimeout": 2},
                    {"name": "client", "links": ["web:server"], "sh": "sleep 1; wget -qO- http://server:8080/"})
    assert by_name(tasks.wait(arn))["client"]["exitCode"] == 0
    assert tasks.logs(arn, "client") == "hello"


def test_a_task_joins_the_networks_given(start_server, image):
    harness_docker.docker("network", "create", "slipway-test-extra")
    try:
        tasks = Tasks(start_server("--network", "slipway-test-extra"), image)
        one = tasks.run({"name": "web", "sh": WEB, "stopTimeout": 2})
        two = tasks.run_awsvpc({"name": "side", "sh": "sleep 60", "stopTimeout": 2})
        tasks.wait(one, "RUNNING")
        tasks.wait(two, "RUNNING")
        assert "slipway-test-extra" in tasks.containers(one)["web"]["NetworkSettings"]["Networks"]
        assert "slipway-test-extra" in tasks.containers(two)["~internal~ecs~pause"]["NetworkSettings"]["Networks"]
        side = tasks.containers(two)["side"]["Id"]
        assert harness_docker.docker("exec", side, "wget", "-qO-", "http://web:8080/") == "hello"
        for arn in (one, two):
            tasks.ecs.stop_task(task=arn)
            tasks.wait(arn)
    finally:
        for container in harness_docker.containers("network=slipway-test-extra"):
            harness_docker.docker("rm", "-f", container["Id"], check=False)
        harness_docker.docker("network", "rm", "slipway-test-extra", check=False)
