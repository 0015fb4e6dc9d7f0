"""Raw HTTP over a socket: what a test must see that http.client would hide (interim answers, the order of answers, how a connection ends)."""

import json
import socket
import struct
import time
from dataclasses import dataclass, field


@dataclass
class WireAnswer:
    status: int
    headers: dict          # names in lower case; the last one of each counts
    body: bytes = b""
    interim: list = field(default_factory=list)  # statuses of the 1xx before it

    def json(self):
        return json.loads(self.body)


class Wire:
    """One connection. Every read has a deadline, so that a server that never answers fails a test instead of hanging it."""

    def __init__(self, sock, seconds=3):
        self.sock = sock
        self.seconds = seconds
        self.buffer = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.sock.close()

    def send(self, data):
        """A server may well have refused and closed before the last byte: the answer decides, not the write."""
        try:
            self.sock.sendall(data)
        except OSError:
            pass

    def half_close(self):
        self.sock.shutdown(socket.SHUT_WR)

    def reset(self):
        """RST instead of FIN."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()

    def read_more(self, end):
        """False at the end of the connection."""
        left = end - time.monotonic()
        if left <= 0:
            raise TimeoutError("nothing came in time")
        self.sock.settimeout(left)
        try:
            data = self.sock.recv(65536)
        except TimeoutError:
            raise TimeoutError("nothing came in time") from None
        except OSError:  # a reset, or TLS that ends without close_notify
            return False
        self.buffer += data
        return bool(data)

    def read_until(self, mark, end):
        while mark not in self.buffer:
            if not self.read_more(end):
                return None
        part, self.buffer = self.buffer.split(mark, 1)
        return part

    def read_exactly(self, size, end):
        while len(self.buffer) < size:
            if not self.read_more(end):
                return None
        part, self.buffer = self.buffer[:size], self.buffer[size:]
        return part

    def answer(self, seconds=None, head_request=False):
        """The next final answer, or None when the connection ended without one."""
        end = time.monotonic() + (seconds or self.seconds)
        interim = []
        while True:
            head = self.read_until(b"\r\n\r\n", end)
            if head is None:
                return None
            status_line, *lines = head.decode("latin-1").split("\r\n")
            status = int(status_line.split(" ")[1])
            if status >= 200:
                break
            interim.append(status)
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        body = b"" if head_request or status in (204, 304) else self.read_body(headers, end)
        return WireAnswer(status, headers, body, interim)

    def read_body(self, headers, end):
        if headers.get("transfer-encoding", "").lower() == "chunked":
            body = b""
            while True:
                size = int(self.read_until(b"\r\n", end).split(b";")[0], 16)
                body += self.read_exactly(size, end) if size else b""
                assert self.read_until(b"\r\n", end) == b""
                if size == 0:
                    return body
        if "content-length" in headers:
            body = self.read_exactly(int(headers["content-length"]), end)
            assert body is not None, "the body was cut"
            return body
        while self.read_more(end):
            pass
        body, self.buffer = self.buffer, b""
        return body

    def is_closed(self, seconds=None):
        """Whether the other side ends the connection in time, with nothing more said."""
        end = time.monotonic() + (seconds or self.seconds)
        try:
            while self.read_more(end):
                pass
        except TimeoutError:
            return False
        return self.buffer == b""

    def is_silent(self, seconds):
        """Whether the connection stays open and says nothing for that long."""
        try:
            return self.read_more(time.monotonic() + seconds) and False
        except TimeoutError:
            return self.buffer == b""


def assert_refusal(answer):
    """What every refusal has: our envelope with words for the caller, and the id under which it is found in the log."""
    assert answer.headers.get("x-litellm-call-id")
    assert answer.headers.get("x-request-id") == answer.headers["x-litellm-call-id"]
    if answer.body:
        assert answer.headers["content-type"].startswith("application/json")
        message = answer.json()["error"]["message"]
        assert isinstance(message, str) and message
