"""A unix socket between Slipway and the Docker Engine that misbehaves on demand.

    with Proxy("/var/run/docker.sock") as proxy:
        server = start_server("--docker-host", proxy.url)
        proxy.choose = once("POST", r"/start$", Fault.drop())   # the engine does it, nobody hears of it
        proxy.go_down(); proxy.come_up()                         # no engine there at all
        proxy.hold(); proxy.release()                            # connections open, not a byte moves
        proxy.cut_all()                                          # every open connection breaks, the event stream too

Connections stay open between requests as the engine's own do, so that dead pooled connections are met too. `choose(method,
path)` gives the fault of one request or None; it is called for one request at a time. A thread for each connection.
"""
import dataclasses
import os
import re
import socket
import tempfile
import threading
import time


@dataclasses.dataclass(frozen=True)
class Fault:
    """What happens to one request."""
    refuse: bool = False     # the engine never sees it
    keep: int = None         # so many bytes of the answer pass, then the connection breaks; None: all of them
    seconds: float = 0.0     # before the answer passes
    hold_back: float = 0.0   # seconds before the request passes; the client's patience is not asked

    @staticmethod
    def drop():
        return Fault(keep=0)


def matches(method, pattern, call):
    return call[0] == method and re.search(pattern, call[1].split("?")[0]) is not None


def once(method, pattern, fault):
    """A chooser that gives `fault` to the first request that matches. `.happened` is set then."""
    happened = threading.Event()

    def choose(*call):
        if happened.is_set() or not matches(method, pattern, call):
            return None
        happened.set()
        return fault
    choose.happened = happened
    return choose


class Broken(Exception):
    """A connection ended, or is to end."""


class _Reader:
    def __init__(self, connection):
        self.connection, self.rest = connection, b""

    def more(self):
        data = self.connection.recv(65536)
        if not data:
            raise Broken
        self.rest += data

    def until(self, mark):
        while mark not in self.rest:
            self.more()
        end = self.rest.index(mark) + len(mark)
        taken, self.rest = self.rest[:end], self.rest[end:]
        return taken

    def exactly(self, size):
        while len(self.rest) < size:
            self.more()
        taken, self.rest = self.rest[:size], self.rest[size:]
        return taken


def _header(head, name):
    found = re.search(rb"(?im)^" + name + rb":[ \t]*(.*?)\r$", head)
    return found.group(1).strip().lower() if found else b""


def _answer(reader, method):
    """Pieces of one answer as they come; ends with it. True as the last piece when the connection cannot be used again."""
    head = reader.until(b"\r\n\r\n")
    yield head
    status = int(head.split(b" ")[1])
    if status in (204, 304) or method == "HEAD":
        return
    if _header(head, b"transfer-encoding") == b"chunked":
        while True:
            line = reader.until(b"\r\n")
            size = int(line.split(b";")[0], 16)
            yield line + reader.exactly(size + 2)
            if size == 0:
                return
    length = _header(head, b"content-length")
    if length:
        left = int(length)
        while left:
            if not reader.rest:
                reader.more()
            piece = reader.exactly(min(left, len(reader.rest)))
            left -= len(piece)
            yield piece
        return
    while True:
        if not reader.rest:
            reader.more()
        yield reader.exactly(len(reader.rest))


class Proxy:
    def __init__(self, upstream):
        self.upstream = str(upstream)
        self.folder = tempfile.mkdtemp(prefix="slipway-proxy-")  # pytest's own paths are too long for a socket
        self.path = os.path.join(self.folder, "engine.sock")
        self.choose = None
        self.calls = []  # (method, path) of every request that came
        self._lock = threading.Lock()
        self._choosing = threading.Lock()
        self._moving = threading.Event()
        self._moving.set()
        self._open = set()
        self._listener = None

    def __enter__(self):
        self.come_up()
        return self

    def __exit__(self, *_):
        self.choose = None
        self.go_down()
        self.release()
        os.rmdir(self.folder)

    @property
    def url(self):
        return f"unix://{self.path}"

    def come_up(self):
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(self.path)
        self._listener.listen(64)
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def go_down(self):
        if self._listener:
            self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
            self._listener = None
            os.unlink(self.path)
        self.cut_all()

    def hold(self):
        self._moving.clear()

    def release(self):
        self._moving.set()

    def cut_all(self):
        with self._lock:
            for connection in self._open:
                _shut(connection)

    def count(self, method, pattern):
        return sum(matches(method, pattern, call) for call in list(self.calls))

    def _accept(self, listener):
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        engine = socket.socket(socket.AF_UNIX)
        with self._lock:
            self._open |= {client, engine}
        try:
            engine.connect(self.upstream)
            requests, answers = _Reader(client), _Reader(engine)
            while True:
                self._exchange(requests, answers)
        except (Broken, OSError, ValueError):
            pass
        finally:
            with self._lock:
                self._open -= {client, engine}
            for connection in (client, engine):
                _shut(connection)
                connection.close()

    def _exchange(self, requests, answers):
        head = requests.until(b"\r\n\r\n")
        body = requests.exactly(int(_header(head, b"content-length") or 0))
        method, path = head.split(b"\r\n")[0].decode().split(" ")[:2]
        with self._choosing:
            self.calls.append((method, path))
            fault = (self.choose(method, path) if self.choose else None) or Fault()
        self._moving.wait()
        if fault.refuse:
            raise Broken
        if fault.hold_back:
            time.sleep(fault.hold_back)
        answers.connection.sendall(head + body)
        self._relay(requests, answers, method, fault)

    def _relay(self, requests, answers, method, fault):
        """The answer back to the client. A client that goes while the engine works takes the engine's connection along."""
        gone = threading.Event()
        over = threading.Event()
        threading.Thread(target=_watch, args=(requests.connection, answers.connection, gone, over), daemon=True).start()
        try:
            left = fault.keep
            for piece in _answer(answers, method):
                self._moving.wait()
                if fault.seconds:
                    time.sleep(fault.seconds)
                    fault = dataclasses.replace(fault, seconds=0.0)
                if left is not None:
                    piece = piece[:left]
                    left -= len(piece)
                if piece:
                    requests.connection.sendall(piece)
                if left == 0:
                    raise Broken
        finally:
            over.set()
        if gone.is_set() or left is not None:
            raise Broken


def _watch(client, engine, gone, over):
    """Without this a client's hang-up would go unnoticed while an event stream is silent."""
    client_alive = True
    while client_alive and not over.wait(0.1):
        try:
            client_alive = client.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) != b""
        except BlockingIOError:
            continue
        except OSError:
            client_alive = False
    if not client_alive:
        gone.set()
        _shut(engine)


def _shut(connection):
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
