"""What reaches the client of what an upstream sends, and how a broken upstream shows."""

import json
import socket
import time

import pytest


def last_error(answer):
    return json.loads(answer.events()[-1])["error"]


def test_the_reply_carries_the_name_that_the_client_asked_for(gateway):
    answer = gateway.chat()
    assert answer.json()["model"] == gateway.scripted()
    assert json.loads(gateway.upstream.last_body())["model"] == gateway.scripted().removeprefix("openai/")


def test_the_body_goes_up_byte_for_byte_but_for_the_model(gateway):
    body = b'{ "messages":[{"role":"user","content":"caf\\u00e9 \\ud83d\\ude00 </"}],  "model" : "fake" ,"seed":9007199254740993,"unheard_of":{"b":1,"a":[1.0]}}'
    assert gateway.request("POST", "/v1/chat/completions", body).status == 200
    assert gateway.upstream.last_body() == body


def test_usage_is_asked_for_and_hidden_from_a_client_that_did_not_ask(gateway):
    answer = gateway.chat("events=3", stream=True)
    assert json.loads(gateway.upstream.last_body())["stream_options"] == {"include_usage": True}
    assert all(json.loads(event).get("usage") is None for event in answer.events()[:-1])
    asked = gateway.chat("events=3", stream=True, stream_options={"include_usage": True})
    assert json.loads(asked.events()[-2])["usage"]["completion_tokens"] > 0


def test_our_own_members_do_not_go_up(gateway):
    gateway.chat(tags=["a"], metadata={"trace": {"deep": 1}}, num_retries=3, cache={"no-cache": True}, timeout=20)
    sent = json.loads(gateway.upstream.last_body())
    assert not {"tags", "metadata", "num_retries", "cache", "timeout"} & set(sent)


@pytest.mark.parametrize("member", ["api_base", "base_url", "api_key", "extra_headers"])
def test_a_request_cannot_name_its_destination(gateway, member):
    before = gateway.upstream_requests()
    answer = gateway.chat(**{member: "http://127.0.0.1:1"})
    assert answer.status == 400
    assert member in answer.json()["error"]["message"]
    assert gateway.upstream_requests() == before


@pytest.mark.parametrize("script", ["sse=crlf", "sse=cr", "sse=mixed", "sse=nospace", "sse=multiline", "sse=bom", "sse=comments", "sse=ids", "sse=names",
                                    "drip", "chunk_bytes=1", "chunk_bytes=7", "close_delimited", "no_done", "chunk_extension=20", "trailers=2000"])
def test_odd_streams_come_out_normal(gateway, script):
    answer = gateway.chat(f"events=5&{script}", stream=True)
    assert answer.status == 200
    assert answer.events()[-1] == "[DONE]"
    assert b"\r" not in answer.body
    contents = [choice["delta"].get("content") for event in answer.events()[:-1] for choice in json.loads(event)["choices"]]
    assert len([text for text in contents if text]) == 5


@pytest.mark.parametrize("script", ["cut=2", "reset=2", "end=2&no_finish&no_done", "bad_json=3", "error_event=2", "chunk=bad_size"])
def test_a_stream_that_breaks_ends_in_an_error_event(gateway, script):
    answer = gateway.chat(f"events=5&pace=20&{script}", stream=True)
    if answer.status == 200:
        assert last_error(answer)["message"]
        assert "[DONE]" not in answer.events()
    else:
        assert answer.status == 502
        assert answer.json()["error"]["message"]


@pytest.mark.parametrize("script, status", [
    ("reset=head", 502), ("html", 502), ("gzip", 502), ("bad_json", 502), ("head=two_lengths", 502), ("head=length_and_chunked", 502),
    ("head=status_099", 502), ("head=bare_lf", 502), ("head=obs_fold", 502), ("informational=1000", 502), ("huge_head=70000", 502),
    ("status=401", 502), ("status=403", 502), ("status=400", 400), ("status=404", 404), ("status=422", 422), ("status=500", 500), ("status=503", 503),
    ("status=529", 503), ("status=520", 502), ("status=429", 429), ("status=402", 429), ("status=500&error=html", 500), ("status=500&error=empty", 500),
    ("status=400&error=numeric", 400), ("status=400&error=detail", 400), ("status=400&error=text", 400)])
def test_what_an_upstream_does_wrong_has_its_status(gateway, script, status):
    answer = gateway.chat(script)
    assert answer.status == status
    error = answer.json()["error"]
    assert error["message"] and set(error) >= {"message", "type", "param", "code"}
    assert answer.headers["x-litellm-call-id"]
    assert "sk-upstream-secret" not in answer.body.decode()


def test_a_wait_that_the_upstream_asks_for_is_passed_on(gateway):
    assert gateway.chat("status=429&retry_after=7").headers["retry-after"] == "7"


def test_an_early_answer_of_the_upstream_is_relayed(gateway):
    answer = gateway.chat("status=400&early")
    assert answer.status == 400


def test_a_plain_reply_to_a_stream_request_becomes_a_stream(gateway):
    answer = gateway.chat("form=plain", stream=True)
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.events()[-1] == "[DONE]"


def test_a_stream_in_answer_to_a_plain_request_becomes_a_reply(gateway):
    answer = gateway.chat("form=stream&events=4")
    assert answer.json()["choices"][0]["finish_reason"] == "stop"
    assert answer.json()["object"] == "chat.completion"


def test_interim_answers_are_swallowed(gateway):
    assert gateway.chat("informational=3").status == 200


def test_a_connection_that_died_while_idle_is_replaced(gateway):
    for _ in range(4):
        assert gateway.chat("close_after=1").status == 200
        time.sleep(0.05)


def test_a_first_event_does_not_wait_for_the_rest(gateway):
    connection = gateway.connect()
    body = json.dumps({"model": gateway.scripted("events=4&pace=300"), "stream": True, "messages": [{"role": "user", "content": "x"}]}).encode()
    connection.sendall(b"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + gateway.key.encode() +
                       b"\r\nContent-Length: " + str(len(body)).encode() + b"\r\n\r\n" + body)
    got = b""
    while b'"content":"' not in got.replace(b'"content":""', b""):
        got += connection.recv(65536)
    assert b"[DONE]" not in got
    connection.close()


@pytest.mark.parametrize("how", ["reset", "close"])
def test_a_client_that_leaves_a_stream_cancels_the_upstream(gateway, how):
    connection = gateway.connect()
    body = json.dumps({"model": gateway.scripted("events=1000&pace=20"), "stream": True, "messages": [{"role": "user", "content": "x"}]}).encode()
    connection.sendall(b"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + gateway.key.encode() +
                       b"\r\nContent-Length: " + str(len(body)).encode() + b"\r\n\r\n" + body)
    connection.recv(200)
    if how == "reset":
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    connection.close()
    gateway.upstream.wait_until("aborted", 1)


def test_float_vectors_are_converted_for_a_client_that_asked_for_base64(gateway):
    body = {"model": gateway.scripted("floats&dimensions=8"), "input": "x", "encoding_format": "base64"}
    answer = gateway.request("POST", "/v1/embeddings", json.dumps(body).encode())
    assert isinstance(answer.json()["data"][0]["embedding"], str)


def test_another_deployment_serves_when_one_cannot_be_reached(make_gateway, upstream):
    with socket.create_server(("127.0.0.1", 0)) as unused:
        dead = unused.getsockname()[1]
    config = f"""
model_list:
  - model_name: pair
    litellm_params: {{model: openai/fake, api_base: "http://127.0.0.1:{dead}/v1", api_key: sk-one, order: 1}}
  - model_name: pair
    litellm_params: {{model: openai/fake, api_base: "{upstream.base}", api_key: sk-two, order: 2}}
general_settings:
  master_key: sk-test-master-2f7c41d09be84a63
"""
    gateway = make_gateway(config)
    body = json.dumps({"model": "pair", "messages": [{"role": "user", "content": "x"}]}).encode()
    answer = gateway.request("POST", "/v1/chat/completions", body)
    assert answer.status == 200
    assert answer.headers["x-litellm-attempted-retries"] == "1"


def test_a_silent_upstream_times_out(make_gateway, upstream):
    config = f"""
model_list:
  - model_name: slow
    litellm_params: {{model: "openai/fake?delay=5000", api_base: "{upstream.base}", api_key: sk-one, timeout: 0.3}}
general_settings:
  master_key: sk-test-master-2f7c41d09be84a63
"""
    gateway = make_gateway(config)
    body = json.dumps({"model": "slow", "messages": [{"role": "user", "content": "x"}]}).encode()
    assert gateway.request("POST", "/v1/chat/completions", body).status == 408
