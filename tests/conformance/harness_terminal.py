"""A program on a terminal of its own, as a user has it: for colours, questions and Ctrl-C.

    with Terminal(["slipway", "serve"], env) as terminal:
        terminal.expect("Ready.")
        terminal.interrupt()            # Ctrl-C
        assert terminal.wait() == 0
"""
import errno
import fcntl
import os
import pty
import select
import signal
import subprocess
import termios
import time


def _take_terminal():
    """In the child: standard input becomes the terminal of its session, so that Ctrl-C is a signal."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


class Terminal:
    def __init__(self, command, environment, cwd=None):
        self.text = ""
        self._seen = 0
        self._master, slave = pty.openpty()
        self.process = subprocess.Popen(
            command, stdin=slave, stdout=slave, stderr=slave, env={**environment, "TERM": "xterm"}, cwd=cwd,
            start_new_session=True, preexec_fn=_take_terminal)
        os.close(slave)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        os.close(self._master)

    def _read(self, seconds):
        """Takes what is there within `seconds`; False at the end of the output."""
        if not select.select([self._master], [], [], seconds)[0]:
            return True
        try:
            data = os.read(self._master, 65536)
        except OSError as error:  # Linux says so when the other side is closed
            if error.errno == errno.EIO:
                return False
            raise
        self.text += data.decode(errors="replace").replace("\r\n", "\n")
        return bool(data)

    def expect(self, text, seconds=20):
        """Reads until `text` appears after what was expected before."""
        deadline = time.monotonic() + seconds
        while text not in self.text[self._seen:]:
            alive = self._read(0.1)
            assert alive or text in self.text[self._seen:], f"ended without {text!r}:\n{self.text}"
            assert time.monotonic() < deadline, f"no {text!r} within {seconds} s:\n{self.text}"
        self._seen = self.text.index(text, self._seen) + len(text)

    def type(self, text):
        os.write(self._master, text.encode())

    def interrupt(self):
        self.type("\x03")

    def wait(self, seconds=20):
        """The exit code; all output is in `text` then."""
        deadline = time.monotonic() + seconds
        while self._read(0.1):
            if self.process.poll() is not None and not select.select([self._master], [], [], 0)[0]:
                break
            if time.monotonic() > deadline:
                self.process.send_signal(signal.SIGKILL)
                raise AssertionError(f"did not end within {seconds} s:\n{self.text}")
        return self.process.wait(seconds)
