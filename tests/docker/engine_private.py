"""A second Docker Engine of the test's own, which may be killed, stopped and paused: dockerd in a network namespace of its
own, with its own containers, images and addresses. Needs root and the right to make namespaces.

    engine = PrivateEngine(live_restore=False).start()
    engine.docker("ps")
    engine.kill9(); engine.start()      # containers end with it, unless live_restore
    engine.pause(); engine.go_on()      # SIGSTOP, SIGCONT
    engine.close()                      # leaves nothing

`nsenter`, not `ip netns exec`: that one remounts /sys and hides the cgroups. The namespace is what keeps the machine's own
engine safe: without it the second one would take away docker0 and the packet filter's rules.
"""
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time
import uuid

import harness
import harness_docker

READY_SECONDS = 60


def missing():
    """Why no private engine can be made here, or None."""
    for program in ("dockerd", "nsenter", "ip"):
        if not shutil.which(program):
            return f"no `{program}` on PATH"
    if os.geteuid() != 0:
        return "a second engine needs root"
    name = f"swprobe-{uuid.uuid4().hex[:6]}"
    made = subprocess.run(["ip", "netns", "add", name], capture_output=True, text=True, check=False)
    if made.returncode:
        return f"network namespaces are not permitted here: {made.stderr.strip()}"
    entered = subprocess.run(["nsenter", f"--net=/run/netns/{name}", "true"], capture_output=True, text=True, check=False)
    subprocess.run(["ip", "netns", "del", name], check=False)
    return f"network namespaces cannot be entered here: {entered.stderr.strip()}" if entered.returncode else None


class PrivateEngine:
    def __init__(self, live_restore=False):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="swe-", dir="/tmp"))  # sockets below it need a short path
        self.namespace = self.folder.name
        self.socket = self.folder / "d.sock"
        self.live_restore = live_restore
        self.process = None
        subprocess.run(["ip", "netns", "add", self.namespace], check=True)
        subprocess.run([*self._inside(), "ip", "link", "set", "lo", "up"], check=True)

    def _inside(self):
        return ["nsenter", f"--net=/run/netns/{self.namespace}"]

    @property
    def url(self):
        return f"unix://{self.socket}"

    def docker(self, *arguments, **options):
        return harness_docker.docker("-H", self.url, *arguments, **options)

    def start(self):
        (self.folder / "pid").unlink(missing_ok=True)
        command = [*self._inside(), "dockerd", "--config-file", str(self.folder / "none.json"), "--data-root",
                   str(self.folder / "data"), "--exec-root", str(self.folder / "x"), "-H", self.url, "--pidfile",
                   str(self.folder / "pid"), "--exec-opt", "native.cgroupdriver=cgroupfs",
                   "--cgroup-parent", f"/{self.namespace}"]
        (self.folder / "none.json").write_text("{}")
        if self.live_restore:
            command.append("--live-restore")
        with open(self.folder / "log", "ab") as log:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        deadline = time.monotonic() + READY_SECONDS
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(f"dockerd did not start:\n{(self.folder / 'log').read_text()[-3000:]}")
            time.sleep(0.05)
        return self

    def _answers(self):
        command = ["curl", "-s", "-o", os.devnull, "-m", "2", "--unix-socket", str(self.socket), "http://d/_ping"]
        return subprocess.run(command, check=False).returncode == 0

    def load(self, image):
        """Copies an image of the machine's engine."""
        archive = self.folder / "image.tar"
        harness_docker.docker("save", "-o", archive, image)
        self.docker("load", "-i", archive)
        archive.unlink()

    def kill9(self):
        self.process.kill()
        self.process.wait()
        # It dies with dockerd, a moment later. A new dockerd would wait in vain for one that is dead but not collected yet,
        # as it stays for a while where process 1 is a slow one.
        harness.eventually(lambda: "containerd" not in self._left_processes().values(), seconds=10, what="containerd gone")
        (self.folder / "x" / "containerd" / "containerd.pid").unlink(missing_ok=True)

    def stop(self):
        self.process.terminate()
        self.process.wait(60)

    def pause(self):
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self):
        self.process.send_signal(signal.SIGCONT)

    def _left_processes(self):
        """{pid: program} of this engine's containerd and shims: each has our folder's name in its command line."""
        found = {}
        for entry in pathlib.Path("/proc").iterdir():
            try:
                command = (entry / "cmdline").read_bytes() if entry.name.isdigit() else b""
            except OSError:
                continue
            program = os.path.basename(command.split(b"\0")[0].decode(errors="replace"))
            if f"{self.folder}/".encode() in command and program.startswith("containerd"):
                found[int(entry.name)] = program
        return found

    def _cgroups(self):
        """The directories of this engine's containers, the inner ones first; of each hierarchy with cgroup v1."""
        roots = [path for pattern in ("", "*/") for path in pathlib.Path("/sys/fs/cgroup").glob(pattern + self.namespace)]
        return [path for root in roots for path in (*sorted(filter(pathlib.Path.is_dir, root.rglob("*")), reverse=True), root)]

    def _end_strays(self):
        """A dockerd that is killed while it starts a container may leave the process without one: nothing but its cgroup tells
        whose it is."""
        def strays():
            return {int(pid) for path in self._cgroups() for pid in (path / "cgroup.procs").read_text().split()}
        for pid in strays():
            os.kill(pid, signal.SIGKILL)
        harness.eventually(lambda: not strays(), seconds=10, what="stray processes gone")
        for path in self._cgroups():
            path.rmdir()

    def close(self):
        """Ends the containers, the engine and all that it started; removes its files and its namespace."""
        if self.process and self.process.poll() is None:
            self.go_on()
            ids = self.docker("ps", "-aq", check=False).split()
            if ids:
                self.docker("rm", "-f", "-v", *ids, check=False)
            self.process.terminate()
            try:
                self.process.wait(30)
            except subprocess.TimeoutExpired:
                self.kill9()
        for pid in self._left_processes():
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        harness.eventually(lambda: not self._left_processes(), seconds=10, what="processes of the private engine gone")
        self._end_strays()
        mounts = [line.split()[1] for line in pathlib.Path("/proc/mounts").read_text().splitlines()]
        for mount in sorted((m for m in mounts if m.startswith(f"{self.folder}/")), reverse=True):
            subprocess.run(["umount", "-l", mount], check=False)
        subprocess.run(["ip", "netns", "del", self.namespace], check=False)
        shutil.rmtree(self.folder, ignore_errors=True)
