"""The programs that are measured, as processes: start, first answer, memory and CPU time, and a certain end."""
import http.client
import os
import pathlib
import random
import signal
import socket
import subprocess
import tempfile
import time

from . import api

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
BUILD = REPOSITORY / "build" / "bench"
SLIPWAY = BUILD / "slipway"
REFERENCE_HTTP = BUILD / "reference_http"
REFERENCE_SQLITE = BUILD / "reference_sqlite"
PROXY = BUILD / "proxy"
SLEEPER = BUILD / "sleeper"
TARGETS = ["slipway", "reference_http", "reference_sqlite", "proxy", "sleeper"]
TICKS = os.sysconf("SC_CLK_TCK")


def build():
    """Brings build/bench up to date, by the same shell functions as scripts/run."""
    script = 'set -euo pipefail; . "$1"; shift; build bench "$@"'
    subprocess.run(["bash", "-c", script, "bench/run", str(REPOSITORY / "scripts" / "lib.sh"), *TARGETS], check=True)


def free_port():
    """A free loopback port below the range that the kernel gives to clients."""
    while True:
        port = random.randint(18000, 31999)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue


def wait_for_answer(process, port, path="/", seconds=30, every=0.0005):
    """Asks until any HTTP answer comes; the moment when it had come."""
    deadline = time.monotonic() + seconds
    while True:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=seconds)
        try:
            connection.request("POST", path, "{}", {**api.HEADERS, "X-Amz-Target": api.TARGET + "ListClusters"})
            connection.getresponse().read()
            return time.monotonic()
        except (ConnectionError, http.client.HTTPException):
            if process.poll() is not None:
                raise RuntimeError(f"{process.args[0]} exited {process.returncode} before it answered") from None
            if time.monotonic() > deadline:
                raise RuntimeError(f"{process.args[0]} did not answer within {seconds} s") from None
            time.sleep(every)
        finally:
            connection.close()


def memory_kib(pid):
    """VmRSS in KiB."""
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    raise RuntimeError(f"process {pid} has no VmRSS")


def cpu_seconds(pid):
    """User and system time of all threads, to 10 ms."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


class Program:
    """One process at a time on a loopback port. `with` ends it."""

    def __init__(self, command, port, log=None, environment=None, group=False):
        self.command = [str(part) for part in command]
        self.port = port
        self.log = log
        self.environment = environment
        self.group = group
        self.process = None

    def start(self):
        """Seconds from before the process existed to its first answer."""
        sink = open(self.log, "ab") if self.log else subprocess.DEVNULL
        try:
            begin = time.monotonic()
            self.process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=sink, stderr=sink,
                                            env=self.environment, start_new_session=self.group)
        finally:
            if self.log:
                sink.close()
        return wait_for_answer(self.process, self.port) - begin

    @property
    def pid(self):
        return self.process.pid

    def stop(self, seconds=60):
        if self.process is None or self.process.poll() is not None:
            return
        self._signal(signal.SIGTERM)
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self._signal(signal.SIGKILL)
            self.process.wait()

    def _signal(self, number):
        if self.group:
            os.killpg(self.process.pid, number)
        else:
            self.process.send_signal(number)

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.stop()


class Slipway(Program):
    """`slipway serve` with a data directory of its own that goes with it. Its log goes to a file, as a service's would."""

    def __init__(self, *options, engine="simulated"):
        self.directory = tempfile.TemporaryDirectory(prefix="slipway-bench-")
        self.data = pathlib.Path(self.directory.name) / "data"
        self.engine = engine
        port = free_port()
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("SLIPWAY_", "AWS_", "GATEWAY_"))}
        super().__init__([SLIPWAY, "serve", "--listen", f"127.0.0.1:{port}", "--data-dir", self.data,
                          "--engine", engine, *options], port, pathlib.Path(self.directory.name) / "log", environment)

    def server_id(self):
        return (self.data / "id").read_text().strip()

    def client(self):
        return api.Ecs(self.port)

    def reset(self):
        """Removes every container of this server."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=300)
        connection.request("POST", "/_slipway/reset")
        connection.getresponse().read()
        connection.close()

    def metrics(self):
        """Samples of /_slipway/metrics by name with labels."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request("GET", "/_slipway/metrics")
        lines = connection.getresponse().read().decode().splitlines()
        connection.close()
        return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in lines if not line.startswith("#")}

    def __exit__(self, *_):
        try:
            if self.engine == "docker" and self.process.poll() is None:
                self.reset()
        finally:
            self.stop()
            self.directory.cleanup()


def reference_http(body, directory):
    """Slipway's HTTP server answering every request with `body` (bytes)."""
    file = pathlib.Path(directory) / "body"
    file.write_bytes(body)
    port = free_port()
    return Program([REFERENCE_HTTP, port, file], port)
