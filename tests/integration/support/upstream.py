"""bench/fake_upstream, steered by the model name: bench/upstream/script.hpp has the words."""

import http.client
import json
import time

from .process import Process, binary


class Upstream:
    def __init__(self, folder, script="", certificate=None, port=0):
        command = [binary("fake_upstream", "FAKE_UPSTREAM_BINARY"), "--port", port]
        if script:
            command += ["--default", script]
        if certificate:
            command += ["--tls", certificate.certificate, certificate.key]
        self.tls = bool(certificate)
        self.process = Process(command, folder, f"upstream-{id(self):x}")
        self.port = int(self.process.wait_for_line("listening on ").split()[-1])

    @property
    def base(self):
        return f"http{'s' if self.tls else ''}://127.0.0.1:{self.port}/v1"

    def ask(self, method, path):
        assert not self.tls, "its statistics are served in clear only"
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request(method, path, headers={"Connection": "close"})
            return json.loads(connection.getresponse().read())
        finally:
            connection.close()

    def stats(self):
        """requests, connections, open_connections, aborted, malformed, last_request_headers, last_request_body, ..."""
        return self.ask("GET", "/__stats")

    def reset(self):
        self.ask("POST", "/__reset")

    def last_body(self):
        return self.stats()["last_request_body"].encode("latin-1")

    def last_headers(self):
        """Name in small letters -> value, and the request line under ''."""
        lines = self.stats()["last_request_headers"].split("\r\n")
        return {"": lines[0], **{line.split(":", 1)[0].lower(): line.split(":", 1)[1].strip() for line in lines[1:] if ":" in line}}

    def wait_until(self, name, value, seconds=5):
        """Until this counter has reached the value; the seconds that took."""
        started = time.monotonic()
        while self.stats()[name] < value:
            assert time.monotonic() - started < seconds, f"{name} stays at {self.stats()[name]}, not {value}"
            time.sleep(0.005)
        return time.monotonic() - started

    def stop(self):
        self.process.kill()
