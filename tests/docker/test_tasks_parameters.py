"""Parameters of container definitions as Docker gets them (data-plane.md 3 and 4)."""
import pytest

import harness
import harness_docker
from docker_tasks import Tasks, by_name


@pytest.fixture
def tasks(shared_server, image):
    return Tasks(shared_server, image)


def run_and_look(tasks, *containers, **definition):
    arn = tasks.run(*[{"sh": "sleep 60", "stopTimeout": 2, **c} for c in containers], **definition)
    tasks.wait(arn, "RUNNING")
    found = tasks.containers(arn)
    tasks.ecs.stop_task(task=arn)
    return arn, found


def test_sizes_names_and_labels(tasks):
    arn, found = run_and_look(tasks, {"name": "my_web", "cpu": 128, "memory": 64, "memoryReservation": 32,
                                      "dockerLabels": {"mine": "1", "com.amazonaws.ecs.cluster": "no"}},
                              {"name": "small"})
    host, labels = found["my_web"]["HostConfig"], found["my_web"]["Config"]["Labels"]
    assert (host["CpuShares"], host["Memory"], host["MemoryReservation"]) == (128, 64 << 20, 32 << 20)
    assert found["small"]["HostConfig"]["CpuShares"] == 2
    family = labels["com.amazonaws.ecs.task-definition-family"]
    name = found["my_web"]["Name"].lstrip("/")
    assert name.startswith(f"ecs-{family}-1-myweb-") and len(name.rsplit("-", 1)[1]) == 20
    assert labels["com.amazonaws.ecs.task-arn"] == arn and labels["com.amazonaws.ecs.cluster"] == "default"
    assert labels["com.amazonaws.ecs.task-definition-version"] == "1" and labels["mine"] == "1"
    assert labels["dev.slipway.server"] in tasks.server.server_ids
    assert host["LogConfig"] == {"Type": "json-file", "Config": {"max-size": "10m", "max-file": "3"}}


def test_what_runs_and_what_it_sees(tasks):
    script = "echo $A $B $AWS_EXECUTION_ENV $AWS_REGION; id -u; pwd; hostname; ulimit -n; cat /etc/resolv.conf; " \
             "grep extra /etc/hosts; touch /x 2>/dev/null || echo ro; df -m /t | tail -1; cat /proc/sys/kernel/msgmax"
    arn = tasks.run({"name": "job", "entryPoint": ["sh", "-c"], "command": [script], "user": "65534:65534",
                     "workingDirectory": "/tmp", "hostname": "given", "readonlyRootFilesystem": True,
                     "environment": [{"name": "A", "value": "one"}, {"name": "B", "value": "two"}],
                     "ulimits": [{"name": "nofile", "softLimit": 200, "hardLimit": 300}],
                     "dnsServers": ["192.0.2.53"], "dnsSearchDomains": ["example.test"],
                     "extraHosts": [{"hostname": "extra", "ipAddress": "192.0.2.1"}],
                     "systemControls": [{"namespace": "kernel.msgmax", "value": "4096"}],
                     "linuxParameters": {"tmpfs": [{"containerPath": "/t", "size": 5, "mountOptions": ["noexec"]}],
                                         "initProcessEnabled": True}},
                    run={"overrides": {"containerOverrides": [
                        {"name": "job", "environment": [{"name": "B", "value": "three"}]}]}})
    ended = tasks.wait(arn)
    assert by_name(ended)["job"]["exitCode"] == 0, ended
    lines = tasks.logs(arn, "job").splitlines()
    assert lines[:5] == ["one three AWS_ECS_EC2 us-east-1", "65534", "/tmp", "given", "200"]
    assert "nameserver 192.0.2.53" in lines and "search example.test" in lines
    assert any(line.startswith("192.0.2.1") for line in lines) and "ro" in lines and "4096" in lines
    found = tasks.containers(arn)["job"]["HostConfig"]
    assert found["Init"] is True and found["Tmpfs"] == {"/t": "size=5m,noexec"}


def test_privileges_and_terminals(tasks):
    _, found = run_and_look(
        tasks, {"name": "a", "interactive": True, "pseudoTerminal": True},
        {"name": "b", "dockerSecurityOptions": ["no-new-privileges"], "disableNetworking": True,
         "linuxParameters": {"capabilities": {"add": ["NET_ADMIN"], "drop": ["MKNOD"]}, "sharedMemorySize": 32,
                             "devices": [{"hostPath": "/dev/null", "containerPath": "/dev/void",
                                          "permissions": ["read", "write"]}]}})
    a, b = found["a"], found["b"]
    assert a["Config"]["Tty"] and a["Config"]["OpenStdin"] and not a["HostConfig"]["Privileged"]
    host = b["HostConfig"]
    assert host["CapAdd"] == ["NET_ADMIN"] and host["CapDrop"] == ["MKNOD"] and host["ShmSize"] == 32 << 20
    assert host["SecurityOpt"] == ["no-new-privileges"] and b["Config"]["NetworkDisabled"]
    assert host["Devices"] == [{"PathOnHost": "/dev/null", "PathInContainer": "/dev/void", "CgroupPermissions": "rw"}]


def test_a_privileged_container_is_asked_for_as_such(tasks):
    arn = tasks.run({"name": "a", "privileged": True, "sh": "exit 0"})
    tasks.wait(arn)  # an engine that may not give all privileges refuses the start
    assert tasks.containers(arn)["a"]["HostConfig"]["Privileged"]


def test_volumes_of_the_task_are_shared_and_those_of_the_host_are_mounted(tasks, tmp_path):
    (tmp_path / "in").write_text("from the host\n")
    arn = tasks.run(
        {"name": "writer", "essential": False, "sh": "cat /host/in > /data/out; touch /host/x || echo read-only",
         "mountPoints": [{"sourceVolume": "data", "containerPath": "/data"},
                         {"sourceVolume": "host", "containerPath": "/host", "readOnly": True}]},
        {"name": "reader", "sh": "cat /data/out", "volumesFrom": [{"sourceContainer": "writer", "readOnly": True}],
         "dependsOn": [{"containerName": "writer", "condition": "SUCCESS"}]},
        volumes=[{"name": "data"}, {"name": "host", "host": {"sourcePath": str(tmp_path)}}])
    ended = tasks.wait(arn)
    if by_name(ended)["writer"].get("exitCode") == 0:
        assert tasks.logs(arn, "reader") == "from the host"
        assert "read-only" in tasks.logs(arn, "writer")
    mounts = {m["Destination"]: m for m in tasks.containers(arn)["writer"]["Mounts"]}
    assert mounts["/data"]["Name"].startswith("ecs-t") and "-1-data-" in mounts["/data"]["Name"]
    assert mounts["/host"]["Source"] == str(tmp_path) and not mounts["/host"]["RW"]


def test_shared_volumes_are_provisioned_only_when_asked_and_stay(tasks):
    name = f"slipway-test-{tasks.server.port}"
    use = {"name": "job", "sh": "echo kept > /v/f", "mountPoints": [{"sourceVolume": name, "containerPath": "/v"}]}

    def volume(autoprovision):
        return [{"name": name, "dockerVolumeConfiguration": {"scope": "shared", "autoprovision": autoprovision}}]
    refused = tasks.wait(tasks.run(use, volumes=volume(False)))
    assert "autoprovision is set to false" in by_name(refused)["job"]["reason"]
    assert by_name(tasks.wait(tasks.run(use, volumes=volume(True))))["job"]["exitCode"] == 0
    arn = tasks.run({**use, "sh": "cat /v/f"}, volumes=volume(False))
    assert by_name(tasks.wait(arn))["job"]["exitCode"] == 0 and tasks.logs(arn, "job") == "kept"


def test_a_shared_process_namespace(tasks):
    arn = tasks.run({"name": "a", "sh": "sleep 60", "stopTimeout": 2},
                    {"name": "b", "sh": "sleep 1; ps | grep -c '[s]leep 60'"}, pidMode="task", ipcMode="task")
    ended = tasks.wait(arn)
    assert by_name(ended)["b"]["exitCode"] == 0, ended
    assert int(tasks.logs(arn, "b")) >= 1
    assert {c["name"] for c in ended["containers"]} == {"a", "b"}, "ours are not shown"
    harness.eventually(lambda: set(tasks.containers(arn)) == {"a", "b"}, 10)


def test_an_images_own_health_check_does_not_count(tasks, image, tmp_path):
    (tmp_path / "Dockerfile").write_text(f"FROM {image}\nHEALTHCHECK --interval=1s CMD true\n")
    name = f"slipway-test/healthy:{tasks.server.port}"
    harness_docker.docker("build", "-q", "-t", name, tmp_path)
    try:
        arn = tasks.run({"name": "web", "image": name, "sh": "sleep 60", "stopTimeout": 2})
        tasks.wait(arn, "RUNNING")
        harness.eventually(
            lambda: tasks.containers(arn)["web"]["State"].get("Health", {}).get("Status") == "healthy", 20)
        assert by_name(tasks.task(arn))["web"]["healthStatus"] == "UNKNOWN"
        tasks.ecs.stop_task(task=arn)
        tasks.wait(arn)
    finally:
        for container in harness_docker.containers(f"ancestor={name}"):
            harness_docker.docker("rm", "-f", container["Id"], check=False)
        harness_docker.docker("rmi", "-f", name, check=False)
