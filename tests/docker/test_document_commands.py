"""Runs the command blocks of README.md and of the examples as a reader would: in order, in one shell per document, against
a server of its own and the real Docker Engine; then once more in a network namespace without any route.

The reader's clone is a copy with the program under test in build/release. A block that needs the published port of a
container cannot run in the namespace, because Docker publishes it in the engine's own: such a block is left out there.
"""
import dataclasses
import json
import os
import pathlib
import re
import shutil
import subprocess

import pytest

import harness
import harness_docker
import harness_guard
from harness_guard import REPOSITORY

IMAGE = "slipway-examples/busybox:1"
IN_CONTAINER = "examples/compose/README.md"  # brings its own server: test_in_container.py
IN_CI = "examples/ci/README.md"  # has a workflow instead: test_ci_example.py
DOCUMENTS = ["README.md", *sorted(str(path.relative_to(REPOSITORY)) for path in (REPOSITORY / "examples").glob("*/README.md"))]
DOCUMENTS.remove(IN_CONTAINER)
DOCUMENTS.remove(IN_CI)
NEEDS_A_PUBLISHED_PORT = re.compile(r"urllib\.request|\bcurl\b|\bwget\b|\.\./fetch|examples/fetch")


@dataclasses.dataclass
class Block:
    line: int
    text: str


def blocks_of(document):
    text = (REPOSITORY / document).read_text()
    return [Block(text[:match.start()].count("\n") + 1, match.group(1))
            for match in re.finditer(r"^```sh\n(.*?)^```", text, re.M | re.S)]


class Reader:
    """A clone to work in, an environment, a server of one's own: what the reader of a document has."""

    def __init__(self, directory):
        self.clone = pathlib.Path(directory) / "clone"
        (self.clone / "build" / "release").mkdir(parents=True)
        (self.clone / "build" / "release" / "slipway").symlink_to(harness.binary())
        shutil.copytree(REPOSITORY / "examples", self.clone / "examples")
        path = pathlib.Path(directory) / "bin"
        path.mkdir()
        (path / "slipway").symlink_to(harness.binary())
        (path / "aws").symlink_to(harness.aws_cli())
        port = harness.free_port()
        self.data_dir = pathlib.Path(directory) / "data"
        self.environment = harness_guard.environment(
            SLIPWAY_LISTEN=f"127.0.0.1:{port}", SLIPWAY_ENDPOINT=f"http://127.0.0.1:{port}", SLIPWAY_DATA_DIR=self.data_dir,
            ASAN_OPTIONS="detect_leaks=0", PATH=f"{path}:{os.environ['PATH']}")
        # A reader has the models that the AWS CLI came with, and no keys.
        for name in [name for name in self.environment if name.startswith("AWS_") and not name.endswith("_FILE")]:
            del self.environment[name]

    def run(self, document, blocks, prefix=(), before="", start="slipway start >&2", timeout=240):
        """All blocks in one shell, beside a server that was started before; its standard output."""
        lines = [before, start]
        for block in blocks:
            lines += [f"echo '--- {document}:{block.line}' >&2", block.text]
        cwd = (self.clone / document).parent if document.startswith("examples/") else self.clone
        result = subprocess.run([*prefix, "bash", "-euo", "pipefail", "-c", "\n".join(lines)], cwd=cwd, env=self.environment,
                                stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=timeout, check=False)
        log = self.data_dir / "serve.log"
        assert result.returncode == 0, f"exited {result.returncode}\n{result.stdout[-3000:]}\n{result.stderr[-3000:]}\n" \
                                       f"{log.read_text()[-3000:] if log.exists() else ''}"
        return result.stdout

    def slipway(self, *arguments, prefix=()):
        return subprocess.run([*prefix, harness.binary(), *arguments], env=self.environment, stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=60, check=False)

    def server_id(self):
        file = self.data_dir / "id"
        return file.read_text().strip() if file.exists() else None


@pytest.fixture
def reader(engine, tmp_path):
    if not harness.aws_cli():
        pytest.skip("no `aws` on PATH (package awscli)")
    image_was_there = harness_docker.inspect(IMAGE) is not None
    made = Reader(tmp_path)
    yield made
    # Also after a failed block, or one that stopped the server.
    made.slipway("stop")
    if made.server_id():
        harness_docker.remove_objects_of(made.server_id())
    if not image_was_there:
        harness_docker.docker("rmi", IMAGE, check=False)


def assert_nothing_is_left(reader, prefix=()):
    """A reset removes the containers of stopped tasks, which stay for a while; nothing else may be there."""
    assert reader.slipway("start", prefix=prefix).returncode == 0
    state = json.loads(reader.slipway("status", "-o", "json", prefix=prefix).stdout)
    assert [task["id"] for task in state["tasks"] if task["lastStatus"] != "STOPPED"] == []
    assert [cluster["name"] for cluster in state["clusters"] if cluster["status"] == "ACTIVE"] == []
    assert reader.slipway("reset", "--yes", prefix=prefix).returncode == 0
    assert not any(harness_docker.objects_of(reader.server_id()).values())
    files = {str(path.relative_to(reader.clone)) for path in (reader.clone / "examples").rglob("*")}
    assert files == {str(path.relative_to(REPOSITORY)) for path in (REPOSITORY / "examples").rglob("*")}


@pytest.mark.parametrize("document", DOCUMENTS)
def test_the_commands_of_a_document_do_what_it_says(reader, document):
    blocks = blocks_of(document)
    assert blocks, "a document without a block"
    reader.run(document, blocks)
    assert_nothing_is_left(reader)


@pytest.mark.parametrize("document", DOCUMENTS)
def test_they_do_so_without_any_network(reader, document):
    """One namespace with nothing but its own loopback, for the server, the clients and the checks alike."""
    enter = ["unshare", "--net"] if os.geteuid() == 0 else ["unshare", "--user", "--map-current-user", "--net"]
    if not shutil.which("ip") or subprocess.run([*enter, "ip", "link", "set", "lo", "up"], capture_output=True,
                                                check=False).returncode:
        pytest.skip("a network namespace may not be made here (needs root and iproute2)")
    blocks = [block for block in blocks_of(document) if not NEEDS_A_PUBLISHED_PORT.search(block.text)]
    assert blocks
    lonely = 'ip link set lo up\ntest -z "$(ip route show default)"\n! ip route get 192.0.2.1 2>/dev/null'
    reader.run(document, [*blocks, Block(0, "slipway stop")], prefix=enter, before=lonely)
    assert_nothing_is_left(reader)


def test_a_document_that_needs_a_port_has_other_blocks_too():
    """Says which blocks the test above leaves out, so that the list does not grow unseen."""
    left_out = {document: [block.line for block in blocks_of(document) if NEEDS_A_PUBLISHED_PORT.search(block.text)]
                for document in DOCUMENTS}
    assert {document: len(lines) for document, lines in left_out.items() if lines} == {
        "README.md": 2, "examples/pair/README.md": 1, "examples/web/README.md": 3}
