"""The command line as its user meets it: what it prints, where, and the exit code. Simulated engine."""
import json
import os
import pathlib
import re
import signal
import socket
import subprocess

import pytest

import harness
import harness_guard
from harness_terminal import Terminal

COMMANDS = ("serve", "start", "stop", "wait", "health", "status", "logs", "why", "port", "env", "aws", "reset", "down", "prune", "doctor", "version")
DEFINITION = {"family": "app", "containerDefinitions": [{"name": "app", "image": "app:1", "memory": 64}]}


def run(*arguments, environment=None, cwd=None):
    env = harness_guard.environment(**(environment or {}))
    return subprocess.run([harness.binary(), *map(str, arguments)], env=env, cwd=cwd, stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=60, check=False)


def one_line(result, code):
    """The single line of an error, after a look at the exit code and at standard output."""
    assert result.returncode == code, result
    assert result.stdout == ""
    assert re.fullmatch(r"slipway: [^\n]+\n", result.stderr), result.stderr
    return result.stderr.strip()


def nowhere():
    return f"http://127.0.0.1:{harness.free_port()}"


def run_task(server, cluster="web", count=1):
    ecs = server.ecs
    ecs.create_cluster(clusterName=cluster)
    ecs.register_task_definition(**DEFINITION)
    tasks = ecs.run_task(cluster=cluster, taskDefinition="app", count=count)["tasks"]
    arns = [task["taskArn"] for task in tasks]

    def running():
        return all(task["lastStatus"] == "RUNNING" for task in ecs.describe_tasks(cluster=cluster, tasks=arns)["tasks"])
    harness.eventually(running, what="tasks RUNNING")
    return arns


# --- help and usage ------------------------------------------------------------------------------------------------------


def test_help_lists_every_command_and_a_first_thing_to_do():
    result = run("--help")
    assert (result.returncode, result.stderr) == (0, "")
    for command in COMMANDS:
        assert re.search(rf"^  {command} +\S", result.stdout, re.M), command
    assert "slipway serve " in result.stdout and 'eval "$(slipway env)"' in result.stdout


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_explains_itself(command):
    result = run(command, "--help")
    assert (result.returncode, result.stderr) == (0, "")
    assert f"Usage: slipway {command}" in result.stdout
    assert len(result.stdout.splitlines()[0]) > 12
    # Every option says what it does, and no name of a C++ type or a validator shows.
    for line in re.findall(r"^  (?:-\w,)?--.*$", result.stdout, re.M):
        assert re.search(r"\S  +\S| [a-z|A-Z:=,]+$", line), line
    assert not re.search(r"\bTEXT\b|\bENUM\b|->|VALIDATOR", result.stdout.replace("ARGUMENTS TEXT", ""))


def test_serve_names_the_variable_of_each_option():
    text = run("serve", "--help").stdout
    for option in re.findall(r"^  (?:-\w,)?--([a-z-]+)", text, re.M):
        if option != "help":
            assert f"[$SLIPWAY_{option.upper().replace('-', '_')}]" in text, option


def test_version_is_the_same_everywhere(shared_server):
    version = run("version").stdout.split()
    assert version[0] == "slipway"
    assert run("--version").stdout.split() == version
    assert json.loads(run("version", "-o", "json").stdout) == {"version": version[1]}
    assert json.loads(shared_server.request("GET", "/_slipway/health").body)["version"] == version[1]


@pytest.mark.parametrize("arguments, text", [
    ([], "slipway: which command? (see slipway --help)"),
    (["frob"], "slipway: there is no command 'frob' (see slipway --help)"),
    (["serve", "--bogus"], "slipway: The following argument was not expected: --bogus (see slipway serve --help)"),
    (["serve", "--engine", "podman"], "slipway: --engine: podman not in {docker,simulated} (see slipway serve --help)"),
    (["serve", "--listen", "there"], "slipway: --listen: 'there' is not HOST:PORT (see slipway serve --help)"),
    (["start", "--account-id", "1"], "slipway: --account-id: '1' is not an account id: 12 digits (see slipway start --help)"),
    (["status", "-o", "xml"], "slipway: --output: xml not in {text,json} (see slipway status --help)"),
    (["wait", "--timeout", "soon"],
     "slipway: --timeout: 'soon' is not a number of seconds (0-86400) (see slipway wait --help)"),
    (["env", "--github", "--unset"], "slipway: --github excludes --unset (see slipway env --help)"),
])
def test_bad_usage_is_one_line_and_exit_code_2(arguments, text):
    assert one_line(run(*arguments), 2) == text


def test_a_bad_variable_is_bad_usage_too():
    result = run("serve", environment={"SLIPWAY_TIME_SCALE": "fast"})
    assert one_line(result, 2).startswith("slipway: --time-scale: 'fast' is not a number from 0.001 to 100000")


# --- without a server ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("arguments", [["health"], ["status"], ["status", "--aws-gaps"], ["down"], ["reset", "--yes"]])
def test_without_a_server_clients_say_how_to_start_one(arguments):
    endpoint = nowhere()
    text = one_line(run(*arguments, "--endpoint", endpoint), 1)
    assert text == f"slipway: nothing answers at {endpoint}; start Slipway with `slipway start`, or name another one with " \
                   "--endpoint"


def test_wait_gives_up_after_its_timeout():
    text = one_line(run("wait", "--timeout", "0", "--endpoint", nowhere()), 1)
    assert "is ready" in text and "slipway start" in text


def test_an_endpoint_of_another_form_is_explained():
    for endpoint in ("https://127.0.0.1:4566", "127.0.0.1:4566", "http://host:port"):
        assert "is not of the form http://host:port (see --endpoint)" in one_line(run("health", "--endpoint", endpoint), 1)


def test_something_else_on_the_port_is_told_from_slipway():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        endpoint = f"http://127.0.0.1:{listener.getsockname()[1]}"
        child = subprocess.Popen([harness.binary(), "health", "--endpoint", endpoint], stderr=subprocess.PIPE, text=True,
                                 env=harness_guard.environment())
        connection, _ = listener.accept()
        connection.recv(4096)
        connection.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        connection.close()
        assert child.communicate(timeout=20)[1] == f"slipway: what answers at {endpoint} is not Slipway (see --endpoint)\n"
        assert child.returncode == 1


# --- looking -------------------------------------------------------------------------------------------------------------


def test_wait_and_health_of_a_running_server(shared_server):
    assert shared_server.slipway("wait").returncode == 0
    health = shared_server.slipway("health")
    assert health.returncode == 0
    assert re.fullmatch(r"Slipway \S+ is running; engine simulated \S* ?answers\n", health.stdout)
    assert json.loads(shared_server.slipway("health", "-o", "json").stdout)["engine"]["reachable"] is True


def test_the_endpoint_comes_from_the_option_then_our_variable_then_that_of_aws(shared_server):
    dead = nowhere()
    environment = {"SLIPWAY_ENDPOINT": dead, "AWS_ENDPOINT_URL": dead}
    assert run("health", "--endpoint", shared_server.endpoint, environment=environment).returncode == 0
    environment["SLIPWAY_ENDPOINT"] = shared_server.endpoint
    assert run("health", environment=environment).returncode == 0
    assert run("health", environment={"AWS_ENDPOINT_URL": shared_server.endpoint}).returncode == 0


def test_status_shows_tasks_in_plain_columns_when_piped(server):
    assert server.slipway("status").stdout == "no clusters yet; make one with: slipway aws ecs create-cluster\n"
    [arn] = run_task(server)
    task = arn.rsplit("/", 1)[1]
    text = server.slipway("status").stdout
    assert "\033" not in text
    assert ["web", "us-east-1", "000000000000", "ACTIVE", "1", "0"] in [line.split("\t") for line in text.splitlines()]
    assert re.search(rf"^{task}\tweb\tapp:1\tRUNNING\tUNKNOWN\t", text, re.M)


def test_status_has_colours_and_headings_on_a_terminal(server):
    run_task(server)
    environment = harness_guard.environment(SLIPWAY_ENDPOINT=server.endpoint)
    with Terminal([harness.binary(), "status"], environment) as terminal:
        assert terminal.wait() == 0
    assert "\033[1mCLUSTER\033[0m" in terminal.text and "\033[32mRUNNING\033[0m" in terminal.text
    with Terminal([harness.binary(), "status"], {**environment, "NO_COLOR": "1"}) as terminal:
        assert terminal.wait() == 0
    assert "\033" not in terminal.text and "RUNNING" in terminal.text


def test_status_selects_by_cluster_and_region_in_both_forms(server):
    run_task(server, "web")
    run_task(server, "other")
    server.client("ecs", region="eu-west-1").create_cluster(clusterName="far")

    def seen(*options):
        state = json.loads(server.slipway("status", "-o", "json", *options).stdout)
        return sorted(c["name"] for c in state["clusters"]), sorted(t["cluster"] for t in state["tasks"])
    assert seen() == (["far", "other", "web"], ["other", "web"])
    assert seen("--cluster", "web") == (["web"], ["web"])
    assert seen("--cluster", "arn:aws:ecs:us-east-1:000000000000:cluster/web") == (["web"], ["web"])
    assert seen("--region", "eu-west-1") == (["far"], [])
    assert "other" not in server.slipway("status", "--cluster", "web").stdout
    assert one_line(server.slipway("status", "--cluster", "typo"), 1) == \
        "slipway: there is no cluster 'typo'; `slipway status` lists all"


def test_status_lists_what_strict_would_refuse(server):
    assert server.slipway("status", "--aws-gaps").stdout == "nothing was done so far that --strict would refuse\n"
    run_task(server)  # an EC2 launch in a cluster without container instances
    text = server.slipway("status", "--aws-gaps").stdout
    assert text.count("\n") >= 1 and "\t" in text
    warnings = json.loads(server.slipway("status", "--aws-gaps", "-o", "json").stdout)["warnings"]
    assert len(warnings) == text.count("\n")
    assert warnings == json.loads(server.request("GET", "/_slipway/warnings").body)["warnings"]


# --- env and aws ---------------------------------------------------------------------------------------------------------


def test_env_points_a_shell_at_the_server_and_back(server):
    environment = harness_guard.environment(SLIPWAY_ENDPOINT=server.endpoint, AWS_PROFILE="mine", AWS_SESSION_TOKEN="x",
                                            AWS_REGION="", AWS_DEFAULT_REGION="")
    script = f'eval "$({harness.binary()} env 2>/dev/null)"; env; eval "$({harness.binary()} env --unset)"; echo ===; env'
    text = subprocess.run(["sh", "-euc", script], env=environment, capture_output=True, text=True, check=True).stdout
    inside, after = [dict(line.split("=", 1) for line in part.splitlines() if "=" in line and line != "===")
                     for part in text.split("===\n")]
    assert {k: v for k, v in inside.items() if k.startswith("AWS_") and k not in ("AWS_CONFIG_FILE", "AWS_DATA_PATH",
                                                                                 "AWS_SHARED_CREDENTIALS_FILE")} == {
        "AWS_ENDPOINT_URL": server.endpoint, "AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_PAGER": "", "AWS_EC2_METADATA_DISABLED": "true"}
    assert "AWS_ENDPOINT_URL" not in after and "AWS_ACCESS_KEY_ID" not in after


def test_env_keeps_the_region_of_the_shell_unless_told():
    assert "export AWS_REGION='eu-west-1'\n" in run("env", environment={"AWS_REGION": "eu-west-1"}).stdout
    text = run("env", "--region", "eu-north-1", environment={"AWS_REGION": "eu-west-1"}).stdout
    assert "export AWS_REGION='eu-north-1'\nexport AWS_DEFAULT_REGION='eu-north-1'\n" in text


def test_env_for_github_appends_to_the_file_of_the_job(tmp_path):
    file = tmp_path / "env"
    file.write_text("BEFORE=1\n")
    result = run("env", "--github", "--endpoint", "http://127.0.0.1:4566", environment={"GITHUB_ENV": file})
    assert (result.returncode, result.stdout) == (0, "")
    lines = file.read_text().splitlines()
    assert lines[0] == "BEFORE=1" and "AWS_ENDPOINT_URL=http://127.0.0.1:4566" in lines
    # An empty profile is an error to botocore: "The config profile () could not be found".
    assert not [line for line in lines if line.startswith(("AWS_PROFILE", "AWS_SESSION_TOKEN"))]
    assert "$GITHUB_ENV" in one_line(run("env", "--github"), 1)
    assert "AWS_PROFILE" in one_line(run("env", "--github", environment={"GITHUB_ENV": file, "AWS_PROFILE": "mine"}), 1)


@pytest.mark.parametrize("version, warned", [("aws-cli/2.9.19 Python/3.11.2", True), ("aws-cli/1.22.34 Python/3.8", True),
                                             ("aws-cli/2.13.0 Python/3.11.2", False), ("aws-cli/1.45.11 Python/3.11", False)])
def test_env_warns_when_the_aws_on_the_path_would_call_real_aws(tmp_path, version, warned):
    fake_aws(tmp_path, f"echo '{version}'")
    result = run("env", environment={"PATH": f"{tmp_path}:{os.environ['PATH']}"})
    assert result.returncode == 0
    assert ("would call real AWS" in result.stderr) == warned
    assert "would call" not in result.stdout


def fake_aws(directory, script):
    path = pathlib.Path(directory) / "aws"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


@pytest.mark.parametrize("arguments", [
    ["--version"], ["--region", "eu-west-1", "ecs", "list-clusters"], ["ecs", "--help"], ["--endpoint", "x", "-o", "text"],
    ["ecs", "list-clusters", "--output", "json", "--", "a b", "", "*", "--help", "-h"], ["help"], ["--no-such-option=1"]])
def test_aws_gets_every_argument_as_it_is(tmp_path, arguments):
    fake_aws(tmp_path, 'for a in "$@"; do printf "%s\\0" "$a"; done; exit 37')
    result = run("aws", *arguments, environment={"PATH": f"{tmp_path}:{os.environ['PATH']}",
                                                 "SLIPWAY_ENDPOINT": "http://127.0.0.1:4600"})
    assert result.returncode == 37
    assert result.stdout.split("\0")[:-1] == ["--endpoint-url", "http://127.0.0.1:4600", *arguments]


def test_aws_gets_our_keys_and_no_profile(tmp_path):
    fake_aws(tmp_path, "env")
    base = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "AWS_PROFILE": "mine", "AWS_SESSION_TOKEN": "secret"}
    text = run("aws", environment={**base, "AWS_ACCESS_KEY_ID": "AKIAREALKEY", "AWS_SECRET_ACCESS_KEY": "real"}).stdout
    assert "AWS_ACCESS_KEY_ID=test\n" in text and "AWS_SECRET_ACCESS_KEY=test\n" in text
    assert "AWS_PROFILE" not in text and "AWS_SESSION_TOKEN" not in text
    assert "AWS_ACCESS_KEY_ID=111122223333\n" in run("aws", environment={**base, "AWS_ACCESS_KEY_ID": "111122223333"}).stdout


def test_aws_without_an_aws_cli_says_what_to_install(tmp_path):
    assert one_line(run("aws", "ecs", "list-clusters", environment={"PATH": tmp_path}), 1) == \
        "slipway: there is no `aws` on PATH: install the AWS CLI (package awscli)"


@pytest.mark.skipif(not os.access("/usr/bin/aws", os.X_OK), reason="no AWS CLI (package awscli)")
def test_aws_drives_the_server_with_the_real_cli(shared_server):
    environment = {"PATH": f"/usr/bin:{os.environ['PATH']}"}
    name = "made-by-slipway-aws"
    made = shared_server.slipway("aws", "ecs", "create-cluster", "--cluster-name", name, environment=environment)
    assert made.returncode == 0 and json.loads(made.stdout)["cluster"]["clusterName"] == name
    assert shared_server.slipway("aws", "--version", environment=environment).stdout.startswith("aws-cli/")
    there = shared_server.slipway("aws", "--region", "eu-west-1", "ecs", "list-clusters", environment=environment)
    assert json.loads(there.stdout) == {"clusterArns": []}
    missing = shared_server.slipway("aws", "ecs", "delete-cluster", "--cluster", "no-such-cluster", environment=environment)
    assert missing.returncode == 254 and "ClusterNotFoundException" in missing.stderr
    assert shared_server.slipway("aws", "ecs", "no-such-command", environment=environment).returncode == 252


# --- start and stop ------------------------------------------------------------------------------------------------------


@pytest.fixture
def background(tmp_path):
    """Runs `slipway` with a data dir, a port and the simulated engine of the test's own; stops the server at the end."""
    port = harness.free_port()
    environment = {"SLIPWAY_DATA_DIR": tmp_path / "data", "SLIPWAY_LISTEN": f"127.0.0.1:{port}",
                   "SLIPWAY_ENDPOINT": f"http://127.0.0.1:{port}", "SLIPWAY_ENGINE": "simulated",
                   "ASAN_OPTIONS": "detect_leaks=0"}

    def slipway(*arguments, **more):
        return run(*arguments, environment={**environment, **more})
    slipway.port, slipway.data_dir = port, tmp_path / "data"
    yield slipway
    slipway("stop")


def test_start_returns_when_the_server_is_ready_and_does_nothing_twice(background):
    started = background("start")
    assert started.returncode == 0, started.stderr
    pid = int(re.search(r"\(pid (\d+), log ", started.stdout).group(1))
    assert f"Slipway runs: http://127.0.0.1:{background.port} " in started.stdout
    assert background("health").returncode == 0
    again = background("start")
    assert (again.returncode, again.stdout) == (0, f"already running: pid {pid}, data dir {background.data_dir}\n")
    assert oct(os.stat(background.data_dir).st_mode & 0o777) == "0o700"
    stopped = background("stop")
    assert (stopped.returncode, stopped.stdout) == (0, "stopped; containers keep running and are adopted at the next start\n")
    assert background("health").returncode == 1
    assert background("stop").stdout == f"not running (data dir {background.data_dir})\n"


def test_start_hands_its_options_on(background):
    assert background("start", "--timeout", "20", "--region=eu-west-1", "--strict", "--time-scale", "20").returncode == 0
    assert json.loads(background("health", "-o", "json").stdout)["strict"] is True
    assert background("stop").returncode == 0


def test_start_with_another_address_than_the_running_server_says_so(background):
    assert background("start").returncode == 0
    text = one_line(background("start", "--timeout", "0", SLIPWAY_LISTEN=f"127.0.0.1:{harness.free_port()}"), 1)
    assert "slipway stop" in text and "--listen" in text


def test_start_says_why_the_server_did_not_start(background):
    with socket.create_server(("127.0.0.1", background.port)):
        text = one_line(background("start"), 1)
    assert str(background.data_dir / "serve.log") in text and str(background.port) in text and "--listen" in text


def test_stop_after_a_crash_finds_nothing_and_start_works_again(background):
    pid = int(re.search(r"pid (\d+)", background("start").stdout).group(1))
    os.kill(pid, signal.SIGKILL)
    again = background("start")  # at once: the lock may still be held
    assert again.returncode == 0 and f"pid {pid}," not in again.stdout, again
    pid = int(re.search(r"pid (\d+)", again.stdout).group(1))
    os.kill(pid, signal.SIGKILL)
    harness.eventually(lambda: "not running" in background("stop").stdout)
    again = background("start")
    assert again.returncode == 0 and f"pid {pid}," not in again.stdout


def test_an_ephemeral_server_is_started_once_and_stopped_by_its_data_dir(background):
    assert background("start", "--ephemeral").returncode == 0
    assert background("start", "--ephemeral").stdout.startswith("already running: pid ")
    assert background("stop").stdout == "stopped; its containers are removed\n"
    assert background("health").returncode == 1
    assert not (background.data_dir / "state.db").exists()


def test_several_ephemeral_servers_are_not_stopped_by_guess(background):
    assert background("start", "--ephemeral").returncode == 0
    other = background("start", "--ephemeral", SLIPWAY_LISTEN=f"127.0.0.1:{harness.free_port()}")
    assert other.returncode == 0, other.stderr
    text = one_line(background("stop"), 1)
    pids = [int(pid) for pid in text.split("kill ")[1].split()]
    assert len(pids) == 2
    os.kill(pids[0], signal.SIGTERM)
    harness.eventually(lambda: background("stop").returncode == 0)


def test_a_second_server_on_the_same_data_dir_is_refused(server, start_server):
    second = start_server.prepare("--data-dir", server.data_dir)
    assert second.spawn().wait(20) == 1
    assert re.search(r"^slipway: .*\b%d\b" % server.process.pid, second.log(), re.M), second.log()
    assert server.slipway("health").returncode == 0


def test_a_busy_port_names_its_holder_and_the_way_out(server, start_server):
    second = start_server.prepare("--listen", f"127.0.0.1:{server.port}")
    assert second.spawn().wait(20) == 1
    last = second.log().strip().splitlines()[-1]
    assert last.startswith("slipway: ") and str(server.port) in last and "--listen" in last
    assert f"process {server.process.pid} (slipway)" in last


def test_no_engine_names_the_simulated_one(start_server, tmp_path):
    server = start_server.prepare("--engine", "docker", "--docker-host", f"unix://{tmp_path}/none.sock")
    assert server.spawn().wait(30) == 1
    last = server.log().strip().splitlines()[-1]
    assert last.startswith("slipway: ") and "--engine simulated" in last


# --- signals -------------------------------------------------------------------------------------------------------------


def on_terminal(server):
    environment = harness_guard.environment(XDG_DATA_HOME=server.directory, ASAN_OPTIONS="detect_leaks=0")
    return Terminal(server.command(), environment, cwd=server.directory)


def test_ctrl_c_ends_at_once_when_the_containers_end_with_the_process(start_server):
    server = start_server.prepare()
    with on_terminal(server) as terminal:
        terminal.expect("Ready.\n")
        run_task(server)
        terminal.interrupt()
        assert terminal.wait(10) == 0
        assert "Press Ctrl-C" not in terminal.text


def test_ctrl_c_without_tasks_ends_at_once(start_server):
    server = start_server.prepare()
    with on_terminal(server) as terminal:
        terminal.expect("Ready.\n")
        terminal.interrupt()
        assert terminal.wait(10) == 0
        assert "Press Ctrl-C" not in terminal.text


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_without_a_terminal_asks_nothing(server, number):
    run_task(server)
    server.process.send_signal(number)
    assert server.process.wait(10) == 0
    assert "Ctrl-C" not in server.log()


# --- reset and down ------------------------------------------------------------------------------------------------------


def test_down_stops_tasks_of_every_region_and_keeps_the_state(server):
    run_task(server, "web", 2)
    result = server.slipway("down")
    assert (result.returncode, result.stdout) == (0, "stopped 2 tasks; the state is kept\n")
    task = server.ecs.list_tasks(cluster="web", desiredStatus="STOPPED")["taskArns"][0]
    described = server.ecs.describe_tasks(cluster="web", tasks=[task])["tasks"][0]
    assert (described["stopCode"], described["stoppedReason"]) == ("UserInitiated", "slipway down")
    assert server.slipway("down").stdout == "stopped 0 tasks; the state is kept\n"


def test_down_keeps_to_the_cluster_that_is_named(server):
    run_task(server, "web")
    run_task(server, "other")
    assert server.slipway("down", "--cluster", "web").stdout == "stopped 1 task; the state is kept\n"
    assert len(server.ecs.list_tasks(cluster="other")["taskArns"]) == 1
    assert "no cluster 'typo'" in one_line(server.slipway("down", "--cluster", "typo"), 1)


def test_reset_wants_a_yes(server):
    run_task(server)
    assert one_line(server.slipway("reset"), 1) == "slipway: this needs --yes when there is no terminal to ask on"
    environment = harness_guard.environment(SLIPWAY_ENDPOINT=server.endpoint)
    with Terminal([harness.binary(), "reset"], environment) as terminal:
        terminal.expect("[y/N]")
        terminal.type("n\n")
        assert terminal.wait() == 1
    assert server.ecs.list_clusters()["clusterArns"]
    with Terminal([harness.binary(), "reset"], environment) as terminal:
        terminal.expect("[y/N]")
        terminal.type("y\n")
        assert terminal.wait() == 0
    assert server.ecs.list_clusters()["clusterArns"] == []
    assert server.slipway("reset", "--yes").stdout == "reset: no containers, no state\n"
