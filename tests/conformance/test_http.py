"""The HTTP layer as clients and web pages meet it: framing over raw sockets, limits, the browser rule, and the
service-independent part of every answer. Sources: RFC 9110 and 9112; contract.md "HTTP"; decisions.md 13 and 15."""
import concurrent.futures
import gzip
import http.client
import json
import re
import socket

import pytest

import harness

SHARED_SERVER_OPTIONS = ("--allow-host", "dev.example.test", "--allow-origin", "https://app.example.test")

TARGET = "AmazonEC2ContainerServiceV20141113.ListClusters"
JSON = "application/x-amz-json-1.1"
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def head(*lines):
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def list_clusters(body=b"{}", *extra, close=True):
    lines = ["POST / HTTP/1.1", "Host: 127.0.0.1", f"X-Amz-Target: {TARGET}", f"Content-Type: {JSON}",
             f"Content-Length: {len(body)}", *extra]
    return head(*lines, *(["Connection: close"] if close else [])) + body


def answers(received):
    """The answers in a stream of bytes, each as (status, headers, body)."""
    found = []
    while received:
        top, _, received = received.partition(b"\r\n\r\n")
        status, *fields = top.decode().split("\r\n")
        headers = {name.lower(): value for name, _, value in (field.partition(": ") for field in fields)}
        size = int(headers.get("content-length", 0))
        found.append((int(status.split()[1]), headers, received[:size]))
        received = received[size:]
    return found


def one(server, data):
    found = answers(server.raw(data, half_close=False))
    assert len(found) == 1, found
    status, headers, body = found[0]
    assert UUID.fullmatch(headers["x-amzn-requestid"])
    return status, headers, body


# --- framing ---------------------------------------------------------------------------------------------------------

def test_pipelined_requests_are_answered_in_order(shared_server):
    data = list_clusters(close=False) + head("GET /nothing-here HTTP/1.1", "Host: localhost") + list_clusters()
    assert [status for status, _, _ in answers(shared_server.raw(data, half_close=False))] == [200, 404, 200]


def test_half_a_request_blocks_nobody(shared_server):
    with socket.create_connection(("127.0.0.1", shared_server.port)) as half:
        half.sendall(list_clusters()[:60])
        with socket.create_connection(("127.0.0.1", shared_server.port)):
            assert shared_server.client("ecs").list_clusters()["clusterArns"] == []
        half.sendall(list_clusters()[60:])
        half.settimeout(10)
        assert half.recv(100).startswith(b"HTTP/1.1 200 ")


def test_a_hundred_connections_at_once(shared_server):
    with concurrent.futures.ThreadPoolExecutor(20) as pool:
        results = list(pool.map(lambda _: shared_server.raw(list_clusters(), half_close=False), range(100)))
    assert all(result.startswith(b"HTTP/1.1 200 ") for result in results)


def test_a_chunked_body(shared_server):
    data = head("POST / HTTP/1.1", "Host: localhost", f"X-Amz-Target: {TARGET}", "Transfer-Encoding: chunked",
                "Connection: close") + b"1\r\n{\r\n1;x=y\r\n}\r\n0\r\nA: trailer\r\n\r\n"
    assert one(shared_server, data)[0] == 200


def test_expect_100_continue(shared_server):
    with socket.create_connection(("127.0.0.1", shared_server.port), timeout=10) as connection:
        connection.sendall(head("POST / HTTP/1.1", "Host: localhost", f"X-Amz-Target: {TARGET}", "Content-Length: 2",
                                "Expect: 100-continue"))
        assert connection.recv(1000) == b"HTTP/1.1 100 Continue\r\n\r\n"
        connection.sendall(b"{}")
        assert connection.recv(1000).startswith(b"HTTP/1.1 200 ")


def test_a_tls_hello_is_closed_at_once(shared_server):
    assert shared_server.raw(b"\x16\x03\x01\x02\x00\x01\x00", half_close=False, timeout=5) == b""


@pytest.mark.parametrize("status, data", [
    (400, head("POST / HTTP/1.1", "Host: a", "Content-Length: 3", "Transfer-Encoding: chunked") + b"0\r\n\r\n"),
    (400, head("POST / HTTP/1.1", "Host: a", "Transfer-Encoding: chunked", "Content-Length: 3") + b"0\r\n\r\n"),
    (400, head("POST / HTTP/1.1", "Host: a", "Content-Length: 3", "Content-Length: 4") + b"abcd"),
    (400, head("POST / HTTP/1.1", "Host: a", "Transfer-Encoding: identity, chunked") + b"0\r\n\r\n"),
    (400, head("POST / HTTP/1.1", "Host: a", "Content-Length : 3") + b"abc"),
    (400, head("GET / HTTP/1.1")),
    (400, head("GET / HTTP/1.1", "Host: a", "Host: b")),
    (400, head("GET http://localhost/ HTTP/1.1", "Host: 127.0.0.1")),
    (400, b"{}\r\n\r\n"),
    (505, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    (431, b"GET / HTTP/1.1\r\nHost: a\r\nA: " + b"x" * 70_000),
    (413, head("POST / HTTP/1.1", "Host: a", "Content-Length: 10485761")),
    (415, head("POST / HTTP/1.1", "Host: a", "Content-Length: 1", "Content-Encoding: br") + b"x"),
])
def test_a_request_that_cannot_be_framed_is_refused_and_the_connection_closed(shared_server, status, data):
    smuggled = list_clusters()
    got, headers, body = one(shared_server, data + smuggled)
    assert got == status
    assert headers["connection"] == "close"
    assert json.loads(body)["message"]


@pytest.mark.parametrize("data", [
    head("GET / HTTP/1.0"),
    head("GET http://127.0.0.1/ HTTP/1.1", "Host: 127.0.0.1", "Connection: close"),
    head("HEAD / HTTP/1.1", "Host: localhost", "Connection: close").replace(b"HEAD", b"GET"),
])
def test_other_forms_of_request(shared_server, data):
    assert one(shared_server, data)[0] == 200


def test_a_gzip_body(shared_server):
    body = gzip.compress(b'{"maxResults": 5}')
    assert one(shared_server, list_clusters(body, "Content-Encoding: gzip"))[0] == 200
    assert one(shared_server, list_clusters(b"no gzip", "Content-Encoding: gzip"))[0] == 400
    bomb = gzip.compress(b" " * 50_000_000)
    assert one(shared_server, list_clusters(bomb, "Content-Encoding: gzip"))[0] == 413


def test_a_body_of_ten_megabytes_is_read(shared_server):
    body = b'{"nextToken": "' + b"x" * (10 * 1024 * 1024 - 17) + b'"}'
    assert one(shared_server, list_clusters(body))[0] == 400


# --- what every answer has -------------------------------------------------------------------------------------------

@pytest.mark.parametrize("body", [b"", b"{}"])
def test_an_answer_of_ecs(shared_server, body):
    status, headers, content = one(shared_server, list_clusters(body))
    assert (status, headers["content-type"]) == (200, JSON)
    assert json.loads(content) == {"clusterArns": []}
    assert "date" in headers


@pytest.mark.parametrize("body", [b"{", b"[]", b'"x"', b'{"maxResults": "x"}', b"{} {}", b"\xff\xfe"])
def test_a_malformed_body(shared_server, body):
    status, headers, content = one(shared_server, list_clusters(body))
    assert (status, headers["x-amzn-errortype"]) == (400, "SerializationException")
    assert json.loads(content)["__type"] == "SerializationException"


def test_operations_that_are_unknown_or_not_served(shared_server):
    unknown = shared_server.call("MakeCoffee", {})
    assert (unknown.status, json.loads(unknown.body)["__type"]) == (400, "UnknownOperationException")
    later = shared_server.call("CreateDaemon", {})
    assert (later.status, json.loads(later.body)["__type"]) == (400, "UnsupportedFeatureException")
    assert "docs/limits.md" in json.loads(later.body)["message"]
    other = shared_server.call("ListTables", {}, target="DynamoDB_20120810")
    assert other.status == 501


def test_get_on_the_root_greets_and_unknown_paths_are_not_found(shared_server):
    root = shared_server.request("GET", "/")
    assert root.status == 200 and b"This is Slipway" in root.body
    missing = shared_server.request("GET", "/favicon.ico")
    assert missing.status == 404 and "x-amzn-requestid" in missing.headers
    assert shared_server.request("POST", "/_slipway/health").status == 405


# --- the browser rule ------------------------------------------------------------------------------------------------

@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:4566", "127.0.0.1", "[::1]:4566", "slipway:4566", "x.local",
                                  "aws.ecs.internal", "ecs.us-east-1.amazonaws.com", "dev.example.test:1",
                                  "ecs.localhost.localstack.cloud:4566"])
def test_hosts_that_pass(shared_server, host):
    assert shared_server.request("GET", "/_slipway/health", headers={"Host": host}).status == 200


@pytest.mark.parametrize("host", ["evil.test", "localhost.evil.test:4566", "127.0.0.1.nip.io", "other.example.test",
                                  "[::1", "127.1"])
def test_rebound_names_are_refused_before_anything_else(shared_server, host):
    for method, path in (("GET", "/_slipway/health"), ("POST", "/_slipway/reset"), ("POST", "/")):
        refused = shared_server.request(method, path, headers={"Host": host, "X-Amz-Target": TARGET})
        assert refused.status == 403
        assert "--allow-host" in json.loads(refused.body)["message"]


@pytest.mark.parametrize("headers", [
    {"Origin": "https://evil.test"}, {"Origin": "null"}, {"Origin": "https://bucket.s3.amazonaws.com"},
    {"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"},
    {"Origin": "https://evil.test", "Sec-Fetch-Site": "same-origin"},
])
def test_pages_of_other_sites_are_refused(shared_server, headers):
    for method, path in (("GET", "/_slipway/health"), ("POST", "/_slipway/reset"), ("OPTIONS", "/")):
        refused = shared_server.request(method, path, headers={**headers, "Access-Control-Request-Method": "POST"})
        assert refused.status == 403
        assert "--allow-origin" in json.loads(refused.body)["message"]
        assert "access-control-allow-origin" not in refused.headers


@pytest.mark.parametrize("origin", ["http://localhost:3000", "http://127.0.0.1:8080", "https://app.example.test",
                                    "http://dev.example.test"])
def test_allowed_pages_call_and_read(shared_server, origin):
    preflight = shared_server.request("OPTIONS", "/", headers={
        "Origin": origin, "Access-Control-Request-Method": "POST", "Sec-Fetch-Site": "cross-site",
        "Access-Control-Request-Headers": "authorization,x-amz-target"})
    assert preflight.status == 204
    assert preflight.headers["access-control-allow-origin"] == origin
    assert "x-amz-target" in preflight.headers["access-control-allow-headers"]
    assert "POST" in preflight.headers["access-control-allow-methods"]
    answer = shared_server.call("ListClusters", {}, headers={"Origin": origin, "Sec-Fetch-Site": "cross-site"})
    assert answer.status == 200
    assert answer.headers["access-control-allow-origin"] == origin


def test_get_changes_nothing(shared_server):
    call = "/?Action=CreateRole&Version=2010-05-08&RoleName=x"
    assert shared_server.request("GET", call).status in (403, 501)
    assert shared_server.request("GET", "/?Action=GetCallerIdentity&Version=2011-06-15").status == 403
    by_get = shared_server.request("GET", "/", headers={"X-Amz-Target": TARGET.replace("List", "Create")})
    assert by_get.status == 400
    assert shared_server.request("GET", "/_slipway/reset").status == 405


# --- STS and IAM -----------------------------------------------------------------------------------------------------

def test_who_calls(shared_server):
    who = shared_server.client("sts").get_caller_identity()
    assert (who["Account"], who["Arn"], who["UserId"]) == (
        "000000000000", "arn:aws:iam::000000000000:root", "000000000000")
    other = shared_server.client("sts", access_key="111122223333").get_caller_identity()
    assert other["Arn"] == "arn:aws:iam::111122223333:root"
    assert shared_server.aws("sts", "get-caller-identity")["Account"] == "000000000000"


def test_what_terraform_asks_iam_at_its_start(shared_server):
    iam = shared_server.client("iam")
    user = iam.get_user()["User"]
    assert user["Arn"] == "arn:aws:iam::000000000000:root"
    assert "PasswordLastUsed" not in user
    roles = iam.list_roles()
    assert roles["Roles"] == [] and roles["IsTruncated"] is False
    with pytest.raises(iam.exceptions.NoSuchEntityException):
        iam.get_user(UserName="bob")


# --- the listener ----------------------------------------------------------------------------------------------------

def test_a_busy_port_names_its_holder_and_the_way_out(start_server):
    first = start_server()
    second = start_server.prepare("--listen", f"127.0.0.1:{first.port}")
    assert second.spawn().wait(20) == 1
    assert f"127.0.0.1:{first.port} is in use by process {first.process.pid} (slipway)" in second.log()
    assert f"--listen 127.0.0.1:{first.port + 1}" in second.log()


def test_sigterm_finishes_what_is_in_flight(start_server):
    server = start_server()
    idle = http.client.HTTPConnection("127.0.0.1", server.port)
    idle.request("GET", "/_slipway/health")
    assert idle.getresponse().read()
    assert server.stop() == 0
    harness.eventually(lambda: not server.running())
