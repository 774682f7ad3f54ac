"""A Docker Engine that is killed, restarted, paused or away for long: a private one (engine_private.py), so that the machine's
own goes on undisturbed. Ports are not probed here: they are published inside that engine's network namespace."""
import os
import signal
import time

import pytest

import engine_private
import harness
from docker_tasks import SUBNET, Tasks, by_name
from engine_ledger import Workload
from harness_docker import SERVER_LABEL

WITHIN = 10  # "within seconds", on a slow machine
AWAY_SECONDS = 8


def private(live_restore, image):
    why = engine_private.missing()
    if why:
        pytest.skip(why)
    engine = engine_private.PrivateEngine(live_restore)
    try:
        engine.start().load(image)
    except BaseException:
        engine.close()
        raise
    return engine


@pytest.fixture
def dying(image):
    """Its containers end with it."""
    engine = private(False, image)
    yield engine
    engine.close()


@pytest.fixture
def living(image):
    """Its containers go on without it (live-restore)."""
    engine = private(True, image)
    yield engine
    engine.close()


class Watched:
    """A server on a private engine with a foreign container beside its own ones."""

    def __init__(self, start_server, engine, image, directory):
        self.engine = engine
        self.server = start_server("--docker-host", engine.url)
        self.tasks = Tasks(self.server, image)
        self.work = Workload(self.tasks, directory / "ledger")
        self.foreign = engine.docker("run", "-d", "--restart", "always", "--label", f"{SERVER_LABEL}=feedfeedfeedfeed", image,
                                     "sh", "-c", "trap 'exit 0' TERM; sleep 10000 & wait")

    def inspect(self, arn, template):
        ids = self.engine.docker("ps", "-aq", "--no-trunc", "--filter", f"label=com.amazonaws.ecs.task-arn={arn}").split()
        # Some may be removed in between.
        return self.engine.docker("inspect", "-f", template, *ids, check=False).splitlines() if ids else []

    def foreign_runs(self):
        return self.engine.docker("inspect", "-f", "{{.State.Running}}", self.foreign) == "true"


def test_a_killed_engine_takes_its_containers_along_and_new_tasks_run_on_the_next(start_server, dying, image, tmp_path):
    it = Watched(start_server, dying, image, tmp_path)
    running = [it.work.run("long"), it.work.run("awsvpc")]
    obeys = "trap 'exit 0' TERM; sleep 1000 & wait"
    held = it.tasks.run({"name": "web", "sh": obeys}, {"name": "side", "sh": obeys}, networkMode="awsvpc",
                        run={"networkConfiguration": {"awsvpcConfiguration": {"subnets": [SUBNET]}}})
    it.tasks.wait(running[0], "RUNNING")
    it.tasks.wait(held, "RUNNING")
    it.tasks.wait(running[1])
    launching = [it.work.run(name) for name in ("pair", "awsvpc", "failing")]
    time.sleep(0.3)
    dying.kill9()
    late = it.work.run("failing")
    dying.start()
    answering = time.monotonic()
    for arn in (running[0], held):
        task = it.tasks.wait(arn, seconds=WITHIN)
        assert task["stopCode"] == "EssentialContainerExited"
        codes = {c["name"]: c["exitCode"] for c in task["containers"]}
        shown = it.inspect(arn, '{{index .Config.Labels "com.amazonaws.ecs.container-name"}} {{.State.ExitCode}}')
        assert {f"{name} {code}" for name, code in codes.items()} <= set(shown), "as the engine has it"
        assert set(it.inspect(arn, "{{.State.Running}}")) == {"false"}
    print(f"true again {time.monotonic() - answering:.2f} s after the engine answered")
    for arn in launching:  # run to their end, killed or never started: the engine says which
        it.tasks.wait(arn, seconds=20)
        assert "true" not in it.inspect(arn, "{{.State.Running}}")
    assert by_name(it.tasks.wait(late, seconds=20))["job"]["exitCode"] == 7
    again = it.work.run("awsvpc")
    assert by_name(it.tasks.wait(again, seconds=20))["main"]["exitCode"] == 4
    harness.eventually(it.foreign_runs, seconds=20, what="the foreign container is restarted by the engine")


def test_an_engine_with_live_restore_gives_its_containers_back(start_server, living, image, tmp_path):
    it = Watched(start_server, living, image, tmp_path)
    stays = it.work.run("long")
    ends = it.tasks.run({"name": "job", "sh": "trap 'exit 31' TERM; touch /up; sleep 1000 & wait"})
    before = {arn: it.tasks.wait(arn, "RUNNING") for arn in (stays, ends)}
    [pid] = it.inspect(ends, "{{.State.Pid}}")
    [container] = it.inspect(ends, "{{.Id}}")
    harness.eventually(lambda: it.engine.docker("exec", container, "ls", "/up", check=False), what="trap set")
    living.kill9()
    late = [it.work.run("pair"), it.work.run("awsvpc")]
    os.kill(int(pid), signal.SIGTERM)
    time.sleep(AWAY_SECONDS)
    assert {it.tasks.task(arn)["lastStatus"] for arn in (stays, ends)} == {"RUNNING"}, "nobody knows better yet"
    living.start()
    answering = time.monotonic()
    ended = it.tasks.wait(ends, seconds=WITHIN)
    print(f"true again {time.monotonic() - answering:.2f} s after the engine answered")
    assert by_name(ended)["job"]["exitCode"] == int(it.inspect(ends, "{{.State.ExitCode}}")[0])
    after = it.tasks.task(stays)
    assert (after["lastStatus"], after["version"], after["containers"]) == \
        ("RUNNING", before[stays]["version"], before[stays]["containers"])
    for arn in late:
        it.tasks.wait(arn, seconds=30)
    it.work.stop_long_ones()
    it.work.check()
    assert it.foreign_runs()


def test_a_paused_engine_and_a_server_killed_meanwhile(start_server, dying, image, tmp_path):
    it = Watched(start_server, dying, image, tmp_path)
    stays = it.work.run("long")
    it.tasks.wait(stays, "RUNNING")
    late = [it.work.run(name) for name in ("short", "pair")]
    dying.pause()
    late += [it.work.run(name) for name in ("failing", "short")]
    time.sleep(2)
    assert it.tasks.task(stays)["lastStatus"] == "RUNNING"
    it.server.kill9()
    dying.go_on()
    it.server.start()
    answering = time.monotonic()
    for arn in late:
        it.tasks.wait(arn, seconds=30)
    print(f"all done {time.monotonic() - answering:.2f} s after the engine went on")
    it.work.stop_long_ones()
    it.work.check()
    assert it.foreign_runs()


def test_an_engine_that_is_stopped_and_started_again(start_server, dying, image, tmp_path):
    it = Watched(start_server, dying, image, tmp_path)
    arn = it.work.run("long")
    it.tasks.wait(arn, "RUNNING")
    dying.stop()
    late = it.work.run("awsvpc")
    dying.start()
    task = it.tasks.wait(arn, seconds=WITHIN)
    assert by_name(task)["web"]["exitCode"] == int(it.inspect(arn, "{{.State.ExitCode}}")[0])
    assert by_name(it.tasks.wait(late, seconds=20))["main"]["exitCode"] == 4
