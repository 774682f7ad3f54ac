"""wrk as a load generator: one thread, 16 connections, AWS JSON by POST."""
import dataclasses
import json
import os
import pathlib
import shutil
import subprocess

from . import api

CONNECTIONS = 16
SCRIPTS = pathlib.Path(__file__).resolve().parents[1] / "wrk"


@dataclasses.dataclass
class Load:
    """What one run of wrk saw: answers per second and latency percentiles in microseconds."""
    per_second: float
    p50: int
    p99: int
    requests: int


class LoadError(RuntimeError):
    pass


def missing():
    return None if shutil.which("wrk") else "no `wrk` on PATH (package wrk)"


def run(port, script, operation, argument, seconds):
    """Drives 127.0.0.1:port; `argument` is the script's last one. Every answer has to be a 2xx."""
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--timeout", "20s", "-s", str(SCRIPTS / script),
               f"http://127.0.0.1:{port}/", "--", api.TARGET + operation, api.AUTHORIZATION, argument]
    environment = {**os.environ, "LUA_PATH": f"{SCRIPTS}/?.lua;;"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=seconds + 60)
    result = next((line for line in done.stdout.splitlines() if line.startswith("RESULT ")), None)
    if done.returncode or result is None:
        raise LoadError(f"wrk failed: {done.stdout}{done.stderr}")
    seen = json.loads(result.removeprefix("RESULT "))
    if seen["refused"] or seen["broken"] or not seen["requests"]:
        raise LoadError(f"{operation} on port {port}: {seen['refused']} answers were errors, {seen['broken']} connections "
                        f"broke, of {seen['requests']} requests")
    return Load(seen["requests"] * 1e6 / seen["microseconds"], seen["p50"], seen["p99"], seen["requests"])


def post(port, operation, body, seconds):
    return run(port, "post.lua", operation, json.dumps(body), seconds)


def create_clusters(port, prefix, seconds):
    return run(port, "create_cluster.lua", "CreateCluster", prefix, seconds)
