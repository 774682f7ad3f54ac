"""What containers print, on the live engine: `slipway logs` and the route under it."""
import json
import os
import re
import subprocess
import time

import pytest

import harness
import harness_docker
import harness_guard
from docker_tasks import Tasks


@pytest.fixture
def tasks(server, image):
    return Tasks(server, image)


def short(arn):
    return arn.rsplit("/", 1)[1][:8]


def logs(server, *arguments, timeout=30):
    result = server.slipway("logs", *arguments, timeout=timeout)
    assert (result.returncode, result.stderr) == (0, ""), result
    return result.stdout.splitlines()


def records(server, query):
    answer = server.request("GET", f"/_slipway/logs?{query}")
    assert answer.status == 200, answer
    return [json.loads(line) for line in answer.body.splitlines()]


def follow(server, *arguments):
    return subprocess.Popen([harness.binary(), "logs", "-f", *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, env=harness_guard.environment(SLIPWAY_ENDPOINT=server.endpoint))


def open_sockets(server):
    """How many sockets the server holds: clients, and calls to the engine that do not end."""
    found = 0
    for entry in os.scandir(f"/proc/{server.process.pid}/fd"):
        try:
            found += os.readlink(entry.path).startswith("socket:")
        except OSError:
            continue
    return found


def connections(server):
    """Clients of the server, the one that asks included."""
    metrics = server.request("GET", "/_slipway/metrics").body.decode()
    return int(re.search(r"^slipway_connections (\d+)$", metrics, re.M).group(1))


def test_lines_of_two_containers_come_in_order_with_their_streams(server, tasks):
    arn = tasks.run({"name": "a", "sh": "echo 1; sleep 0.6; echo 3 >&2; sleep 0.6; exec sleep 600"},
                    {"name": "b", "sh": "sleep 0.3; echo 2; sleep 0.6; echo 4; exec sleep 600", "dependsOn": [
                        {"containerName": "a", "condition": "START"}]})
    tasks.wait(arn, "RUNNING")
    found = harness.eventually(lambda: (lambda r: r if len(r) == 4 else None)(records(server, f"arn={arn}")))
    assert {(r["container"], r["stream"], r["text"]) for r in found} == {
        ("a", "stdout", "1"), ("a", "stderr", "3"), ("b", "stdout", "2"), ("b", "stdout", "4")}
    assert [r["time"] for r in found] == sorted(r["time"] for r in found)
    assert logs(server, arn) == [f"{short(arn)}/{r['container']} | {r['text']}" for r in found]
    assert logs(server, "--container", "b", "--tail", "1", arn) == ["4"]
    last = found[-1]
    assert logs(server, "--container", last["container"], "--since", last["time"], arn) == [last["text"]]
    assert logs(server, "--since", "1h", "--container", "a", arn) == ["1", "3"]


def test_a_task_is_followed_to_its_end_and_read_after_it(server, tasks):
    arn = tasks.run({"name": "app", "sh": "for i in 1 2 3; do echo $i; sleep 0.4; done; printf end"})
    process = follow(server, arn)
    output, error = process.communicate(timeout=40)
    assert (process.returncode, output.decode().split(), error) == (0, ["1", "2", "3", "end"], b"")
    tasks.wait(arn)
    assert logs(server, arn) == ["1", "2", "3", "end"]
    assert logs(server, "-f", arn) == ["1", "2", "3", "end"]


def test_any_bytes_and_very_long_lines_come_through(server, tasks):
    shell = (r"printf 'bad \377\376 byte\n'; printf 'h\303\251llo\n'; printf 'nul \000 and \033[1mbold\n'; "
             r"head -c 100000 /dev/zero | tr '\000' x; echo; head -c 1000000 /dev/zero | tr '\000' y; echo; echo after")
    arn = tasks.run({"name": "app", "sh": shell})
    tasks.wait(arn)
    found = records(server, f"arn={arn}")
    texts = [r["text"] for r in found]
    assert texts[:3] == ["bad \ufffd\ufffd byte", "héllo", "nul \0 and \033[1mbold"]
    assert texts[3] == "x" * 100_000 and "partial" not in found[3]
    assert "".join(texts[4:-1]) == "y" * 1_000_000 and texts[-1] == "after"
    assert [r.get("partial", False) for r in found[4:-1]] == [True] * (len(found) - 6) + [False]
    printed = server.slipway("logs", arn).stdout
    assert "y" * 1_000_000 + "\nafter\n" in printed


def test_a_terminals_output_is_read_too(server, tasks):
    shell = "echo one; echo two >&2; head -c 40000 /dev/zero | tr '\\000' x; echo; echo end"
    arn = tasks.run({"name": "app", "sh": shell, "pseudoTerminal": True})
    tasks.wait(arn)
    assert [(r["stream"], r["text"]) for r in records(server, f"arn={arn}")] == [
        ("stdout", "one"), ("stdout", "two"), ("stdout", "x" * 40_000), ("stdout", "end")]


def test_a_log_driver_that_keeps_nothing_is_told(server, tasks):
    arn = tasks.run({"name": "app", "sh": "echo lost; exec sleep 600", "logConfiguration": {
        "logDriver": "gelf", "options": {"gelf-address": "udp://127.0.0.1:9", "cache-disabled": "true"}}})
    tasks.wait(arn, "RUNNING")
    result = server.slipway("logs", arn)
    assert (result.returncode, result.stdout) == (1, "")
    assert re.fullmatch(rf"slipway: the output of {short(arn)}/app cannot be read: [^\n]+\n", result.stderr), result


def test_clients_that_are_killed_or_do_not_read_leave_nothing_in_the_server(server, tasks):
    arn = tasks.run({"name": "app", "sh": "while true; do echo 0123456789012345678901234567890123456789; done"})
    tasks.wait(arn, "RUNNING")
    before, quiet = connections(server), open_sockets(server)
    clients = [follow(server, arn) for _ in range(3)]
    assert clients[0].stdout.readline()
    time.sleep(1)  # nobody reads the others: they are held back, and the server with them
    assert connections(server) == before + 3
    memory = int(re.search(r"VmRSS:\s+(\d+)", open(f"/proc/{server.process.pid}/status", encoding="ascii").read()).group(1))
    assert memory < 400_000, "KiB"
    began = time.monotonic()
    assert server.request("GET", "/_slipway/health").status == 200
    assert time.monotonic() - began < 2
    for client in clients:
        client.kill()
        client.communicate()
    harness.eventually(lambda: connections(server) == before, what="connections closed")
    # The engine's pooled connections may stay, those of the streams may not.
    harness.eventually(lambda: open_sockets(server) <= quiet + 1, what="sockets closed")
    harness_docker.docker("rm", "-f", *(c["Id"] for c in tasks.containers(arn).values()))
