"""The engine over tcp and over TLS with a client certificate, as DOCKER_HOST, DOCKER_TLS_VERIFY and DOCKER_CERT_PATH name
it: a forwarder on loopback stands in for a remote engine's listener."""
import os
import shutil
import socket
import ssl
import subprocess
import threading

import pytest

from docker_tasks import Tasks

ENGINE_SOCKET = "/var/run/docker.sock"


class Forwarder:
    """Listens on a free port of 127.0.0.1 and copies bytes to and from the engine's socket; with `tls` the clients must
    show a certificate."""

    def __init__(self, tls=None):
        self.tls = tls
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.refused = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.close()

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        engine = socket.socket(socket.AF_UNIX)
        try:
            if self.tls:
                client = self.tls.wrap_socket(client, server_side=True)
                assert client.getpeercert()
            engine.connect(ENGINE_SOCKET)
        except (OSError, AssertionError):
            self.refused += 1
            client.close()
            return
        threading.Thread(target=self._copy, args=(engine, client), daemon=True).start()
        self._copy(client, engine)

    @staticmethod
    def _copy(source, target):
        try:
            while data := source.recv(65536):
                target.sendall(data)
        except OSError:
            pass
        for end in (source, target):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


def openssl(*arguments, **options):
    subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True, **options)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    """ca.pem, cert.pem, key.pem for the client and server.pem, server-key.pem for 127.0.0.1, all of one authority."""
    if not shutil.which("openssl"):
        pytest.skip("no `openssl` on PATH")
    directory = tmp_path_factory.mktemp("certificates")
    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=test authority",
            "-keyout", directory / "ca-key.pem", "-out", directory / "ca.pem")
    for name, key, extension in (("server.pem", "server-key.pem", "subjectAltName=IP:127.0.0.1"),
                                 ("cert.pem", "key.pem", "extendedKeyUsage=clientAuth")):
        request = directory / f"{name}.csr"
        openssl("req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=" + name, "-keyout", directory / key, "-out", request)
        openssl("x509", "-req", "-in", request, "-CA", directory / "ca.pem", "-CAkey", directory / "ca-key.pem",
                "-CAcreateserial", "-days", "2", "-out", directory / name, "-extfile", "/dev/stdin",
                input=extension.encode())
    return directory


def tls_context(certificates):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates / "server.pem", certificates / "server-key.pem")
    context.load_verify_locations(certificates / "ca.pem")
    context.verify_mode = ssl.CERT_REQUIRED
    return context


def ends_with(server, image, code):
    tasks = Tasks(server, image)
    arn = tasks.run({"name": "app", "sh": f"sleep 0.3; exit {code}"})
    return tasks.wait(arn)["containers"][0]["exitCode"] == code


@pytest.mark.skipif(not os.path.exists(ENGINE_SOCKET), reason="the engine is not at its usual socket")
def test_a_task_runs_over_tcp(start_server, image):
    with Forwarder() as engine:
        server = start_server("--docker-host", f"tcp://127.0.0.1:{engine.port}")
        assert ends_with(server, image, 3)


@pytest.mark.skipif(not os.path.exists(ENGINE_SOCKET), reason="the engine is not at its usual socket")
def test_a_task_runs_over_tls_with_a_client_certificate(start_server, image, certificates):
    with Forwarder(tls_context(certificates)) as engine:
        server = start_server(environment={"DOCKER_HOST": f"tcp://127.0.0.1:{engine.port}", "DOCKER_TLS_VERIFY": "1",
                                           "DOCKER_CERT_PATH": certificates})
        assert ends_with(server, image, 4)
        assert engine.refused == 0


@pytest.mark.skipif(not os.path.exists(ENGINE_SOCKET), reason="the engine is not at its usual socket")
def test_an_engine_with_a_foreign_certificate_is_refused(start_server, certificates, tmp_path):
    for name in ("cert.pem", "key.pem"):
        shutil.copy(certificates / name, tmp_path / name)
    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=another authority",
            "-keyout", tmp_path / "other.pem", "-out", tmp_path / "ca.pem")
    with Forwarder(tls_context(certificates)) as engine:
        server = start_server.prepare(environment={"DOCKER_HOST": f"tcp://127.0.0.1:{engine.port}",
                                                   "DOCKER_TLS_VERIFY": "1", "DOCKER_CERT_PATH": tmp_path})
        assert server.spawn().wait(30) == 1
        assert "certificate" in server.log(), server.log()
