"""The gateway under test on a free port, with a config, a data directory and a virtual key of its own."""

import http.client
import json
import signal
import socket
import ssl
import subprocess
from dataclasses import dataclass
from pathlib import Path

from .process import Process, binary

MASTER_KEY = "sk-test-master-2f7c41d09be84a63"


@dataclass
class Certificate:
    certificate: Path
    key: Path


def self_signed(folder, name="localhost"):
    made = Certificate(Path(folder) / f"{name}.pem", Path(folder) / f"{name}.key")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", f"/CN={name}",
                    "-addext", f"subjectAltName=DNS:{name},IP:127.0.0.1", "-keyout", made.key, "-out", made.certificate], check=True, capture_output=True)
    return made


def default_config(upstream_base):
    """`fake` and the wildcard `openai/*` at the scripted upstream, `demo` inside the process, `mocked` by LiteLLM's mock_response."""
    return f"""
model_list:
  - model_name: fake
    litellm_params: {{model: openai/fake, api_base: "{upstream_base}", api_key: sk-upstream-secret}}
  - model_name: "openai/*"
    litellm_params: {{model: "openai/*", api_base: "{upstream_base}", api_key: sk-upstream-secret}}
  - model_name: demo
    litellm_params: {{model: demo/story}}
  - model_name: mocked
    litellm_params: {{model: openai/mocked, mock_response: "This is a mock."}}
general_settings:
  master_key: {MASTER_KEY}
"""


@dataclass
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    def json(self):
        return json.loads(self.body)

    def events(self):
        """The data of each event of a stream, as text."""
        return [line[6:].decode() for line in self.body.split(b"\n") if line.startswith(b"data: ")]


class Gateway:
    def __init__(self, folder, config_text, upstream=None, args=(), env=None, certificate=None, descriptors=None):
        self.folder = Path(folder)
        self.upstream = upstream
        self.certificate = certificate
        self.tls = bool(certificate)
        self.master_key = MASTER_KEY
        self.config_path = self.folder / "config.yaml"
        self.data_dir = self.folder / "data"
        self.write_config(config_text)
        command = [binary("penstock", "PENSTOCK_BINARY"), "serve", "--config", self.config_path, "--port", 0, "--data-dir", self.data_dir, *args]
        if "--host" not in args:
            command += ["--host", "127.0.0.1"]
        if "--workers" not in args:
            command += ["--workers", 2]
        if certificate:
            command += ["--ssl_certfile_path", certificate.certificate, "--ssl_keyfile_path", certificate.key]
        self.process = Process(command, folder, "gateway", env, descriptors)
        address = self.process.wait_for_line("penstock listening on ").split()[-1]
        self.host = "127.0.0.1"
        self.port = int(address.rsplit(":", 1)[1])
        self.key = self.generate_key(key_alias="tests") if self.master_key in config_text else ""

    @property
    def base_url(self):
        return f"http{'s' if self.tls else ''}://{self.host}:{self.port}/v1"

    def write_config(self, text):
        self.config_path.write_text(text)

    def reload(self):
        self.process.signal(signal.SIGHUP)

    def errors(self):
        return self.process.errors()

    # ---- talking to it

    def connect(self, timeout=15):
        """A connected socket, TLS-wrapped when the listener is."""
        plain = socket.create_connection((self.host, self.port), timeout)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if not self.tls:
            return plain
        context = ssl.create_default_context(cafile=str(self.certificate.certificate))
        return context.wrap_socket(plain, server_hostname="localhost")

    def request(self, method, path, body=None, key=None, headers=None, timeout=30):
        """One exchange on a connection of its own. `key`: the virtual key when left out, '' for none."""
        connection = http.client.HTTPConnection(self.host, self.port, timeout=timeout)
        connection.sock = self.connect(timeout)
        key = self.key if key is None else key
        sent = {"Connection": "close", **({"Authorization": f"Bearer {key}"} if key else {}), **(headers or {})}
        if body is not None and not isinstance(body, (bytes, str)):
            body = json.dumps(body)
        if body is not None:
            sent.setdefault("Content-Type", "application/json")
        try:
            connection.request(method, path, body, sent)
            reply = connection.getresponse()
            return Answer(reply.status, reply.headers, reply.read())
        finally:
            connection.close()

    def chat(self, script="", stream=False, **members):
        """A chat request whose upstream follows the script, like 'events=5&cut=3'."""
        body = {"model": self.scripted(script), "stream": stream, "messages": [{"role": "user", "content": "hello"}], **members}
        return self.request("POST", "/v1/chat/completions", body)

    @staticmethod
    def scripted(script=""):
        return f"openai/fake?{script}" if script else "openai/fake"

    def admin(self, method, path, body=None):
        return self.request(method, path, body, key=self.master_key)

    def generate_key(self, **fields):
        answer = self.admin("POST", "/key/generate", fields)
        assert answer.status == 200, answer.body
        return answer.json()["key"]

    def upstream_requests(self):
        return self.upstream.stats()["requests"]

    # ---- its end

    def stop(self, expected_status=0):
        self.process.stop_and_judge(expected_status)
