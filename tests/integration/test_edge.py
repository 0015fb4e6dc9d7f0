"""No malformed request gets through, on either listener; and what is legal on one connection stays in order."""

import pytest
from edge_cases import BODY, CASES, CHUNKED_BODY, KEY, SECOND, SIZE, get, post
from wire import Wire, assert_refusal


def with_key(raw, gateway):
    return raw.replace(b"$KEY", gateway.key.encode())


def open_wire(gateway, seconds=5):
    return Wire(gateway.connect(), seconds)


def plain_post(body=BODY):
    return post(b"Content-Length: %d\r\n" % len(body), body)


@pytest.mark.parametrize("case", CASES, ids=lambda each: each.id)
def test_malformed_requests_are_refused(any_gateway, case):
    with open_wire(any_gateway, seconds=3) as wire:
        wire.send(case.with_key(any_gateway.key))
        answer = wire.answer()
        assert answer is not None, "closed without an answer"
        assert answer.status in case.statuses, answer.body
        assert_refusal(answer)
        if answer.status not in (405, 501):  # a method that a route does not have leaves the connection in order
            assert wire.is_closed(), "more came, or the connection stayed open"
    assert any_gateway.upstream_requests() == 0


def test_the_requests_that_the_cases_spoil_are_served(any_gateway):
    """Else the cases above would show nothing."""
    for raw in (get(), plain_post(), post(b"Transfer-Encoding: chunked\r\n", CHUNKED_BODY), SECOND):
        with open_wire(any_gateway) as wire:
            wire.send(with_key(raw, any_gateway))
            assert wire.answer().status == 200
    assert any_gateway.upstream_requests() == 3


@pytest.mark.parametrize("raw", [
    b"\r\n" + get(),
    get(b"GET http://gw/v1/models HTTP/1.1\r\n"),
    get(host=b"Host: [::1]:4000\r\n"),
    get(fields=b"X-Name: J\xc3\xb8rn\r\nX-Empty:\r\n"),
    get(fields=b"Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABk\r\n"),
    get(fields=b"Upgrade: websocket\r\nConnection: upgrade\r\nSec-WebSocket-Key: x\r\nSec-WebSocket-Version: 13\r\n"),
    get(b"GET /v1/models HTTP/1.0\r\n", host=b""),
    post(b"content-length:" + SIZE + b"  \r\n"),
    post(b"Transfer-Encoding: CHUNKED\r\n", CHUNKED_BODY),
    post(b"Transfer-Encoding: chunked\r\n", b"%x;a=b;c=\"d\"\r\n%b\r\n000\r\nX-Checksum: 1\r\n\r\n" % (len(BODY), BODY)),
    post(b"Transfer-Encoding: chunked\r\n", b"".join(b"1\r\n%c\r\n" % byte for byte in BODY) + b"0\r\n\r\n"),
    post(b"Transfer-Encoding: chunked\r\n", CHUNKED_BODY[:-2] + b"Content-Length: 5\r\nTransfer-Encoding: gzip\r\nAuthorization: Bearer sk-other\r\n\r\n"),
], ids=["leading CRLF", "absolute form", "IPv6 host", "obs-text", "h2c", "websocket", "HTTP/1.0", "odd length", "odd coding", "extensions", "small chunks", "trailers"])
def test_odd_but_legal_requests_are_served(any_gateway, raw):
    with open_wire(any_gateway) as wire:
        wire.send(with_key(raw, any_gateway))
        assert wire.answer().status == 200


def test_pipelined_requests_are_answered_in_order(any_gateway):
    with open_wire(any_gateway) as wire:
        wire.send(with_key(plain_post() + get() + plain_post() + get(b"GET /v1/none HTTP/1.1\r\n"), any_gateway))
        kinds = [wire.answer().json().get("object") for _ in range(3)]
        assert kinds == ["chat.completion", "list", "chat.completion"]
        assert wire.answer().status == 404


def test_garbage_behind_a_request_is_judged_alone(any_gateway):
    with open_wire(any_gateway) as wire:
        wire.send(with_key(plain_post() + b"@@ garbage\r\n\r\n", any_gateway))
        assert wire.answer().status == 200
        refusal = wire.answer()
        assert refusal.status == 400
        assert_refusal(refusal)
        assert wire.is_closed()
    assert any_gateway.upstream_requests() == 1


@pytest.mark.parametrize("method", [b"GET", b"HEAD"])
def test_a_body_on_get_and_head_is_not_the_next_request(any_gateway, method):
    smuggled = b"DELETE /v1/models HTTP/1.1\r\nHost: gw\r\n\r\n"
    with open_wire(any_gateway) as wire:
        line = method + b" /v1/models HTTP/1.1\r\n"
        wire.send(with_key(get(line, fields=b"Content-Length: %d\r\n" % len(smuggled)) + smuggled + get(), any_gateway))
        assert wire.answer(head_request=method == b"HEAD").status in (200, 405)
        last = wire.answer()
        assert last is None or (last.status == 200 and last.json()["object"] == "list")
        assert last is None or wire.is_silent(0.3)


def test_a_refused_request_takes_the_rest_of_its_connection_with_it(any_gateway):
    """H08: a length that only some would see, and a second request behind it."""
    for obscured in (b"Content-Length : 5\r\n", b"Content-Length\t: 5\r\n", b" Content-Length: 5\r\n", b"X: y\r\n Content-Length: 5\r\n", b"Content_Length: 5\r\n"):
        with open_wire(any_gateway) as wire:
            wire.send(with_key(get(fields=obscured) + SECOND, any_gateway))
            assert wire.answer().status == 400
            assert wire.is_closed()
    assert any_gateway.upstream_requests() == 0


def test_each_request_of_a_connection_is_judged_alone(any_gateway):
    """H10: neither key nor host is remembered."""
    with open_wire(any_gateway) as wire:
        wire.send(with_key(get(), any_gateway))
        assert wire.answer().status == 200
        wire.send(get().replace(b"$KEY", b"sk-unknown"))
        assert wire.answer().status == 401
    with open_wire(any_gateway) as wire:
        wire.send(with_key(get() + get(host=b"Host: other\r\n") + get().replace(KEY, b""), any_gateway))
        assert [wire.answer().status for _ in range(3)] == [200, 200, 401]


def test_a_method_that_a_route_does_not_have_names_those_it_has(any_gateway):
    with open_wire(any_gateway) as wire:
        wire.send(with_key(get(b"DELETE /v1/models HTTP/1.1\r\n"), any_gateway))
        answer = wire.answer()
        assert answer.status == 405
        assert "GET" in answer.headers["allow"]


def test_plain_http_on_the_tls_port_is_closed(tls_gateway):
    import socket
    with Wire(socket.create_connection((tls_gateway.host, tls_gateway.port), 5)) as wire:
        wire.send(with_key(get(), tls_gateway))
        try:
            answer = wire.answer()
        except (ValueError, IndexError):
            answer = None  # a TLS alert
        assert answer is None or answer.status == 400
    assert tls_gateway.request("GET", "/v1/models").status == 200
