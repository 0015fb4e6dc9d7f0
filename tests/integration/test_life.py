"""Reload, drain and stop, with requests under way."""

import json
import signal
import socket
import threading
import time

import pytest


def open_stream(gateway, script):
    connection = gateway.connect()
    body = json.dumps({"model": gateway.scripted(script), "stream": True, "messages": [{"role": "user", "content": "x"}]}).encode()
    connection.sendall(b"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + gateway.key.encode() +
                       b"\r\nContent-Length: " + str(len(body)).encode() + b"\r\n\r\n" + body)
    first = connection.recv(65536)
    assert b"200" in first.split(b"\r\n")[0]
    return connection, first


def read_on(connection, got):
    while True:
        more = connection.recv(65536)
        if not more:
            return got
        got += more


@pytest.mark.threads
def test_a_drain_lets_streams_end(make_gateway):
    gateway = make_gateway()
    connection, got = open_stream(gateway, "events=30&pace=30")
    gateway.process.signal(signal.SIGTERM)
    time.sleep(0.2)
    with pytest.raises(OSError):
        socket.create_connection((gateway.host, gateway.port), 1).close()
    got = read_on(connection, got)
    assert b"data: [DONE]" in got
    assert got.endswith(b"0\r\n\r\n")
    gateway.stop()


@pytest.mark.threads
def test_a_reload_under_load_cuts_nothing(make_gateway):
    gateway = make_gateway()
    connection, got = open_stream(gateway, "events=40&pace=25")
    failures = []

    def ask():
        for _ in range(30):
            if gateway.chat().status != 200:
                failures.append(1)

    asking = threading.Thread(target=ask)
    asking.start()
    text = gateway.config_path.read_text()
    for number in range(10):
        gateway.write_config(text.replace("model_list:", f"model_list:\n  - model_name: new-{number}\n    litellm_params: {{model: demo/story}}"))
        gateway.reload()
        time.sleep(0.05)
    asking.join()
    assert b"data: [DONE]" in got or b"data: [DONE]" in connection.recv(1 << 20) or b"data: [DONE]" in read_until_done(connection)
    assert not failures
    names = [model["id"] for model in gateway.request("GET", "/v1/models").json()["data"]]
    assert "new-9" in names


def read_until_done(connection):
    got = b""
    while b"[DONE]" not in got:
        more = connection.recv(65536)
        if not more:
            break
        got += more
    return got


def test_a_broken_file_leaves_the_old_configuration_running(make_gateway):
    gateway = make_gateway()
    gateway.write_config("model_list:\n  - model_name: x\n    litellm_params: 7\n")
    gateway.reload()
    deadline = time.time() + 5
    while "not reloaded" not in gateway.errors() and time.time() < deadline:
        time.sleep(0.05)
    assert "config.yaml:3:" in gateway.errors()
    assert gateway.chat().status == 200


def test_readiness_turns_before_the_listeners_close(make_gateway, upstream):
    from support.gateway import default_config
    gateway = make_gateway(default_config(upstream.base) + "penstock:\n  drain: {time: 5s, delay: 1s}\n")
    gateway.process.signal(signal.SIGTERM)
    time.sleep(0.3)
    assert gateway.request("GET", "/health/readiness").status == 503
    gateway.stop()


def test_one_line_a_request_and_no_secret_in_it(make_gateway):
    gateway = make_gateway()
    answer = gateway.chat()
    time.sleep(0.3)
    line = next(line for line in gateway.errors().splitlines() if answer.headers["x-litellm-call-id"] in line)
    for part in ("status=200", "model=", "deployment=", "total_ms=", "input_tokens=", "key="):
        assert part in line
    assert gateway.key not in gateway.errors() and "sk-upstream-secret" not in gateway.errors()


@pytest.mark.parametrize("key, host", [("", "127.0.0.1"), ("sk-a-master-key-of-its-own-51c2", "0.0.0.0")])
def test_one_model_without_a_file_is_open_on_loopback_only(tmp_path, key, host):
    from support.process import Process, binary
    command = [binary("penstock", "PENSTOCK_BINARY"), "--model", "demo/story", "--port", 0, "--data-dir", tmp_path / "data"]
    process = Process(command, tmp_path, "single", {"LITELLM_MASTER_KEY": key})
    assert process.wait_for_line("penstock listening on ").split()[-1].startswith(f"http://{host}:")
    assert ("NO MASTER KEY" in process.errors()) == (key == "")
    process.stop_and_judge()
