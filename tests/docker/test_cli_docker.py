"""What the command line does with real containers: prune, doctor, --ephemeral, SIGTERM and Ctrl-C."""
import json
import os
import re
import shutil
import subprocess
import tempfile

import pytest

import harness
import harness_docker
import harness_guard
from harness_docker import docker, objects_of
from harness_terminal import Terminal


def definition(image, family="app"):
    return {"family": family, "containerDefinitions": [
        {"name": "app", "image": image, "memory": 64, "essential": True,
         "command": ["sh", "-c", 'trap "exit 0" TERM; while true; do sleep 0.1; done']}]}


def run_task(server, image, cluster="web"):
    ecs = server.ecs
    ecs.create_cluster(clusterName=cluster)
    ecs.register_task_definition(**definition(image))
    arn = ecs.run_task(cluster=cluster, taskDefinition="app")["tasks"][0]["taskArn"]
    harness.eventually(lambda: ecs.describe_tasks(cluster=cluster, tasks=[arn])["tasks"][0]["lastStatus"] == "RUNNING",
                       seconds=30, what="task RUNNING")
    return arn


def running(arn):
    return docker("ps", "-q", "--no-trunc", "--filter", f"label=com.amazonaws.ecs.task-arn={arn}").split()


def slipway(*arguments, environment=None):
    return subprocess.run([harness.binary(), *map(str, arguments)], env=harness_guard.environment(**(environment or {})),
                          stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False)


def listed(server_id):
    """What `slipway prune` says of the objects of a server, by name."""
    names = {found["Name"].lstrip("/") for found in harness_docker.containers(f"label={harness_docker.SERVER_LABEL}={server_id}")}
    rows = [line.split("\t") for line in slipway("prune").stdout.splitlines() if line.count("\t") == 2]
    return {name: state for _, name, state in rows if name in names}


def ephemeral(start_server, tmp_path):
    return start_server("--ephemeral", "--data-dir", tmp_path / "slots")


# --- stopping ------------------------------------------------------------------------------------------------------------


def test_sigterm_leaves_the_containers_and_the_next_server_adopts_them(server, image):
    arn = run_task(server, image)
    before = running(arn)
    assert server.stop() == 0
    assert running(arn) == before and len(before) == 1
    server.start()
    assert running(arn) == before
    assert server.ecs.describe_tasks(cluster="web", tasks=[arn])["tasks"][0]["lastStatus"] == "RUNNING"


def test_ctrl_c_twice_stops_the_containers(start_server, image):
    server = start_server.prepare()
    environment = harness_guard.environment(XDG_DATA_HOME=server.directory, ASAN_OPTIONS="detect_leaks=0")
    with Terminal(server.command(), environment, cwd=server.directory) as terminal:
        terminal.expect("Ready.\n")
        arn = run_task(server, image)
        terminal.interrupt()
        terminal.expect("1 task keeps running")
        assert len(running(arn)) == 1
        terminal.interrupt()
        assert terminal.wait(40) == 0
    assert running(arn) == []


def test_down_stops_and_reset_removes(server, image):
    arn = run_task(server, image)
    assert server.slipway("down").returncode == 0
    assert running(arn) == []
    run_task(server, image)
    assert server.slipway("reset", "--yes").returncode == 0
    assert not any(objects_of(next(iter(server.server_ids))).values())


# --- --ephemeral ---------------------------------------------------------------------------------------------------------


def test_an_ephemeral_server_removes_its_containers_at_exit(start_server, image, tmp_path):
    server = ephemeral(start_server, tmp_path)
    arn = run_task(server, image)
    assert running(arn)
    assert server.stop() == 0
    [server_id] = server.server_ids
    assert not any(objects_of(server_id).values())
    assert not (tmp_path / "slots" / "state.db").exists()


def test_what_a_killed_ephemeral_server_left_goes_at_the_next_start(start_server, image, tmp_path):
    server = ephemeral(start_server, tmp_path)
    arn = run_task(server, image)
    server.kill9()
    assert running(arn)
    server.start()
    assert len(server.server_ids) == 1, "the slot keeps its identity"
    assert server.ecs.list_clusters()["clusterArns"] == []
    harness.eventually(lambda: not any(objects_of(next(iter(server.server_ids))).values()), seconds=20,
                       what="objects of the killed server removed")


def test_two_ephemeral_servers_leave_each_other_alone(start_server, image, tmp_path):
    one, two = ephemeral(start_server, tmp_path), ephemeral(start_server, tmp_path)
    first, second = run_task(one, image), run_task(two, image)
    assert one.stop() == 0
    assert running(first) == [] and len(running(second)) == 1


# --- prune ---------------------------------------------------------------------------------------------------------------


def test_prune_removes_what_a_removed_data_dir_left_and_nothing_else(start_server, image):
    alive, gone = start_server(), start_server()
    kept, left = run_task(alive, image), run_task(gone, image)
    gone.kill9()
    # Another machine's, or that of a Slipway in a container: its directory says nothing about ours.
    foreign = docker("run", "-d", "--label", "dev.slipway.server=feedfeedfeedfeed", "--label",
                     "dev.slipway.data-dir=another-machine:/tmp/slipway-none", image, "sleep", "60")
    try:
        [gone_id], [alive_id] = gone.server_ids, alive.server_ids
        assert set(listed(gone_id).values()) == {"kept"}
        shutil.rmtree(gone.data_dir)
        assert set(listed(gone_id).values()) == {"gone"}
        assert set(listed(alive_id).values()) == {"kept"}
        assert set(listed("feedfeedfeedfeed").values()) == {"unknown"}
        assert running(left), "without --yes nothing is removed"
        result = slipway("prune", "--yes")
        assert result.returncode == 0 and re.search(r"^removed \d+$", result.stdout, re.M)
        assert not any(objects_of(gone_id).values())
        assert len(running(kept)) == 1
        assert docker("inspect", "-f", "{{.State.Running}}", foreign) == "true"
    finally:
        docker("rm", "-f", foreign, check=False)


def test_prune_takes_an_ephemeral_server_for_gone_once_it_does_not_run(start_server, image, tmp_path):
    server = ephemeral(start_server, tmp_path)
    run_task(server, image)
    [server_id] = server.server_ids
    assert set(listed(server_id).values()) == {"kept"}
    server.kill9()
    assert set(listed(server_id).values()) == {"gone"}


# --- doctor --------------------------------------------------------------------------------------------------------------


def test_doctor_finds_this_machine_fit(server):
    result = server.slipway("doctor", "--data-dir", server.data_dir)
    assert result.returncode == 0, result.stdout
    checks = {row[1]: row for row in (line.split("\t") for line in result.stdout.splitlines())}
    assert checks["docker engine"][0] == "ok" and "API 1." in checks["docker engine"][2]
    assert checks["server"] == ["ok", "server", f"answers at {server.endpoint}", ""]
    assert checks["data dir"][2] == str(server.data_dir)
    as_json = json.loads(server.slipway("doctor", "-o", "json").stdout)
    assert [check["check"] for check in as_json] and all(check["ok"] for check in as_json)


def test_doctor_says_the_mend_of_each_failing_line(tmp_path):
    result = slipway("doctor", "--docker-host", f"unix://{tmp_path}/none.sock",
                     "--endpoint", f"http://127.0.0.1:{harness.free_port()}")
    assert result.returncode == 1
    rows = {row[1]: row for row in (line.split("\t") for line in result.stdout.splitlines())}
    assert rows["docker engine"][0] == "fail" and "--engine simulated" in rows["docker engine"][3]
    assert rows["server"][0] == "note" and "slipway start" in rows["server"][3]


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to become somebody else")
def test_without_rights_on_the_socket_doctor_names_the_group():
    with tempfile.TemporaryDirectory() as directory:  # pytest's own are closed to others
        os.chmod(directory, 0o755)
        binary = shutil.copy(harness.binary(), directory)
        result = subprocess.run(["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", binary, "doctor"], cwd="/",
                                env=harness_guard.environment(HOME="/nonexistent"), stdin=subprocess.DEVNULL,
                                capture_output=True, text=True, timeout=30, check=False)
    assert result.returncode == 1
    [engine] = [line for line in result.stdout.splitlines() if line.split("\t")[1] == "docker engine"]
    assert "docker group" in engine


def test_prune_and_doctor_without_an_engine_say_what_to_do(tmp_path):
    result = slipway("prune", "--docker-host", f"unix://{tmp_path}/none.sock")
    assert result.returncode == 1 and result.stderr.startswith("slipway: ") and result.stderr.count("\n") == 1
