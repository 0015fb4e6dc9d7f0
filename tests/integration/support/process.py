"""A program started by a test: ready when it says so, stopped by its own id, judged by how it ended."""

import os
import re
import resource
import signal
import subprocess
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
SANITIZER_REPORT = re.compile(r"ERROR: (Address|Leak)Sanitizer|WARNING: ThreadSanitizer|runtime error:|terminate called|Assertion")


def binary(name, variable):
    """The program that the environment names, else the newest build with sanitizers, else the release."""
    named = os.environ.get(variable)
    choices = [Path(named)] if named else [ROOT / "build" / folder / name for folder in ("asan", "release")]
    for choice in choices:
        if choice.exists():
            return choice.resolve()
    raise FileNotFoundError(f"no {name} in {', '.join(map(str, choices))}; build it or set {variable}")


class Process:
    def __init__(self, command, folder, name, env=None, descriptors=None):
        self.name = name
        self.error_file = Path(folder) / f"{name}.stderr"
        with open(self.error_file, "ab") as errors:
            self.popen = subprocess.Popen(
                [str(part) for part in command], stdout=subprocess.PIPE, stderr=errors, stdin=subprocess.DEVNULL, cwd=folder,
                env=self.environment(env or {}),
                preexec_fn=(lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (descriptors, descriptors))) if descriptors else None)
        self.output = []
        self.more_output = threading.Condition()
        self.reader = threading.Thread(target=self.read_output, daemon=True)
        self.reader.start()

    @staticmethod
    def environment(extra):
        """The caller's, without what would configure a gateway by accident."""
        ours = {name: value for name, value in os.environ.items()
                if not name.startswith(("LITELLM_", "OPENAI_", "PENSTOCK_", "AZURE_")) and name not in ("DATABASE_URL", "REDIS_URL", "PORT", "SERVER_ROOT_PATH")}
        sanitizers = {"ASAN_OPTIONS": "detect_leaks=1:abort_on_error=0", "UBSAN_OPTIONS": "print_stacktrace=1", "TSAN_OPTIONS": "exitcode=66"}
        return {**sanitizers, **ours, **{name: str(value) for name, value in extra.items()}}

    def read_output(self):
        for line in self.popen.stdout:
            with self.more_output:
                self.output.append(line.decode(errors="replace").rstrip("\n"))
                self.more_output.notify_all()
        with self.more_output:
            self.more_output.notify_all()

    def wait_for_line(self, start, seconds=30):
        end = time.monotonic() + seconds
        with self.more_output:
            while True:
                for line in self.output:
                    if line.startswith(start):
                        return line
                if not self.reader.is_alive() or time.monotonic() > end:
                    break
                self.more_output.wait(0.1)
        self.kill()
        raise AssertionError(f"{self.name} did not print '{start}'; exit status {self.popen.poll()}\n{self.errors()}")

    @property
    def pid(self):
        return self.popen.pid

    def errors(self):
        return self.error_file.read_text(errors="replace")

    def signal(self, number):
        self.popen.send_signal(number)

    def wait(self, seconds=20):
        return self.popen.wait(seconds)

    def is_running(self):
        return self.popen.poll() is None

    def kill(self):
        if self.is_running():
            self.popen.kill()
            self.popen.wait()

    def stop_and_judge(self, expected_status=0, seconds=20):
        """SIGTERM ends it with this status, and nothing it wrote is a sanitizer's report."""
        if self.is_running():
            self.signal(signal.SIGTERM)
        try:
            status = self.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"{self.name} did not end within {seconds} s of SIGTERM\n{self.errors()[-4000:]}") from None
        finally:
            self.reader.join(2)
            self.popen.stdout.close()
        report = SANITIZER_REPORT.search(self.errors())
        assert not report, f"{self.name} wrote a report:\n{self.errors()[max(0, report.start() - 500):report.start() + 6000]}"
        assert status == expected_status, f"{self.name} ended with {status}, not {expected_status}\n{self.errors()[-4000:]}"
