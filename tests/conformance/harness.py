"""A Slipway server under test and the clients that drive it.

    server = Server(directory, "--strict")      # serve --listen 127.0.0.1:PORT --data-dir ... --engine simulated
    server.start()
    server.client("ecs").list_clusters()
    server.aws("ecs", "describe-clusters")      # Debian's AWS CLI, parsed answer
    server.request("POST", "/", b"{", {"X-Amz-Target": "..."})
    server.kill9(); server.start()              # the same port and data directory
    server.close()

The binary is $SLIPWAY_BINARY, else build/release/slipway. Server options are given as on the command line; `--engine`,
`--data-dir` and `--listen` are filled in when they are not among them, `--ephemeral` replaces the data directory.
"""
import collections
import dataclasses
import http.client
import json
import os
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import threading
import time

import harness_guard as guard

REPOSITORY = guard.REPOSITORY
READY_SECONDS = 20
STOP_SECONDS = 20

Response = collections.namedtuple("Response", "status headers body")


class CliError(AssertionError):
    """A command of the AWS CLI failed; `stderr` and `code` (the AWS error code, or None) say how."""

    def __init__(self, command, result):
        super().__init__(f"{' '.join(map(str, command))} exited {result.returncode}: {result.stderr.strip()}")
        self.stderr = result.stderr
        self.returncode = result.returncode
        start = result.stderr.find("(")
        self.code = result.stderr[start + 1:result.stderr.find(")")] if start >= 0 else None


def binary():
    path = pathlib.Path(os.environ.get("SLIPWAY_BINARY", REPOSITORY / "build" / "release" / "slipway"))
    if not os.access(path, os.X_OK):
        raise FileNotFoundError(f"{path} is not there: build it (cmake --build --preset release) or set SLIPWAY_BINARY")
    return str(path.resolve())


def free_port():
    """A free loopback port below the ephemeral range, so that no client socket takes it while a server restarts."""
    for _ in range(200):
        port = random.randint(18000, 31999)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue
    raise RuntimeError("no free port between 18000 and 31999 on 127.0.0.1")


def eventually(check, seconds=10, every=0.05, what=""):
    """The first true answer of `check()`; fails the test after `seconds`. For waiting on the server, not for pacing."""
    deadline = time.monotonic() + seconds
    while True:
        answer = check()
        if answer:
            return answer
        if time.monotonic() >= deadline:
            raise AssertionError(f"not within {seconds} s: {what or check}; last answer {answer!r}")
        time.sleep(every)


def aws_cli():
    return "/usr/bin/aws" if os.access("/usr/bin/aws", os.X_OK) else shutil.which("aws")


class Server:
    """One server process at a time on one port and one data directory. Not thread-safe; clients of it are."""

    def __init__(self, directory, *options, environment=None):
        self.directory = pathlib.Path(directory)
        self.directory.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        self.options = [str(option) for option in options]
        self.environment = dict(environment or {})
        self.process = None
        self.stdout_lines = []
        self.server_ids = set()  # of every data directory this object served; the value of dev.slipway.server
        self._ready = threading.Event()
        self._clients = {}

    # --- process -----------------------------------------------------------------------------------------------------

    @property
    def endpoint(self):
        return f"http://127.0.0.1:{self.port}"

    @property
    def data_dir(self):
        return self.directory / "data"

    @property
    def log_file(self):
        return self.directory / "server.log"

    def log(self):
        return self.log_file.read_text(errors="replace") if self.log_file.exists() else ""

    def command(self):
        given = {option.split("=")[0] for option in self.options}
        command = [binary(), "serve"]
        if "--listen" not in given:
            command += ["--listen", f"127.0.0.1:{self.port}"]
        if "--engine" not in given:
            command += ["--engine", "simulated"]
        if not given & {"--data-dir", "--ephemeral"}:
            command += ["--data-dir", str(self.data_dir)]
        return command + self.options

    def spawn(self):
        """Starts the process without waiting; for servers that are meant to refuse to start."""
        assert self.process is None or self.process.poll() is not None, "the server is running already"
        self._ready.clear()
        self.stdout_lines = []
        environment = guard.environment(XDG_DATA_HOME=self.directory / "xdg")
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            environment.pop(name)
        # A leak at exit is not what these suites look for; a memory error is, and ends the server.
        environment.setdefault("ASAN_OPTIONS", "detect_leaks=0")
        environment.update({k: str(v) for k, v in self.environment.items()})
        with open(self.log_file, "ab") as log:
            self.process = subprocess.Popen(self.command(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log,
                                            env=environment, cwd=self.directory)
        threading.Thread(target=self._read_stdout, args=(self.process,), daemon=True).start()
        return self.process

    def _read_stdout(self, process):
        for raw in process.stdout:
            line = raw.decode(errors="replace").rstrip("\n")
            self.stdout_lines.append(line)
            if line == "Ready." and process is self.process:
                self._ready.set()

    def start(self, *options, seconds=READY_SECONDS):
        """Starts the server (with other options, when given) and returns once it printed `Ready.`"""
        if options:
            self.options = [str(option) for option in options]
        self.spawn()
        deadline = time.monotonic() + seconds
        while not self._ready.wait(0.01):
            if self.process.poll() is not None:
                raise AssertionError(f"serve exited {self.process.returncode} before it was ready:\n{self.log()[-4000:]}")
            if time.monotonic() > deadline:
                self.kill9()
                raise AssertionError(f"serve was not ready within {seconds} s:\n{self.log()[-4000:]}")
        self._note_server_id()
        return self

    def _note_server_id(self):
        try:
            server_id = json.loads(self.request("GET", "/_slipway/health").body).get("serverId")
        except (OSError, ValueError, AttributeError, http.client.HTTPException):
            return
        if server_id:
            self.server_ids.add(server_id)

    def running(self):
        return self.process is not None and self.process.poll() is None

    def kill9(self):
        """As a crash: nothing is flushed, nothing is said."""
        if self.running():
            self.process.kill()
        if self.process is not None:
            self.process.wait()

    def stop(self, seconds=STOP_SECONDS):
        """SIGTERM; returns the exit code. A server that does not go is killed and fails the test."""
        if self.running():
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(seconds)
            except subprocess.TimeoutExpired:
                self.kill9()
                raise AssertionError(f"serve did not stop within {seconds} s of SIGTERM:\n{self.log()[-4000:]}")
        return self.process.returncode

    def restart(self, *options, kill=False):
        """Stops the server (kill -9 when asked) and starts it on the same port and data directory."""
        self.kill9() if kill else self.stop()
        return self.start(*options)

    def close(self):
        self.kill9()
        # A server that never became ready may have made containers all the same.
        identity = self.data_dir / "id"
        if identity.exists():
            self.server_ids.add(identity.read_text().strip())

    # --- clients -----------------------------------------------------------------------------------------------------

    def client(self, service, *, region=guard.REGION, access_key=guard.ACCESS_KEY, retries=False, **config):
        """A boto3 client. Without `retries` every error reaches the test at once; `config` goes to botocore's Config."""
        import boto3
        from botocore.config import Config
        key = (service, region, access_key, retries, json.dumps(config, sort_keys=True, default=str))
        if key not in self._clients:
            attempts = {"max_attempts": 4 if retries else 1, "mode": "standard"}
            session = boto3.session.Session(aws_access_key_id=access_key, aws_secret_access_key="test",
                                            region_name=region)
            settings = {"connect_timeout": 5, "read_timeout": 60, "retries": attempts, "proxies": {}, **config}
            self._clients[key] = session.client(service, endpoint_url=self.endpoint, config=Config(**settings))
        return self._clients[key]

    @property
    def ecs(self):
        return self.client("ecs")

    def aws_result(self, *arguments, environment=None, timeout=60):
        """Runs the AWS CLI; the finished process, whatever its exit code."""
        command = [aws_cli(), "--endpoint-url", self.endpoint, *map(str, arguments)]
        return subprocess.run(command, env=guard.environment(**(environment or {})), stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=timeout, check=False)

    def aws(self, *arguments, **options):
        """Runs the AWS CLI; its parsed answer (text when it is not JSON, None when empty). Raises CliError."""
        result = self.aws_result(*arguments, **options)
        if result.returncode:
            raise CliError(["aws", *arguments], result)
        try:
            return json.loads(result.stdout) if result.stdout.strip() else None
        except ValueError:
            return result.stdout

    def slipway(self, *arguments, timeout=60, stdin=None, environment=None):
        """Runs a client command of the binary under test against this server; the finished process."""
        env = guard.environment(SLIPWAY_ENDPOINT=self.endpoint, XDG_DATA_HOME=self.directory / "xdg",
                                **(environment or {}))
        return subprocess.run([binary(), *map(str, arguments)], env=env, input=stdin, capture_output=True, text=True,
                              stdin=None if stdin is not None else subprocess.DEVNULL, timeout=timeout, check=False)

    def request(self, method, path, body=None, headers=None, timeout=30):
        """One HTTP request, unsigned, with exactly these headers (plus Host and Content-Length unless given)."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        try:
            if isinstance(body, str):
                body = body.encode()
            connection.request(method, path, body=body, headers=headers or {})
            answer = connection.getresponse()
            return Response(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
        finally:
            connection.close()

    def call(self, operation, body, *, target="AmazonEC2ContainerServiceV20141113", region=guard.REGION, headers=None):
        """An AWS JSON 1.1 request with any body, also one that no SDK would send; `body` is bytes, text or JSON."""
        data = body if isinstance(body, (bytes, str)) else json.dumps(body)
        scope = f"AWS4-HMAC-SHA256 Credential={guard.ACCESS_KEY}/20260101/{region}/ecs/aws4_request, " \
                f"SignedHeaders=host, Signature={'0' * 64}"
        return self.request("POST", "/", data, {"Content-Type": "application/x-amz-json-1.1", "Authorization": scope,
                                                "X-Amz-Target": f"{target}.{operation}", **(headers or {})})

    def raw(self, data, *, half_close=True, timeout=10):
        """Sends bytes as they are and returns all that comes back until the server closes or `timeout` passes."""
        received = b""
        with socket.create_connection(("127.0.0.1", self.port), timeout=timeout) as connection:
            connection.sendall(data)
            if half_close:
                connection.shutdown(socket.SHUT_WR)
            try:
                while chunk := connection.recv(65536):
                    received += chunk
            except (socket.timeout, ConnectionResetError):
                pass
        return received


@dataclasses.dataclass
class Servers:
    """Makes servers for one test and ends all of them, whatever happened to the test."""
    directory: pathlib.Path
    made: list = dataclasses.field(default_factory=list)

    def __call__(self, *options, environment=None):
        server = self.prepare(*options, environment=environment)
        return server.start()

    def prepare(self, *options, environment=None):
        """A server that is not started yet."""
        server = Server(self.directory / f"server-{len(self.made)}", *options, environment=environment)
        self.made.append(server)
        return server

    def close(self):
        for server in self.made:
            server.close()
