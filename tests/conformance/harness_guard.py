"""No test talks to a machine other than this one.

`install()` makes every connection and name look-up of this Python process that would leave the machine fail at once;
`environment()` is what child processes (AWS CLI, Terraform, the server itself) get for the same end: no credentials, no
configuration files of the user, a proxy that refuses everything but loopback.
"""
import ipaddress
import os
import pathlib
import socket

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
ACCESS_KEY = "test"
REGION = "us-east-1"

# Loopback, and the address at which containers (and their host) find the task metadata service.
_allowed = [ipaddress.ip_network(net) for net in ("127.0.0.0/8", "::1/128", "169.254.170.2/32")]
_local_names = {"localhost", "", None, socket.gethostname()}


class LeavesTheMachine(ConnectionRefusedError):
    """Raised instead of connecting; a ConnectionRefusedError, so that clients report it as one."""


def allow(network):
    """Lets tests reach addresses of this machine's own Docker networks, as "10.0.0.0/16"."""
    _allowed.append(ipaddress.ip_network(network))


def _is_allowed(host):
    if host in _local_names or str(host).endswith(".localhost"):
        return True
    try:
        address = ipaddress.ip_address(str(host).split("%")[0])
    except ValueError:
        return False
    return any(address in network for network in _allowed if network.version == address.version)


def _check(host):
    text = host.decode("ascii", "replace") if isinstance(host, bytes) else host
    if not _is_allowed(text):
        raise LeavesTheMachine(f"the test harness refuses to talk to {text}: tests stay on this machine")


def install():
    """Idempotent; called by conftest.py before any client is imported."""
    if getattr(socket, "_slipway_guard", False):
        return
    connect, connect_ex, getaddrinfo = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def guarded_connect(self, address):
        if self.family in (socket.AF_INET, socket.AF_INET6):
            _check(address[0])
        return connect(self, address)

    def guarded_connect_ex(self, address):
        if self.family in (socket.AF_INET, socket.AF_INET6):
            _check(address[0])
        return connect_ex(self, address)

    def guarded_getaddrinfo(host, *args, **kwargs):
        _check(host)
        return getaddrinfo(host, *args, **kwargs)

    socket.socket.connect = guarded_connect
    socket.socket.connect_ex = guarded_connect_ex
    socket.getaddrinfo = guarded_getaddrinfo
    socket._slipway_guard = True


_FOREIGN = ("AWS_", "SLIPWAY_", "GATEWAY_LISTEN", "MAIN_DOCKER_NETWORK", "TF_", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY",
            "NO_PROXY")


def environment(**extra):
    """The environment of a child process: the user's, without what could steer a client or the server elsewhere."""
    clean = {k: v for k, v in os.environ.items() if not k.upper().startswith(_FOREIGN)}
    clean.update({
        "AWS_ACCESS_KEY_ID": ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": REGION,
        "AWS_REGION": REGION,
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_DATA_PATH": str(REPOSITORY / "api-specs"),
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_PAGER": "",
        "NO_PROXY": "127.0.0.1,localhost,::1",
        "no_proxy": "127.0.0.1,localhost,::1",
    })
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        clean[name] = "http://127.0.0.1:9"  # the discard port: nothing listens, every attempt fails at once
    clean.update({k: str(v) for k, v in extra.items()})
    return clean
