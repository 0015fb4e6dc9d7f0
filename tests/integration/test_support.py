"""The harness itself: what other tests take for granted."""

import json

import pytest


def test_an_answer_comes_through_either_listener(any_gateway):
    answer = any_gateway.chat()
    assert answer.status == 200
    assert answer.json()["choices"][0]["finish_reason"] == "stop"
    assert any_gateway.upstream_requests() == 1


@pytest.mark.threads
def test_a_script_in_the_model_name_reaches_the_upstream(gateway):
    answer = gateway.chat("events=7", stream=True)
    assert answer.headers["content-type"].startswith("text/event-stream")
    contents = [json.loads(event)["choices"][0]["delta"].get("content") for event in answer.events()[:-1] if json.loads(event)["choices"]]
    assert len([text for text in contents if text]) == 7
    assert answer.events()[-1] == "[DONE]"


def test_the_upstream_shows_what_it_was_sent(gateway):
    gateway.chat(temperature=0.25)
    headers = gateway.upstream.last_headers()
    assert headers[""] == "POST /v1/chat/completions HTTP/1.1"
    assert headers["authorization"] == "Bearer sk-upstream-secret"
    assert json.loads(gateway.upstream.last_body())["temperature"] == 0.25
    assert gateway.upstream.stats()["malformed"] == 0


def test_a_made_gateway_takes_arguments_and_ends_cleanly(make_gateway):
    single = make_gateway(args=("--workers", "1"))
    assert single.chat().status == 200
    single.stop()
    assert not single.process.is_running()


def test_a_made_upstream_follows_its_default_script(make_upstream):
    slow = make_upstream("status=503")
    assert slow.stats()["requests"] == 0
