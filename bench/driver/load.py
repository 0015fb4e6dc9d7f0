"""The load generator, on the upstream's core."""

import json
import subprocess

from driver.process import UPSTREAM_CORE, on_core

MODEL = "openai/fake"  # the gateway's wildcard; the others pass it on as it is


def command(binaries, target, *options):
    return [str(binaries / "load"), "--port", str(target.port), "--key", target.key, "--model", MODEL, *map(str, options)]


def run(binaries, target, *options, seconds=90):
    done = subprocess.run(command(binaries, target, *options), capture_output=True, text=True, timeout=seconds,
                          preexec_fn=on_core(UPSTREAM_CORE))
    if done.returncode != 0:
        raise RuntimeError(f"load against {target.name}: {done.stderr.strip()}\n{target.last_errors()}")
    return json.loads(done.stdout)


class HeldStreams:
    """Idle streams that stay open for the length of a with block."""

    def __init__(self, binaries, target, count, *options):
        self.process = subprocess.Popen(
            command(binaries, target, "--mode", "idle_streams", "--connections", count, *options),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=on_core(UPSTREAM_CORE))

    def __enter__(self):
        if not self.process.stdout.readline():
            raise RuntimeError(f"idle streams: {self.process.stderr.read().strip()}")
        return self

    def __exit__(self, *_):
        self.process.communicate()  # closes its input, which ends it
