"""How each figure is taken. A figure is measured for every target in turn, and that as often as there are repeats."""

import contextlib
import socket
import struct
import subprocess
import time
from pathlib import Path

from driver import load
from driver.process import PROXY_CORE, Program, free_port
from driver.proxies import MASTER_KEY, gateway_command, start_gateway, start_haproxy


class Traffic:
    """The figures of requests in flight: name -> value for one target, from one pass of all loads."""

    def __init__(self, binaries, quick):
        self.binaries = binaries
        self.scale = 2 if quick else 1
        self.threads = {}  # target -> thread -> us per chat request, of the last pass

    def measured(self, target, *options):
        before = target.cpu_by_thread()
        result = load.run(self.binaries, target, *options)
        threads = {thread: (after - before.get(thread, 0)) * 1e6 for thread, after in target.cpu_by_thread().items()}
        result["cpu_us"] = sum(threads.values())
        result["threads_us"] = {f"{name} {number}": used for (name, number), used in threads.items()}
        return result

    def warm_up(self, target):
        load.run(self.binaries, target, "--mode", "chat", "--connections", 64, "--count", 1000)
        load.run(self.binaries, target, "--mode", "stream", "--connections", 16, "--count", 64)

    def latency_load(self, connections):
        """At c=1 as fast as it goes. Else an upstream that takes 10 ms to answer, as a model server would: with all callers
        hard on its heels the upstream's own queue is what gets measured, and a proxy in front even shortens it."""
        if connections == 1:
            return "--count", 4_000 // self.scale
        return "--count", connections * 120 // self.scale, "--model", f"{load.MODEL}?delay=10"

    def all(self, target):
        values = {}
        for connections in (1, 16, 64):
            result = self.measured(target, "--mode", "latency", "--connections", connections, *self.latency_load(connections))
            values[f"latency p50 c={connections}"] = result["latency_p50_us"]
            values[f"latency p99 c={connections}"] = result["latency_p99_us"]
        chat = self.measured(target, "--mode", "chat", "--connections", 16, "--count", 30_000 // self.scale)
        values["cpu chat"] = chat["cpu_us"] / chat["requests"]
        self.threads[target.name] = {thread: used / chat["requests"] for thread, used in chat["threads_us"].items()}
        burst = self.measured(target, "--mode", "stream", "--connections", 16, "--count", 4_000 // self.scale, "--events", 200)
        values["cpu burst"] = burst["cpu_us"] / burst["requests"]
        paced = self.measured(target, "--mode", "paced", "--count", 400, "--events", 400 // self.scale)
        values["cpu paced event"] = paced["cpu_us"] / paced["events"]
        values["held back"] = paced["held_back"]
        values["event delay p50"] = paced["event_delay_p50_us"]
        alone = self.measured(target, "--mode", "paced", "--connections", 1, "--count", 1, "--events", 100)
        values["held back alone"] = alone["held_back"]
        bodies = self.measured(target, "--mode", "body64k", "--connections", 16, "--count", 3_000 // self.scale)
        values["cpu 64 KiB body"] = bodies["cpu_us"] / bodies["requests"]
        return values


def settle(program):
    """Memory after the last of it has been touched."""
    time.sleep(0.5)
    return program.resident_bytes()


def memory(binaries, start, streams, *options):
    """(idle bytes, bytes per idle stream) of a fresh process."""
    with contextlib.closing(Stopping(start())) as target:
        idle = settle(target.program)
        load.run(binaries, target.program, "--mode", "stream", "--connections", 1, "--count", 1, *options)
        before = settle(target.program)
        with load.HeldStreams(binaries, target.program, streams, *options):
            return idle, (settle(target.program) - before) / streams


class Stopping:
    def __init__(self, program):
        self.program = program

    def close(self):
        self.program.stop()


def self_signed(folder):
    certificate, key = Path(folder) / "certificate.pem", Path(folder) / "key.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                    "-subj", "/CN=localhost", "-keyout", key, "-out", certificate], check=True, capture_output=True)
    return certificate, key


def memory_figures(binaries, gateway, folder, upstream_port, streams):
    certificate, key = self_signed(folder)
    tls = ("--ssl_certfile_path", certificate, "--ssl_keyfile_path", key)
    idle, plain = memory(binaries, lambda: start_gateway(gateway, folder, upstream_port, "memory"), streams)
    _, encrypted = memory(binaries, lambda: start_gateway(gateway, folder, upstream_port, "memory-tls", tls), streams, "--tls")
    haproxy_idle, haproxy_plain = memory(binaries, lambda: start_haproxy(folder, upstream_port), streams)
    return {"idle": (idle, haproxy_idle), "stream": (plain, haproxy_plain), "tls leg": (encrypted - plain, None)}


def first_answer_seconds(gateway, folder, upstream_port):
    """From fork to the last byte of the first chat reply, on a data directory that exists."""
    port = free_port()
    body = b'{"model":"openai/fake","messages":[{"role":"user","content":"hi"}]}'
    request = (f"POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {MASTER_KEY}\r\nContent-Type: application/json\r\n"
               f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n").encode() + body
    started = time.monotonic()
    with contextlib.closing(Stopping(Program(gateway_command(gateway, folder, upstream_port, port, "start"), PROXY_CORE, folder, "start"))) as target:
        while time.monotonic() - started < 10:
            with contextlib.suppress(ConnectionError):
                with socket.create_connection(("127.0.0.1", port), 5) as connection:
                    connection.sendall(request)
                    reply = b""
                    while part := connection.recv(65536):
                        reply += part
                    if reply.startswith(b"HTTP/1.1 200"):
                        return time.monotonic() - started
                    raise RuntimeError(f"first answer: {reply[:300]!r}")
            if target.program.process.poll() is not None:
                break
            time.sleep(0.0005)
    raise RuntimeError(f"no first answer: {target.program.last_errors()}")


def allocations(binaries, gateway, folder, upstream_port):
    """Calls of the heap per request, once everything is warm: {kind: number}."""
    library, counter = Path(folder) / "count_allocations.so", Path(folder) / "allocation-count"
    source = Path(__file__).resolve().parent.parent / "preload" / "count_allocations.cpp"
    subprocess.run(["g++", "-std=c++20", "-O2", "-shared", "-fPIC", source, "-o", library], check=True)
    env = {"LD_PRELOAD": str(library), "ALLOCATION_COUNT_FILE": str(counter)}

    def count():
        return struct.unpack("Q", counter.read_bytes())[0]

    values = {}
    with contextlib.closing(Stopping(start_gateway(gateway, folder, upstream_port, "allocations", env=env))) as target:
        for kind, options in (("chat", ("--mode", "chat")), ("stream", ("--mode", "stream", "--events", 200))):
            samples = []
            for requests in (500, 500, 1_000):  # the connection's own share cancels out between 500 and 1,000
                before = count()
                load.run(binaries, target.program, *options, "--connections", 4, "--count", requests)
                time.sleep(0.3)
                samples.append(count() - before)
            values[kind] = (samples[2] - samples[1]) / 500
    return values
