"""Slipway in a container with the Docker socket mounted: it runs what it runs on the host, finds out where it stands, and the
application beside it, its tasks and the user on the host reach each other."""
import contextlib
import json
import os
import shutil
import socket
import subprocess
import urllib.request
import uuid

import pytest

import docker_container
import harness
import harness_docker
import test_document_commands as documents
from docker_container import ContainedServer
from docker_tasks import Tasks
from harness_docker import docker

SERVE = "trap 'exit 0' TERM; echo 'from the task' > /tmp/index.html; httpd -f -p 80 -h /tmp & wait"


@pytest.fixture(scope="module", autouse=True)
def the_engine_is_here(engine):
    if why := docker_container.missing():
        pytest.skip(why)


@pytest.fixture(scope="module")
def slipway_image(the_engine_is_here):
    name = f"slipway-test/server-{uuid.uuid4().hex[:8]}"
    yield docker_container.build_image(name)
    docker_container.remove_image(name)


@pytest.fixture
def contained(slipway_image, tmp_path):
    """Makes servers in containers; all of them, and their networks and volumes, go at the end."""
    made = []

    def make(*options, **settings):
        made.append(ContainedServer(tmp_path / f"server-{len(made)}", slipway_image, *options, **settings))
        return made[-1]

    yield make
    for server in made:
        server.close()


@pytest.fixture
def network():
    name = f"slipway-test-{uuid.uuid4().hex[:8]}"
    docker("network", "create", name)
    yield name
    docker("network", "rm", name)


@pytest.fixture
def volume():
    name = f"slipway-test-{uuid.uuid4().hex[:8]}"
    docker("volume", "create", name)
    yield name
    docker("volume", "rm", "-f", name)


@contextlib.contextmanager
def application(image, network, name):
    """A container that is no task, as a service of a compose file would be."""
    container = f"slipway-test-{uuid.uuid4().hex[:8]}"
    docker("run", "-d", "--name", container, "--network", network, "--network-alias", name, image, "sh", "-c",
           "trap 'exit 0' TERM; echo 'from the application' > /tmp/index.html; httpd -f -p 80 -h /tmp & wait")
    try:
        yield container
    finally:
        docker("rm", "-f", container, check=False)


def fetch(container, url):
    return docker("exec", container, "timeout", "10", "wget", "-q", "-O", "-", url)


def addresses(server):
    state = json.loads(server.slipway("status", "-o", "json").stdout)
    return {item["containerPort"]: item["address"] for task in state["tasks"] for item in task["addresses"]}


def read(address):
    return harness.eventually(lambda: _read(address), 10, what=f"http://{address} answers")


def _read(address):
    try:
        return urllib.request.urlopen(f"http://{address}/", timeout=5).read().decode().strip()
    except OSError:
        return None


# --- the image -----------------------------------------------------------------------------------------------------------

def test_the_image_names_its_version_and_knows_whether_it_is_healthy(slipway_image, contained):
    version = subprocess.run([harness.binary(), "version"], capture_output=True, text=True, check=True).stdout.split()[1]
    config = harness_docker.inspect(slipway_image)["Config"]
    assert config["Labels"]["org.opencontainers.image.version"] == version
    assert config["Healthcheck"]["Test"] == ["CMD", "/usr/bin/slipway", "health"]
    assert docker("run", "--rm", slipway_image, "version") == f"slipway {version}"
    server = contained().start()
    harness.eventually(lambda: harness_docker.inspect(server.name)["State"]["Health"]["Status"] == "healthy", 30)


def test_without_the_socket_the_container_ends_with_an_error(slipway_image):
    result = subprocess.run(["docker", "run", "--rm", slipway_image], capture_output=True, text=True, timeout=60, check=False)
    assert result.returncode == 1
    assert "no container engine answers" in result.stderr and "--engine simulated" in result.stderr


def test_a_binary_that_is_not_there_makes_no_image(tmp_path):
    result = subprocess.run([harness.REPOSITORY / "scripts" / "package", "image"], capture_output=True, text=True, timeout=60,
                            env={**os.environ, "SLIPWAY_BINARY": str(tmp_path / "none")}, check=False)
    assert result.returncode == 1 and "is not there" in result.stderr


# --- the same examples ---------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("example", ["hello", "pair", "batch"])
def test_it_runs_the_examples_as_on_the_host(contained, tmp_path, example):
    if not harness.aws_cli():
        pytest.skip("no `aws` on PATH (package awscli)")
    server = contained().start()
    reader = documents.Reader(tmp_path / "reader")
    reader.environment["SLIPWAY_ENDPOINT"] = server.endpoint
    document = f"examples/{example}/README.md"
    was_there = harness_docker.inspect(documents.IMAGE) is not None
    try:
        reader.run(document, documents.blocks_of(document), start="slipway wait")
    finally:
        server.close()
        if not was_there:
            docker("rmi", documents.IMAGE, check=False)


def test_the_compose_example_does_what_its_document_says(tmp_path):
    if not harness.aws_cli():
        pytest.skip("no `aws` on PATH (package awscli)")
    command = docker_container.compose_command()
    if not command:
        pytest.skip("neither `docker compose` nor `docker-compose` is here (package docker-compose)")
    reader = documents.Reader(tmp_path)
    for name in ("scripts", "docker"):
        shutil.copytree(harness.REPOSITORY / name, reader.clone / name)
    for name in ("LICENSE", "NOTICE", "CMakeLists.txt"):
        shutil.copy(harness.REPOSITORY / name, reader.clone / name)
    if command == ["docker-compose"]:  # where the plugin is not installed, its name leads to the program of old
        shim = tmp_path / "bin" / "docker"
        shim.write_text('#!/bin/sh\n[ "$1" = compose ] || exec ' + shutil.which("docker") + ' "$@"\n'
                        'shift; exec docker-compose "$@"\n')
        shim.chmod(0o755)
    mark, port = uuid.uuid4().hex[:8], harness.free_port()
    image, project = f"slipway-test/server-{mark}", f"slipwaytest{mark}"
    reader.environment.update(SLIPWAY_BINARY=harness.binary(), SLIPWAY_IMAGE=image, SLIPWAY_PORT=str(port),
                              COMPOSE_PROJECT_NAME=project)
    was_there = harness_docker.inspect(documents.IMAGE) is not None
    label = f"label=com.docker.compose.project={project}"
    try:
        reader.run(documents.IN_CONTAINER, documents.blocks_of(documents.IN_CONTAINER), start="")
        assert docker("ps", "-aq", "--filter", label) == "" and docker("volume", "ls", "-q", "--filter", label) == ""
        assert docker("network", "ls", "-q", "--filter", label) == ""
    finally:
        _end_compose_example(reader, label, image)
        if not was_there:
            docker("rmi", documents.IMAGE, check=False)


def _end_compose_example(reader, label, image):
    """Also after a block that failed: what its tasks left, then the project, then the image."""
    if docker("ps", "-aq", "--filter", label):
        reader.environment["SLIPWAY_ENDPOINT"] = f"http://127.0.0.1:{reader.environment['SLIPWAY_PORT']}"
        reader.slipway("reset", "--yes")
    for name in docker("ps", "-aq", "--filter", label).split():
        docker("rm", "-f", "-v", name, check=False)
    for kind in ("network", "volume"):
        for name in docker(kind, "ls", "-q", "--filter", label).split():
            docker(kind, "rm", name, check=False)
    docker_container.remove_image(image)


def test_the_compose_file_starts_a_server(slipway_image, tmp_path):
    """docker/compose.yaml itself, by the compose program; without one the fixtures above are its equivalent."""
    if not docker_container.compose_command():
        pytest.skip("neither `docker compose` nor `docker-compose` is here (package docker-compose)")
    mark, port = uuid.uuid4().hex[:8], harness.free_port()
    file, project = harness.REPOSITORY / "docker" / "compose.yaml", f"slipwaytest{mark}"
    environment = {"SLIPWAY_IMAGE": slipway_image.rsplit(":", 1)[0], "SLIPWAY_PORT": port,
                   "SLIPWAY_VOLUME": f"slipway-test-{mark}"}
    server = harness.Server(tmp_path)
    server.port = port
    try:
        up = docker_container.compose(file, project, "up", "-d", environment=environment)
        assert up.returncode == 0, up.stderr
        assert server.slipway("wait", "--timeout", "30").returncode == 0
        state = json.loads(server.slipway("health", "-o", "json").stdout)
        assert state["tasks"]["place"] == "container" and state["tasks"]["networks"] == [f"{project}_default"]
    finally:
        down = docker_container.compose(file, project, "down", "-v", environment=environment)
    assert down.returncode == 0, down.stderr
    assert docker("volume", "ls", "-q", "--filter", f"name=slipway-test-{mark}") == ""


# --- where it stands -----------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("kind", ["bridge", "awsvpc"])
def test_application_task_and_server_reach_each_other(network, contained, image, kind):
    server = contained(network=network).start()
    assert server.health()["tasks"]["networks"] == [network]
    tasks = Tasks(server, image)
    run = tasks.run_awsvpc if kind == "awsvpc" else tasks.run
    arn = run({"name": "greeter", "sh": SERVE, "portMappings": [{"containerPort": 80}]})
    tasks.wait(arn, "RUNNING")
    container = tasks.containers(arn)["greeter"]["Id"]
    with application(image, network, "app") as app:
        harness.eventually(lambda: docker("exec", app, "sh", "-c", "timeout 5 wget -q -O - http://greeter/ || true"), 10)
        assert fetch(app, "http://greeter/") == "from the task"
        assert fetch(container, "http://app/") == "from the application"
        assert '"status":"running"' in fetch(container, "http://slipway:4566/_slipway/health")
    holder = tasks.containers(arn).get("~internal~ecs~pause", tasks.containers(arn)["greeter"])
    by_address = holder["NetworkSettings"]["Networks"][network]["IPAddress"]
    with application(image, network, "other") as app:
        assert fetch(app, f"http://{by_address}/") == "from the task"
    assert read(addresses(server)[80]) == "from the task"


def test_on_the_default_bridge_the_server_and_its_tasks_share_that(contained, image):
    server = contained().start()
    assert server.health()["tasks"]["networks"] == ["bridge"]
    tasks = Tasks(server, image)
    for run in (tasks.run, tasks.run_awsvpc):
        arn = run({"name": "greeter", "sh": SERVE, "portMappings": [{"containerPort": 80}]})
        tasks.wait(arn, "RUNNING")
        found = tasks.containers(arn)
        holder = found.get("~internal~ecs~pause", found["greeter"])
        assert "bridge" in holder["NetworkSettings"]["Networks"]


def test_with_the_hosts_network_it_stands_as_on_the_host(slipway_image, contained, image):
    server = contained()
    docker("run", "-d", "--name", server.name, "--network", "host", "-v", f"{docker_container.SOCKET}:{docker_container.SOCKET}",
           slipway_image, "serve", "--listen", f"127.0.0.1:{server.port}")
    server.start()
    assert server.health()["tasks"] == {"place": "container", "networks": [], "publishAddress": "127.0.0.1", "endpoints": []}
    tasks = Tasks(server, image)
    arn = tasks.run({"name": "greeter", "sh": SERVE, "portMappings": [{"containerPort": 80}]})
    tasks.wait(arn, "RUNNING")
    assert read(addresses(server)[80]) == "from the task"


def test_ports_that_the_host_uses_are_found_taken_by_the_engine(contained, image):
    """From within a container no port of the host can be tried: the engine refuses, and another one is chosen."""
    server = contained().start()
    tasks = Tasks(server, image)
    with contextlib.ExitStack() as taken:
        for port in range(32768, 32776):
            holder = taken.enter_context(socket.socket())
            holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):  # somebody else's is as good
                holder.bind(("127.0.0.1", port))
                holder.listen()
        arn = tasks.run({"name": "greeter", "sh": SERVE, "portMappings": [{"containerPort": 80}]})
        tasks.wait(arn, "RUNNING")
        address = addresses(server)[80]
        assert int(address.split(":")[1]) > 32775
        assert read(address) == "from the task"


def test_killed_it_adopts_its_tasks_from_the_volume(network, volume, contained, image):
    server = contained(network=network, volume=volume).start()
    tasks = Tasks(server, image)
    arn = tasks.run({"name": "greeter", "sh": SERVE, "portMappings": [{"containerPort": 80}]})
    tasks.wait(arn, "RUNNING")
    before = tasks.containers(arn)["greeter"]
    server.kill9()
    server.remove()
    server.start()  # another container, another address, the same state
    assert len(server.server_ids) == 1
    assert tasks.task(arn)["lastStatus"] == "RUNNING"
    after = tasks.containers(arn)["greeter"]
    assert after["Id"] == before["Id"] and after["State"]["StartedAt"] == before["State"]["StartedAt"]
    tasks.ecs.stop_task(task=arn)
    tasks.wait(arn)


def test_without_a_volume_its_containers_go_with_it(contained, image):
    server = contained().start()
    tasks = Tasks(server, image)
    arn = tasks.run({"name": "app", "sh": SERVE})
    tasks.wait(arn, "RUNNING")
    (server_id,) = server.server_ids
    assert any(harness_docker.objects_of(server_id).values())
    assert server.stop() == 0
    assert not any(harness_docker.objects_of(server_id).values())


def test_a_restart_of_the_container_removes_what_a_killed_one_left(contained, image):
    server = contained().start()
    tasks = Tasks(server, image)
    arn = tasks.run({"name": "app", "sh": SERVE})
    tasks.wait(arn, "RUNNING")
    container = tasks.containers(arn)["app"]["Id"]
    server.kill9()
    server.start()
    harness.eventually(lambda: harness_docker.inspect(container) is None, 20, what="the task's container is gone")


# --- --network -----------------------------------------------------------------------------------------------------------

def test_localstacks_variable_names_the_network_too(network, start_server, image):
    server = start_server(environment={"MAIN_DOCKER_NETWORK": network})
    tasks = Tasks(server, image)
    arn = tasks.run({"name": "greeter", "sh": SERVE})
    tasks.wait(arn, "RUNNING")
    assert network in tasks.containers(arn)["greeter"]["NetworkSettings"]["Networks"]


def test_a_network_that_is_not_there_is_refused_at_start(start_server):
    server = start_server.prepare("--network", "slipway-test-none")
    assert server.spawn().wait(20) == 1
    assert "there is no Docker network 'slipway-test-none'" in server.log() and "docker network create" in server.log()


def test_every_task_with_a_network_finds_its_host_by_name(start_server, image):
    tasks = Tasks(start_server(), image)
    command = "grep -w host.docker.internal /etc/hosts"
    arns = [tasks.run({"name": "app", "sh": command}, networkMode="bridge"),
            tasks.run({"name": "app", "sh": command}, networkMode="host"),
            tasks.run_awsvpc({"name": "app", "sh": command})]
    for arn in arns:
        assert tasks.wait(arn)["containers"][0]["exitCode"] == 0, tasks.logs(arn, "app")


# --- doctor --------------------------------------------------------------------------------------------------------------

def checks_of(result):
    return {check["check"]: check for check in json.loads(result.stdout)}


def traces_of_doctor():
    return docker("ps", "-aq", "--filter", "name=slipway-doctor-").split() + \
        docker("network", "ls", "-q", "--filter", "name=slipway-doctor-").split() + \
        docker("images", "-q", "--filter", "reference=slipway/probe").split()


def test_doctor_proves_in_and_beside_the_container_that_all_reach_each_other(network, contained):
    server = contained(network=network).start()
    inside = server.inside("doctor", "-o", "json")
    assert inside.returncode == 0, inside.stdout
    checks = checks_of(inside)
    assert server.name in checks["place"]["found"] and network in checks["place"]["found"]
    for name in ("user to task", "task to task", "task to this container", "task to API"):
        assert checks[name]["ok"] and checks[name]["found"].endswith(" answers"), checks[name]
    beside = server.slipway("doctor", "-o", "json", "--data-dir", server.data_dir)
    assert beside.returncode == 0, beside.stdout
    checks = checks_of(beside)
    assert checks["place"]["found"] == "on the engine's machine"
    for name in ("user to task", "task to task", "task to this machine", "task to API"):
        assert checks[name]["ok"] and checks[name]["found"].endswith(" answers"), checks[name]
    assert traces_of_doctor() == []


def test_doctor_notes_that_tasks_do_not_reach_a_server_on_loopback(start_server):
    server = start_server()
    result = server.slipway("doctor", "-o", "json", "--data-dir", server.data_dir)
    assert result.returncode == 0, result.stdout
    assert "--listen" in checks_of(result)["task to API"]["mend"]


@pytest.mark.parametrize("options, words", [(("--network", "slipway-test-none"), "slipway-test-none"),
                                            (("--publish-address", "192.0.2.1"), "192.0.2.1")])
def test_a_probe_that_fails_says_why_and_leaves_nothing(tmp_path, options, words):
    result = subprocess.run([harness.binary(), "doctor", "-o", "json", "--endpoint", "http://127.0.0.1:9",
                             "--data-dir", str(tmp_path), *options], capture_output=True, text=True, timeout=60, check=False)
    assert result.returncode == 1, result.stdout
    reach = checks_of(result)["reach"]
    assert not reach["ok"] and words in reach["found"] and reach["mend"]
    assert traces_of_doctor() == []


def test_doctor_starts_nothing_when_told_so(tmp_path):
    result = subprocess.run([harness.binary(), "doctor", "--no-probe", "-o", "json", "--endpoint", "http://127.0.0.1:9",
                             "--data-dir", str(tmp_path)], capture_output=True, text=True, timeout=60, check=False)
    assert result.returncode == 0 and "place" in checks_of(result) and "user to task" not in checks_of(result)
