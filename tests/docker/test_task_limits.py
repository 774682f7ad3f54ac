"""The limits of a task hold for all its containers together: by a parent cgroup where the machine allows that (decisions.md
23). Where it does not, the server says why, and the limits hold for each container."""
import pathlib
import random
import re
import subprocess
import time

import pytest

import harness
import harness_docker
from docker_tasks import Tasks, by_name
from engine_ledger import advance, server_id

CGROUPS = pathlib.Path("/sys/fs/cgroup")
OUT_OF_MEMORY = "OutOfMemoryError: Container killed due to memory usage"
# Doubles 16 bytes so often; the shell copies, so it needs a multiple of that.
HOLD = "x=0123456789abcdef; i=0; while [ $i -lt {doublings} ]; do x=$x$x; i=$((i+1)); done; echo held; {then}"
WAIT = "trap 'exit 0' TERM; sleep 1000 & wait"


def directories(server):
    return [pathlib.Path(found) for found in harness_docker.cgroups_of(server_id(server))]


def limits_of(parent):
    """(memory limit, CPU quota, period, shares or weight) as the kernel has them."""
    if (CGROUPS / "memory").is_dir():
        read = lambda controller, name: (CGROUPS / controller / parent[1:] / name).read_text().strip()
        return (read("memory", "memory.limit_in_bytes"), read("cpu", "cpu.cfs_quota_us"), read("cpu", "cpu.cfs_period_us"),
                read("cpu", "cpu.shares"))
    read = lambda name: (CGROUPS / parent[1:] / name).read_text().strip()
    return (read("memory.max"), *read("cpu.max").split(), read("cpu.weight"))


def parents(tasks, arn):
    return {name: found["HostConfig"]["CgroupParent"] for name, found in tasks.containers(arn).items()}


def uses_parents(server):
    return "task limits hold by parent cgroups" in server.log()


@pytest.fixture
def tasks(server, image):
    if not uses_parents(server):
        pytest.skip("no parent cgroups here: " + "".join(re.findall("task limits hold per container.*", server.log())))
    return Tasks(server, image)


def gone(server):
    harness.eventually(lambda: not directories(server), seconds=20, what="no cgroup of the server")


def test_the_limits_of_a_task_are_in_the_parent_of_all_its_containers(server, tasks):
    arn = tasks.run_awsvpc({"name": "web", "sh": WAIT, "memory": 128}, {"name": "side", "sh": WAIT, "memory": None,
                                                                       "memoryReservation": 32})
    tasks.wait(arn, "RUNNING")
    parent = f"/slipway/{server_id(server)}/{arn.split('/')[-1]}"
    assert set(parents(tasks, arn).values()) == {parent}
    assert len(parents(tasks, arn)) == 3, "the one that holds the network too"
    memory, quota, period, _ = limits_of(parent)
    assert (memory, quota, period) == (str(512 << 20), "25000", "100000")
    host = {name: found["HostConfig"] for name, found in tasks.containers(arn).items()}
    assert (host["web"]["Memory"], host["side"]["Memory"]) == (128 << 20, 0)
    assert {found["CpuQuota"] for found in host.values()} == {0}
    tasks.ecs.stop_task(task=arn)
    tasks.wait(arn)
    gone(server)


def test_containers_that_exceed_the_tasks_memory_together_are_killed(server, tasks):
    # 32 MiB each fit, both do not: the later one dies. Neither has a limit of its own.
    small = {"memory": None, "memoryReservation": 6}
    neighbour = {"name": "neighbour", "sh": HOLD.format(doublings=21, then="sleep 1000"), "stopTimeout": 2, **small}
    hog = {"name": "hog", "sh": "sleep 1; " + HOLD.format(doublings=23, then="sleep 1000"),
           "dependsOn": [{"containerName": "neighbour", "condition": "START"}], **small}
    arn = tasks.run(neighbour, hog, memory="128")
    ended = by_name(tasks.wait(arn))
    assert (ended["hog"]["exitCode"], ended["hog"]["reason"]) == (137, OUT_OF_MEMORY)
    assert ended["neighbour"]["exitCode"] == 137 and "reason" not in ended["neighbour"], "killed by us, after its timeout"
    gone(server)


def test_a_task_without_a_cpu_size_weighs_what_its_containers_weigh(server, tasks):
    arn = tasks.run({"name": "web", "sh": WAIT, "cpu": 512}, {"name": "side", "sh": WAIT, "cpu": 512}, memory="256")
    tasks.wait(arn, "RUNNING")
    memory, quota, _, weight = limits_of(parents(tasks, arn)["web"])
    assert memory == str(256 << 20) and quota in ("-1", "max") and weight in ("1024", "39")
    plain = tasks.run({"name": "web", "sh": WAIT})
    tasks.wait(plain, "RUNNING")
    assert parents(tasks, plain) == {"web": ""}, "a task without a size has no parent"


def test_the_parent_survives_a_kill_of_the_server_and_goes_with_its_task(server, tasks):
    arn = tasks.run({"name": "web", "sh": WAIT}, memory="128", cpu="512")
    tasks.wait(arn, "RUNNING")
    parent = parents(tasks, arn)["web"]
    (pathlib.Path(directories(server)[0]) / "0123456789abcdef0123456789abcdef").mkdir()
    server.restart(kill=True)
    harness.eventually(lambda: [p.name for p in directories(server)[0].iterdir() if p.is_dir()] == [parent.split("/")[-1]],
                       what="the stranger gone")
    assert tasks.task(arn)["lastStatus"] == "RUNNING"
    assert limits_of(parent)[:2] == (str(128 << 20), "50000")
    tasks.ecs.stop_task(task=arn)
    tasks.wait(arn)
    gone(server)


def test_kill_9_at_any_moment_leaks_none(server, tasks):
    chance = random.Random(5)
    definition = tasks.define({"name": "job", "sh": "sleep 0.3"}, memory="128")
    arns = []
    for _ in range(6):
        arns.append(tasks.run_again(definition))
        time.sleep(chance.uniform(0, 0.5))
        server.restart(kill=True)
    for arn in arns:
        tasks.wait(arn)
    gone(server)
    advance(server, 2 * 3600)


def test_reset_leaves_none(server, tasks):
    tasks.wait(tasks.run({"name": "web", "sh": WAIT}, memory="128"), "RUNNING")
    assert directories(server)
    assert server.slipway("reset", "--yes").returncode == 0
    assert not directories(server)


def test_prune_removes_those_of_a_server_that_is_gone(start_server, image):
    server = start_server("--ephemeral")
    if not uses_parents(server):
        pytest.skip("no parent cgroups here")
    tasks = Tasks(server, image)
    tasks.wait(tasks.run({"name": "web", "sh": WAIT}, memory="128"), "RUNNING")
    here = directories(server)
    kept = server.slipway("prune")
    assert any(line.split()[0::2] == ["cgroup", "kept"] for line in kept.stdout.splitlines()), kept.stdout
    server.kill9()
    assert here and all(path.exists() for path in here)
    pruned = server.slipway("prune", "--yes")
    assert pruned.returncode == 0, pruned.stderr
    assert not [path for path in here if path.exists()]


def test_without_parents_the_limits_of_the_task_hold_for_each_container(start_server, image, tmp_path, monkeypatch):
    """As beside an engine on another machine: in a UTS namespace, Slipway sees another host name than the engine."""
    if subprocess.run(["unshare", "--uts", "true"], capture_output=True).returncode != 0:
        pytest.skip("no right to make a UTS namespace")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_text("#!/bin/sh\nexec unshare --uts sh -c 'hostname elsewhere; exec \"$0\" \"$@\"' "
                         f"{harness.binary()} \"$@\"\n")
    elsewhere.chmod(0o755)
    monkeypatch.setenv("SLIPWAY_BINARY", str(elsewhere))
    server = start_server()
    harness.eventually(lambda: "task limits hold per container" in server.log() and "Slipway on elsewhere" in server.log(),
                       what="the choice in the log")
    tasks = Tasks(server, image)
    arn = tasks.run({"name": "web", "sh": WAIT, "memory": 128}, {"name": "side", "sh": WAIT, "memory": None,
                                                                "memoryReservation": 16}, cpu="512", memory="256")
    tasks.wait(arn, "RUNNING")
    found = {name: one["HostConfig"] for name, one in tasks.containers(arn).items()}
    assert (found["web"]["Memory"], found["side"]["Memory"]) == (128 << 20, 256 << 20)
    assert {(one["CgroupParent"], one["CpuQuota"], one["CpuPeriod"]) for one in found.values()} == {("", 50000, 100000)}
    assert not directories(server)


def test_doctor_says_where_the_limits_hold(server):
    found = server.slipway("doctor").stdout
    [line] = [line for line in found.splitlines() if "task limits" in line]
    assert ("for all containers together" if uses_parents(server) else "for each container alone: ") in line
