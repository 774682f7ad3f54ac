"""Work without an AWS client: slipway up, run, validate, diff, dump, and down with services. Simulated engine."""
import json
import re
import signal
import subprocess

import pytest

import harness
import harness_guard
from harness_services import Service

# Healthy at once, so that nothing waits for the 40 s after which a task without health checks counts as healthy.
HEALTH = {"command": ["CMD", "true"]}
DEFAULT = {"minimumHealthyPercent": 100, "maximumPercent": 200}
BREAKER = {**DEFAULT, "deploymentCircuitBreaker": {"enable": True, "rollback": True}}


def definition(family="web", sim=None, version="1", **members):
    labels = {"dev.slipway.sim.health": "healthy"}
    labels.update({f"dev.slipway.sim.{key}": str(value) for key, value in (sim or {}).items()})
    container = {"name": "app", "image": "app:1", "memory": 64, "healthCheck": HEALTH, "dockerLabels": labels,
                 "environment": [{"name": "VERSION", "value": version}]}
    return {"family": family, "containerDefinitions": [container], **members}


def job(sim=None, **members):
    """A definition without a health check, for one task."""
    made = definition("job", sim, **members)
    del made["containerDefinitions"][0]["healthCheck"]
    return made


def service(**members):
    return {"serviceName": "web", "taskDefinition": "web", "desiredCount": 2, "deploymentConfiguration": BREAKER, **members}


@pytest.fixture
def files(tmp_path):
    """Writes documents as NAME.json into a directory, which it returns; also bare text."""
    directory = tmp_path / "stack"
    directory.mkdir()

    def write(**documents):
        for name, document in documents.items():
            (directory / f"{name}.json").write_text(document if isinstance(document, str) else json.dumps(document))
        return directory
    return write


def ok(result):
    assert (result.returncode, result.stderr) == (0, ""), result
    return result.stdout


def one_line(result, code=1):
    """The single line of an error."""
    assert result.returncode == code, result
    assert re.fullmatch(r"slipway: [^\n]+\n", result.stderr), result
    return result.stderr.strip()


def offline(*arguments):
    """A command where no server is."""
    environment = harness_guard.environment(SLIPWAY_ENDPOINT=f"http://127.0.0.1:{harness.free_port()}")
    return subprocess.run([harness.binary(), *map(str, arguments)], env=environment, stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=60, check=False)


def web_service(server, cluster="default"):
    return server.ecs.describe_services(cluster=cluster, services=["web"])["services"][0]


# --- up ------------------------------------------------------------------------------------------------------------------


def test_up_creates_what_a_directory_says_and_follows_it_until_it_is_stable(server, files):
    text = ok(server.slipway("up", files(web=definition(), service=service(cluster="shop"))))
    lines = text.splitlines()
    assert lines[:2] == ["task definition web:1 registered", "service web created"]
    assert lines[-2:] == ["(service web) has reached a steady state.", "web is stable: 2 of 2 tasks run web:1"]
    assert any(line.startswith("(service web) has started 2 tasks: ") for line in lines)
    made = web_service(server, "shop")
    assert (made["runningCount"], made["deploymentConfiguration"]["deploymentCircuitBreaker"]["rollback"]) == (2, True)


def test_up_again_changes_nothing(server, files):
    directory = files(web=definition(), service=service())
    ok(server.slipway("up", directory))
    before = web_service(server)["deployments"][0]["id"]
    text = ok(server.slipway("up", directory))
    assert text.splitlines() == ["task definition web:1 is unchanged", "service web updated",
                                 "web is stable: 2 of 2 tasks run web:1"]
    assert web_service(server)["deployments"][0]["id"] == before


def test_up_updates_what_changed_and_tells_only_what_is_new(server, files):
    ok(server.slipway("up", files(web=definition(), service=service())))
    text = ok(server.slipway("up", files(web=definition(version="2"), service=service(desiredCount=3))))
    lines = text.splitlines()
    assert lines[:2] == ["task definition web:2 registered", "service web updated"]
    assert lines[-1] == "web is stable: 3 of 3 tasks run web:2"
    assert not any("has started 2 tasks" in line for line in lines)
    assert text.count("has reached a steady state") == 1
    assert server.ecs.list_task_definitions(familyPrefix="web")["taskDefinitionArns"][-1].endswith("/web:2")


def test_up_takes_a_single_definition_a_list_and_the_answer_of_a_describe(server, files):
    directory = files(web=definition())
    assert ok(server.slipway("up", directory / "web.json")) == "task definition web:1 registered\n"
    described = {"taskDefinition": definition("other"), "tags": [{"key": "team", "value": "a"}]}
    files(many=[described, definition("third")])
    assert ok(server.slipway("up", directory / "many.json")).splitlines() == [
        "task definition other:1 registered", "task definition third:1 registered"]
    tags = server.ecs.describe_task_definition(taskDefinition="other", include=["TAGS"])["tags"]
    assert {"key": "team", "value": "a"} in tags


def test_a_service_without_a_definition_takes_the_only_one_beside_it(server, files):
    alone = service()
    del alone["taskDefinition"]
    directory = files(service=alone)
    assert one_line(server.slipway("up", directory)).endswith("service.json names no taskDefinition")
    assert "web is stable: 2 of 2 tasks run web:1" in ok(server.slipway("up", files(web=definition())))


def test_up_keeps_to_the_cluster_and_region_that_are_named(server, files):
    ok(server.slipway("up", "--cluster", "blue", "--region", "eu-west-1", files(web=definition(), service=service())))
    there = server.client("ecs", region="eu-west-1")
    assert there.describe_services(cluster="blue", services=["web"])["services"][0]["runningCount"] == 2
    assert server.ecs.list_clusters()["clusterArns"] == []


def test_up_exits_with_1_when_the_service_rolls_back(server, files):
    ok(server.slipway("up", files(web=definition(), service=service())))
    result = server.slipway("up", files(web=definition(sim={"run-seconds": 0, "exit-code": 1})))
    text = one_line(result)
    assert "web: the deployment did not last" in text and "/web:1 runs" in text
    assert "`slipway why web --cluster default` says more" in text
    assert "deployment failed: tasks failed to start." in result.stdout
    assert "rolling back to deployment" in result.stdout
    assert web_service(server)["taskDefinition"].endswith("/web:1")


def test_up_exits_with_1_when_a_first_deployment_fails(server, files):
    text = one_line(server.slipway("up", files(web=definition(sim={"start-error": "no such file"}), service=service())))
    assert text.startswith("slipway: web: ") and "`slipway why web --cluster default` says more" in text


def test_up_gives_up_after_its_timeout(server, files):
    directory = files(web=definition(sim={"health": "healthy-after:600"}), service=service())
    text = one_line(server.slipway("up", "--timeout", "1", directory))
    assert text == "slipway: web is not stable after 1 s; `slipway why web --cluster default` says more"


@pytest.mark.parametrize("member, value", [("launchType", "FARGATE"), ("schedulingStrategy", "DAEMON")])
def test_what_is_fixed_at_creation_is_refused_before_anything_changes(server, files, member, value):
    ok(server.slipway("up", files(web=definition(), service=service(launchType="EC2"))))
    changed = service(launchType="EC2", desiredCount=5)
    changed[member] = value
    text = one_line(server.slipway("up", files(service=changed)))
    assert text.endswith(f"service.json: the {member} of a service cannot be changed; delete web first")
    assert web_service(server)["desiredCount"] == 2


@pytest.mark.parametrize("text, said", [
    ("{", " is not JSON: "),
    ("7", " is neither a task definition (containerDefinitions) nor a service (serviceName)"),
    ('{"family": "web"}', " is neither a task definition (containerDefinitions) nor a service (serviceName)"),
])
def test_a_broken_file_is_named_and_nothing_is_registered(server, files, text, said):
    directory = files(broken=text, web=definition())
    line = one_line(server.slipway("up", directory))
    assert f"{directory}/broken.json" in line and said in line
    assert server.ecs.list_task_definitions()["taskDefinitionArns"] == []


def test_a_file_that_is_not_there_and_a_directory_without_files_are_named(server, tmp_path):
    assert one_line(server.slipway("up", tmp_path / "none.json")) == f"slipway: cannot read {tmp_path}/none.json"
    (tmp_path / "empty").mkdir()
    assert one_line(server.slipway("up", tmp_path / "empty")) == f"slipway: there are no .json files in {tmp_path}/empty"


def test_what_ecs_refuses_comes_in_its_words_with_the_file(server, files):
    directory = files(web=definition(networkMode="token-ring"))
    line = one_line(server.slipway("up", directory))
    assert line == f"slipway: {directory}/web.json: ClientException: Network mode should be one of [bridge,host,awsvpc,none]"
    files(web=definition(), service=service(launchType="MAINFRAME"))
    line = one_line(server.slipway("up", directory))
    assert f"{directory}/service.json: InvalidParameterException: launch type should be one of [EC2,FARGATE," in line, line


@pytest.mark.parametrize("document", [
    service(taskDefinition=7), service(serviceName=7), service(cluster=7), service(desiredCount="many"),
    definition(family=7), definition(tags=7), definition(containerDefinitions=7)])
def test_a_member_of_a_wrong_type_is_one_line_too(server, files, document):
    directory = files(web=definition(), bad=document)
    line = one_line(server.slipway("up", directory))
    assert f"{directory}/bad.json" in line, line
    assert "json.exception" not in line


# --- run -----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", [0, 3])
def test_run_prints_what_the_task_prints_and_exits_as_it_does(server, files, code):
    directory = files(job=job({"log": "hello", "log-stderr": "oh", "run-seconds": 0.3, "exit-code": code}))
    result = server.slipway("run", directory / "job.json")
    assert result.returncode == code, result
    assert "hello\n" in result.stdout
    assert "oh\n" in result.stderr + result.stdout
    assert "slipway:" not in result.stderr
    assert server.ecs.list_tasks(desiredStatus="RUNNING")["taskArns"] == []


def test_run_takes_the_exit_code_of_what_is_essential(server, files):
    both = job({"run-seconds": 0.3, "exit-code": 0})
    side = {"name": "side", "image": "side:1", "memory": 64, "essential": False,
            "dockerLabels": {"dev.slipway.sim.run-seconds": "0", "dev.slipway.sim.exit-code": "9"}}
    both["containerDefinitions"].append(side)
    assert server.slipway("run", files(job=both) / "job.json").returncode == 0


def test_run_says_why_where_there_is_no_exit_code(server, files):
    result = server.slipway("run", files(job=job({"create-error": "no such device"})) / "job.json")
    assert result.returncode == 1 and result.stdout == ""
    assert all(line.startswith("slipway: ") for line in result.stderr.splitlines())
    assert "no such device" in result.stderr


def test_run_of_an_awsvpc_definition_needs_no_more_options(server, files):
    fargate = job({"run-seconds": 0}, networkMode="awsvpc", requiresCompatibilities=["FARGATE"], cpu="256", memory="512")
    assert server.slipway("run", files(job=fargate) / "job.json", "--cluster", "jobs").returncode == 0
    arn, = server.ecs.list_tasks(cluster="jobs", desiredStatus="STOPPED")["taskArns"]
    task = server.ecs.describe_tasks(cluster="jobs", tasks=[arn])["tasks"][0]
    assert (task["launchType"], task["startedBy"]) == ("FARGATE", "slipway-run")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_stops_its_task(server, files, number):
    directory = files(job=job({"log": "hello", "exit-code": 5, "stop-seconds": 0.2}))
    environment = harness_guard.environment(SLIPWAY_ENDPOINT=server.endpoint)
    child = subprocess.Popen([harness.binary(), "run", directory / "job.json"], env=environment, text=True,
                             stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        assert child.stdout.readline() == "hello\n"
        child.send_signal(number)
        assert child.wait(20) == 5
    finally:
        child.kill()
        child.communicate()
    arn, = server.ecs.list_tasks(desiredStatus="STOPPED")["taskArns"]
    task = server.ecs.describe_tasks(tasks=[arn])["tasks"][0]
    assert (task["stopCode"], task["stoppedReason"]) == ("UserInitiated", "slipway run was interrupted")


def test_run_takes_one_definition_and_nothing_else(server, files):
    directory = files(web=definition(), service=service())
    for path in (directory, directory / "service.json"):
        assert one_line(server.slipway("run", path)) == \
            "slipway: `slipway run` takes one task definition; `slipway up` takes the rest"


# --- validate ------------------------------------------------------------------------------------------------------------


def test_validate_needs_no_server_and_says_valid(files):
    directory = files(web=definition(), service=service())
    assert ok(offline("validate", directory)).splitlines()[:2] == [
        f"{directory}/web.json: task definition web: valid", f"{directory}/service.json: service web: valid"]


def test_validate_says_what_ecs_would_say(files):
    bad = definition()
    del bad["containerDefinitions"][0]["memory"]
    directory = files(bad=bad, web=definition("good"))
    result = offline("validate", directory)
    assert (result.returncode, result.stderr) == (1, "")
    lines = result.stdout.splitlines()
    assert lines[0] == f"{directory}/bad.json: task definition web: ClientException: Invalid setting for container 'app'. " \
                       "At least one of 'memory' or 'memoryReservation' must be specified."
    assert lines[1] == f"{directory}/web.json: task definition good: valid"


def test_validate_tells_the_same_in_json(files):
    directory = files(web=definition(networkMode="token-ring"))
    result = offline("validate", directory, "-o", "json")
    assert result.returncode == 1
    file, = json.loads(result.stdout)["files"]
    assert (file["file"], file["subject"], file["valid"]) == (f"{directory}/web.json", "task definition web", False)
    assert file["error"] == "ClientException: Network mode should be one of [bridge,host,awsvpc,none]"


def test_validate_of_a_service_alone_asks_the_running_server_for_its_definition(server, files):
    directory = files(service=service())
    result = offline("validate", directory)
    assert result.returncode == 1 and "is not among the files, and asking the server for it failed" in result.stdout
    server.ecs.register_task_definition(**definition())
    assert "service web: valid" in ok(server.slipway("validate", directory))
    assert server.ecs.list_clusters()["clusterArns"] == []


def test_strict_refuses_what_the_default_helps_out_with(files):
    fargate = definition(networkMode="awsvpc", requiresCompatibilities=["FARGATE"], cpu="256", memory="512",
                         executionRoleArn="arn:aws:iam::000000000000:role/nobody")
    network = {"awsvpcConfiguration": {"subnets": ["subnet-0a1b2c3d"]}}
    directory = files(web=fargate, service=service(launchType="FARGATE", networkConfiguration=network))
    helped = ok(offline("validate", directory))
    assert "note: " in helped
    strict = offline("validate", "--strict", directory)
    assert strict.returncode == 1 and "note: " not in strict.stdout


# --- diff ----------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def two_revisions(shared_server):
    second = definition(version="2", cpu="256")
    del second["containerDefinitions"][0]["healthCheck"]
    for document in (definition(), second):
        shared_server.ecs.register_task_definition(**document)
    return shared_server


def test_diff_shows_each_changed_member_by_its_path(two_revisions):
    lines = ok(two_revisions.slipway("diff", "web:1", "web")).splitlines()
    assert "- containerDefinitions[app].environment[VERSION].value: \"1\"" in lines
    assert "+ containerDefinitions[app].environment[VERSION].value: \"2\"" in lines
    assert '+ cpu: "256"' in lines
    assert '- containerDefinitions[app].healthCheck.command: ["CMD","true"]' in lines
    assert not any("revision" in line or "Arn" in line or "registered" in line for line in lines)
    assert ok(two_revisions.slipway("diff", "web:2", "web:2")) == "web:2 and web:2 are the same\n"


def test_diff_in_json(two_revisions):
    found = json.loads(ok(two_revisions.slipway("diff", "web:1", "web:2", "-o", "json")))["differences"]
    assert {"path": "cpu", "before": None, "after": "256"} in found
    assert {"path": "containerDefinitions[app].environment[VERSION].value", "before": "1", "after": "2"} in found


def test_diff_of_what_is_not_there_is_ecss_refusal(two_revisions):
    assert "Unable to describe task definition." in one_line(two_revisions.slipway("diff", "web:1", "web:9"))


# --- dump ----------------------------------------------------------------------------------------------------------------


def test_dump_writes_what_explains_a_run(server, files, tmp_path):
    ok(server.slipway("up", files(web=definition(sim={"log": "serving"}), service=service())))
    server.ecs.register_task_definition(**job({"log": "broken pipe", "run-seconds": 0, "exit-code": 4}))
    arn = server.ecs.run_task(taskDefinition="job")["tasks"][0]["taskArn"]
    harness.eventually(lambda: server.ecs.describe_tasks(tasks=[arn])["tasks"][0]["lastStatus"] == "STOPPED", what="STOPPED")
    directory = tmp_path / "a" / "dump"
    assert ok(server.slipway("dump", directory)) == f"wrote 1 services and 3 tasks to {directory}; begin with summary.txt\n"
    assert {path.name for path in directory.iterdir()} == {
        "status.json", "health.json", "warnings.json", "clock.json", "metrics.txt", "summary.txt", "services", "tasks", "logs"}
    summary = (directory / "summary.txt").read_text()
    assert "service default.web: ACTIVE, 2 of 2 running, 0 pending\n" in summary
    assert "  event: (service web) has reached a steady state.\n" in summary
    task = arn.rsplit("/", 1)[1]
    assert f"task default.{task} job:1 (family:job): STOPPED EssentialContainerExited Essential container in task exited\n" \
           "  app: STOPPED, exit code 4\n" in summary
    assert json.loads((directory / "services" / "default.web.json").read_text())["serviceName"] == "web"
    assert json.loads((directory / "tasks" / f"default.{task}.json").read_text())["taskArn"] == arn
    assert "app stdout broken pipe\n" in (directory / "logs" / f"default.{task}.log").read_text()


def test_dump_of_an_empty_server_and_into_what_is_no_directory(server, tmp_path):
    assert ok(server.slipway("dump", tmp_path / "dump")).startswith("wrote 0 services and 0 tasks to ")
    file = tmp_path / "file"
    file.write_text("")
    assert str(file) in one_line(server.slipway("dump", file))


# --- down with services --------------------------------------------------------------------------------------------------


def test_down_scales_services_to_zero_and_nothing_comes_back(server, files):
    ok(server.slipway("up", files(web=definition(), service=service())))
    assert ok(server.slipway("down")) == "service web scaled from 2 to 0\nstopped 2 tasks; the state is kept\n"
    web = Service(server)
    web.until(lambda shown: shown["runningCount"] == 0 and shown["pendingCount"] == 0, what="nothing runs")
    assert web.look()["desiredCount"] == 0
    server.request("POST", "/_slipway/clock", json.dumps({"advanceSeconds": 300}))
    assert web.steady()["runningCount"] == 0 and len(web.task_arns("STOPPED")) == 2
    assert ok(server.slipway("down")) == "stopped 0 tasks; the state is kept\n"
    # The same files bring it back.
    assert "web is stable: 2 of 2" in ok(server.slipway("up", files()))


# --- usage ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("arguments", [
    ["up"], ["run"], ["validate"], ["diff", "web:1"], ["dump"], ["up", "x", "y"], ["up", "x", "--timeout", "soon"],
    ["run", "x", "--frob"], ["validate", "x", "-o", "xml"]])
def test_bad_usage_is_one_line_and_exit_code_2(arguments):
    assert f"(see slipway {arguments[0]} --help)" in one_line(offline(*arguments), 2)


@pytest.mark.parametrize("arguments", [["up", "."], ["run", "./web.json"], ["diff", "a:1", "a:2"], ["dump", "there"]])
def test_without_a_server_they_say_how_to_start_one(files, monkeypatch, arguments):
    monkeypatch.chdir(files(web=definition()))
    assert "start Slipway with `slipway start`" in one_line(offline(*arguments))
