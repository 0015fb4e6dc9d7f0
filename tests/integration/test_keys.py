"""Virtual keys over the wire: what the admin API changes holds for the next request, on every worker."""

import json

import pytest


def models(gateway, key):
    return gateway.request("GET", "/v1/models", key=key)


@pytest.mark.threads
def test_a_block_and_a_delete_act_at_once(gateway):
    key = gateway.generate_key()
    assert models(gateway, key).status == 200
    assert gateway.admin("POST", "/key/block", {"key": key}).status == 200
    for _ in range(8):  # connections spread over the workers
        answer = models(gateway, key)
        assert answer.status == 401
        assert "blocked" in answer.json()["error"]["message"]
    gateway.admin("POST", "/key/unblock", {"key": key})
    assert models(gateway, key).status == 200
    gateway.admin("POST", "/key/delete", {"keys": [key]})
    for _ in range(8):
        assert models(gateway, key).json()["error"]["type"] == "token_not_found_in_db"


def test_an_expired_key_is_refused(gateway):
    key = gateway.generate_key(duration="1s")
    assert models(gateway, key).status == 200
    gateway.admin("POST", "/key/update", {"key": key, "duration": "0s"})
    import time
    time.sleep(1.2)
    answer = models(gateway, key)
    assert answer.status == 401
    assert answer.json()["error"]["type"] == "expired_key"


def test_a_key_reaches_only_its_models(gateway):
    key = gateway.generate_key(models=["demo"])
    assert [model["id"] for model in models(gateway, key).json()["data"]] == ["demo"]
    body = json.dumps({"model": "mocked", "messages": [{"role": "user", "content": "x"}]}).encode()
    refused = gateway.request("POST", "/v1/chat/completions", body, key=key)
    assert refused.status == 403
    assert refused.json()["error"]["type"] == "key_model_access_denied"


def test_no_key_and_a_wrong_one(gateway):
    none = gateway.request("GET", "/v1/models", key="")
    assert none.status == 401
    assert none.json()["error"]["message"].startswith("Authentication Error, No api key passed in.")
    assert models(gateway, "sk-nobody-knows-this-one").status == 401


def test_an_unknown_model_is_a_clear_400(gateway):
    body = json.dumps({"model": "no-such-model", "messages": [{"role": "user", "content": "x"}]}).encode()
    answer = gateway.request("POST", "/v1/chat/completions", body)
    assert answer.status == 400
    assert "Invalid model name passed in model=no-such-model" in answer.json()["error"]["message"]


def test_only_admins_manage_keys(gateway):
    answer = gateway.request("POST", "/key/generate", b"{}")
    assert answer.status == 401
    assert "Only proxy admin" in answer.json()["error"]["message"]


def test_keys_survive_a_restart_and_secrets_are_not_kept(make_gateway, upstream):
    gateway = make_gateway()
    key = gateway.generate_key(key_alias="kept")
    database = b"".join(path.read_bytes() for path in gateway.data_dir.iterdir() if path.is_file())
    assert key.encode() not in database
    assert key not in gateway.errors()
    assert (gateway.data_dir.stat().st_mode & 0o777) == 0o700
    assert all((path.stat().st_mode & 0o777) == 0o600 for path in gateway.data_dir.iterdir())


@pytest.mark.parametrize("path", ["/v1/models", "/models", "/v1/model/info", "/model/info", "/health", "/health/readiness", "/health/liveliness", "/metrics", "/routes"])
def test_the_state_of_things_can_be_asked(gateway, path):
    answer = gateway.request("GET", path)
    assert answer.status == 200
    assert answer.headers["x-litellm-call-id"] == answer.headers["x-request-id"]
    assert "sk-upstream-secret" not in answer.body.decode()


@pytest.mark.parametrize("path", ["/chat/completions", "/v1/chat/completions", "/engines/demo/chat/completions", "/openai/deployments/demo/chat/completions", "/v1//chat/completions"])
def test_chat_is_served_under_all_its_paths(gateway, path):
    body = json.dumps({"model": "demo", "messages": [{"role": "user", "content": "x"}]}).encode()
    assert gateway.request("POST", path, body).status == 200


def test_unknown_paths_and_methods(gateway):
    unknown = gateway.request("GET", "/v1/nothing")
    assert unknown.status == 404
    assert unknown.json()["detail"] == "Not Found" and unknown.json()["error"]["message"]
    wrong = gateway.request("GET", "/v1/chat/completions")
    assert wrong.status == 405
    assert wrong.headers["allow"] == "POST"


def test_a_preflight_needs_no_key(gateway):
    headers = {"Origin": "https://app.example", "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,x-stainless-os"}
    answer = gateway.request("OPTIONS", "/v1/chat/completions", key="", headers=headers)
    assert answer.status == 204
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["access-control-allow-headers"] == "authorization,x-stainless-os"
    refused = gateway.request("GET", "/v1/models", key="", headers={"Origin": "https://app.example"})
    assert refused.status == 401 and refused.headers["access-control-allow-origin"] == "*"
