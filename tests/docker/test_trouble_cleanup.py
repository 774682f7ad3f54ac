"""What finished tasks leave goes after its time, by control time; `slipway reset` leaves nothing; what others have on the same
engine stays."""
import pytest

import harness
import harness_docker
from docker_tasks import SUBNET, Tasks, by_name
from engine_foreign import foreign, foreign_objects  # noqa: F401
from engine_ledger import Workload, advance, left, server_id
from harness_docker import docker

HOUR = 3600


@pytest.fixture
def tasks(server, image):
    return Tasks(server, image)


def gone(server, *kinds):
    harness.eventually(lambda: not set(left(server)) & set(kinds), seconds=30, what=f"no {kinds} of the server")


def test_finished_containers_and_volumes_stay_an_hour_and_then_go(server, tasks, tmp_path, foreign):
    work = Workload(tasks, tmp_path / "ledger")
    done = [work.run("pair"), work.run("failing")]
    stays = work.run("long")
    for arn in done:
        tasks.wait(arn)
    tasks.wait(stays, "RUNNING")
    advance(server, HOUR - 120)
    again = tasks.run({"name": "job", "sh": "echo said"})
    tasks.wait(again)
    assert len(left(server)["container"]) == 5 and len(left(server)["volume"]) == 1
    assert tasks.logs(again, "job") == "said"
    advance(server, 180)
    harness.eventually(lambda: len(left(server)["container"]) == 2, seconds=30, what="the older ones gone")
    assert "volume" not in left(server)
    assert tasks.task(stays)["lastStatus"] == "RUNNING" and tasks.logs(again, "job") == "said"
    work.stop_long_ones()
    tasks.wait(stays)
    advance(server, HOUR + 60)
    gone(server, "container", "volume")


def test_a_shared_volume_outlives_its_task(server, tasks):
    name = f"shared-{server_id(server)[:8]}"
    volume = {"name": name, "dockerVolumeConfiguration": {"scope": "shared", "autoprovision": True}}
    mount = [{"sourceVolume": name, "containerPath": "/v"}]
    tasks.wait(tasks.run({"name": "job", "sh": "echo kept > /v/file", "mountPoints": mount}, volumes=[volume]))
    advance(server, 2 * HOUR)
    gone(server, "container")
    server.restart(kill=True)
    arn = tasks.run({"name": "job", "sh": "grep -q kept /v/file && exit 12", "mountPoints": mount}, volumes=[volume])
    assert by_name(tasks.wait(arn))["job"]["exitCode"] == 12


def test_a_vpc_network_goes_an_hour_after_its_last_task(server, tasks, tmp_path, foreign):
    work = Workload(tasks, tmp_path / "ledger")
    stays = tasks.run({"name": "web", "sh": "trap 'exit 0' TERM; sleep 1000 & wait"}, networkMode="awsvpc",
                      run={"networkConfiguration": {"awsvpcConfiguration": {"subnets": [SUBNET]}}})
    tasks.wait(stays, "RUNNING")
    [network] = left(server)["network"]
    advance(server, 3 * HOUR)
    work.run("awsvpc")
    work.check()
    assert left(server)["network"] == [network], "in use"
    tasks.ecs.stop_task(task=stays)
    tasks.wait(stays)
    advance(server, HOUR // 2)
    work.run("awsvpc")
    work.check()
    assert left(server)["network"] == [network], "unused for half an hour only"
    guest = docker("run", "-d", "--network", network, tasks.image, "sleep", "1000")
    try:
        advance(server, 2 * HOUR)
        gone(server, "container")
        assert left(server)["network"] == [network], "somebody else's container is on it"
        assert docker("inspect", "-f", "{{.State.Running}}", guest) == "true"
    finally:
        docker("rm", "-f", guest)
    advance(server, HOUR)
    gone(server, "network")
    anew = work.run("awsvpc")
    assert by_name(tasks.wait(anew))["main"]["exitCode"] == 4


def test_slipway_reset_leaves_nothing(server, tasks, tmp_path, foreign):
    work = Workload(tasks, tmp_path / "ledger")
    for name in ("long", "pair", "awsvpc"):
        work.run(name)
    tasks.wait(work.of_kind("long")[0], "RUNNING")
    result = server.slipway("reset", "--yes")
    assert result.returncode == 0, result.stderr
    assert not left(server)
    assert harness_docker.inspect("slipway/pause:1"), "the image is shared by all servers"
    assert server.ecs.list_task_definitions()["taskDefinitionArns"] == []
    server.restart(kill=True)
    assert not left(server)
    again = Tasks(server, tasks.image)
    assert by_name(again.wait(again.run({"name": "job", "sh": "exit 3"})))["job"]["exitCode"] == 3
