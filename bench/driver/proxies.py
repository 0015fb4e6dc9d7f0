"""What is compared: the upstream itself, HAProxy and nginx as plain reverse proxies, and the gateway. One thread each."""

import json
import urllib.request
from pathlib import Path

from driver.process import PROXY_CORE, UPSTREAM_CORE, Program, descriptor_limit, free_port

MASTER_KEY = "sk-bench-master-6f1d0c9f7b3e4a58"


def start_upstream(binaries, folder, script=""):
    command = [binaries / "fake_upstream"] + (["--default", script] if script else [])
    program = Program(command, UPSTREAM_CORE, folder, "upstream")
    program.port = int(program.line("listening on ").split()[-1])
    program.key = "sk-none"
    return program


def start_haproxy(folder, upstream_port):
    """http-no-delay: without it HAProxy holds paced events back for 40 ms, which is cheap and no use to a caller."""
    port = free_port()
    connections = min(9_500, (descriptor_limit() - 500) // 2)  # it refuses to start when it cannot have all their descriptors
    config = Path(folder) / "haproxy.cfg"
    config.write_text(f"""
global
    nbthread 1
    maxconn {connections}
defaults
    mode http
    maxconn {connections}
    option http-keep-alive
    option http-no-delay
    http-reuse always
    timeout connect 5s
    timeout client 600s
    timeout server 600s
    timeout http-keep-alive 120s
frontend clients
    bind 127.0.0.1:{port}
    default_backend upstream
backend upstream
    server one 127.0.0.1:{upstream_port} pool-max-conn 1000
""")
    program = Program(["haproxy", "-db", "-f", config], PROXY_CORE, folder, "haproxy")
    program.port, program.key = port, "sk-none"
    program.wait_for_port(port)
    return program


def start_nginx(folder, upstream_port):
    port = free_port()
    scratch = Path(folder) / "nginx"
    scratch.mkdir(exist_ok=True)
    temporary = "\n".join(f"    {kind}_temp_path {scratch}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    config = Path(folder) / "nginx.conf"
    config.write_text(f"""
daemon off;
worker_processes 1;
pid {scratch}/nginx.pid;
error_log stderr crit;
events {{ worker_connections 19000; }}
http {{
{temporary}
    access_log off;
    keepalive_requests 100000000;
    client_max_body_size 64m;
    client_body_buffer_size 128k;
    upstream model_server {{ server 127.0.0.1:{upstream_port}; keepalive 1000; keepalive_requests 100000000; }}
    server {{
        listen 127.0.0.1:{port};
        location / {{
            proxy_pass http://model_server;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_buffering off;
            proxy_request_buffering off;
            proxy_read_timeout 600s;
        }}
    }}
}}
""")
    program = Program(["nginx", "-p", scratch, "-c", config], PROXY_CORE, folder, "nginx")
    program.port, program.key = port, "sk-none"
    program.wait_for_port(port)
    return program


def gateway_config(folder, upstream_port):
    path = Path(folder) / "penstock.yaml"
    path.write_text(f"""
model_list:
  - model_name: fake
    litellm_params: {{model: openai/fake, api_base: "http://127.0.0.1:{upstream_port}/v1", api_key: sk-upstream}}
  - model_name: "openai/*"
    litellm_params: {{model: "openai/*", api_base: "http://127.0.0.1:{upstream_port}/v1", api_key: sk-upstream}}
general_settings:
  master_key: {MASTER_KEY}
""")
    return path


def gateway_command(binary, folder, upstream_port, port=0, data="data", extra=()):
    return [binary, "serve", "--config", gateway_config(folder, upstream_port), "--host", "127.0.0.1", "--port", port,
            "--workers", "1", "--data-dir", Path(folder) / data, *extra]


def start_gateway(binary, folder, upstream_port, data="data", extra=(), env=None):
    """With a virtual key, so that the key check of the figures is the one of real callers."""
    program = Program(gateway_command(binary, folder, upstream_port, data=data, extra=extra), PROXY_CORE, folder, "gateway", env)
    address = program.line("penstock listening on ").split()[-1]
    program.port = int(address.rsplit(":", 1)[1])
    program.key = MASTER_KEY if address.startswith("https") else virtual_key(program.port)
    return program


def virtual_key(port):
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/key/generate", data=json.dumps({"key_alias": "bench"}).encode(),
        headers={"Authorization": f"Bearer {MASTER_KEY}", "Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as reply:
        return json.load(reply)["key"]
