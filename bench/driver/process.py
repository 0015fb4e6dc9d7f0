"""A program under test: started on one core, measured through /proc, stopped by its own id."""

import contextlib
import os
import resource
import signal
import socket
import subprocess
import time
from pathlib import Path

UPSTREAM_CORE = 0
PROXY_CORE = 1


def descriptor_limit():
    return resource.getrlimit(resource.RLIMIT_NOFILE)[1]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def on_core(core):
    """For the child, between fork and exec: its core, and as many descriptors as it may have."""
    cores = os.sched_getaffinity(0)

    def prepare():
        os.sched_setaffinity(0, {core} & cores or cores)
        resource.setrlimit(resource.RLIMIT_NOFILE, (descriptor_limit(), descriptor_limit()))

    return prepare


class Program:
    def __init__(self, command, core, folder, name, env=None):
        self.name = name
        self.folder = Path(folder)
        self.errors = self.folder / f"{name}.stderr"
        with open(self.errors, "ab") as errors:
            self.process = subprocess.Popen(
                [str(part) for part in command], stdout=subprocess.PIPE, stderr=errors, stdin=subprocess.DEVNULL,
                preexec_fn=on_core(core), env={**os.environ, **(env or {})}, cwd=self.folder)

    def line(self, start, seconds=15):
        """Waits for a line of standard output that begins like this."""
        os.set_blocking(self.process.stdout.fileno(), False)
        text, end = b"", time.monotonic() + seconds
        while time.monotonic() < end:
            text += self.process.stdout.read() or b""
            for line in text.decode(errors="replace").splitlines():
                if line.startswith(start) and text.endswith(b"\n"):
                    return line
            if self.process.poll() is not None:
                break
            time.sleep(0.002)
        raise RuntimeError(f"{self.name} did not say '{start}':\n{self.last_errors()}")

    def last_errors(self):
        return self.errors.read_text(errors="replace")[-2000:]

    def wait_for_port(self, port, seconds=10):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", port), 1).close()
                return
            if self.process.poll() is not None:
                break
            time.sleep(0.005)
        raise RuntimeError(f"{self.name} does not listen on {port}:\n{self.last_errors()}")

    def pids(self):
        """The process and its children: nginx works in one."""
        own = self.process.pid
        children = Path(f"/proc/{own}/task/{own}/children").read_text().split()
        return [own, *map(int, children)]

    def cpu_by_thread(self):
        """(name, id) of each thread -> seconds on a core, in nanosecond steps (not the 10 ms ticks of /proc/PID/stat)."""
        seconds = {}
        for pid in self.pids():
            for task in Path(f"/proc/{pid}/task").iterdir():
                with contextlib.suppress(OSError):
                    seconds[(task / "comm").read_text().strip(), int(task.name)] = int((task / "schedstat").read_text().split()[0]) / 1e9
        return seconds

    def resident_bytes(self):
        total = 0
        for pid in self.pids():
            for line in Path(f"/proc/{pid}/status").read_text().splitlines():
                if line.startswith("VmRSS:"):
                    total += int(line.split()[1]) * 1024
        return total

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(8)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.process.stdout.close()
