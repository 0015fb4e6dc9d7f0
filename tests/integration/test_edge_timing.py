"""The edge when time or a second connection matters. The names H01 ... are those of the families in the reliability notes."""

import threading
import time

import pytest
from edge_cases import BODY, CHUNKED_BODY, SIZE, get, post
from support.gateway import default_config
from wire import Wire, assert_refusal


def with_key(raw, gateway):
    return raw.replace(b"$KEY", gateway.key.encode())


def open_wire(gateway, seconds=5):
    return Wire(gateway.connect(), seconds)


@pytest.fixture
def impatient(make_gateway, upstream):
    """Its times are short, so that tests are."""
    limits = "penstock: {limits: {http: {header_time: 600ms, body_idle_time: 600ms, idle_time: 1500ms}}}\n"
    return make_gateway(default_config(upstream.base) + limits)


def test_h01_a_head_may_come_byte_by_byte(any_gateway):
    with open_wire(any_gateway, seconds=10) as wire:
        for byte in with_key(get(), any_gateway):
            wire.send(bytes([byte]))
            time.sleep(0.03)
        assert wire.answer().status == 200


def test_h02_a_head_that_stalls_anywhere_times_out(impatient):
    head = with_key(get(fields=b"X-A: b\r\n"), impatient)
    line_end = head.index(b"\r\n")
    host = head.index(b"Host")
    field = head.index(b"X-A")
    positions = [1, 3, 4, 5, line_end - 8, line_end - 1, line_end, line_end + 1, host, host + 2, host + 4, host + 5, field + 4, len(head) - 4, len(head) - 2, len(head) - 1]
    started = time.monotonic()
    wires = [open_wire(impatient) for _ in positions]
    for wire, position in zip(wires, positions):
        wire.send(head[:position])
    assert impatient.request("GET", "/v1/models").status == 200  # nobody waits for them
    for wire, position in zip(wires, positions):
        with wire:
            answer = wire.answer()
            assert answer is not None and answer.status == 408, f"stalled at {position}"
            assert_refusal(answer)
            assert wire.is_closed()
    assert 0.5 <= time.monotonic() - started < 5


def test_h02_a_trickle_does_not_extend_the_time_of_a_head(impatient):
    with open_wire(impatient) as wire:
        started = time.monotonic()
        wire.send(b"GET /v1/models HTTP/1.1\r\nHost: gw\r\n")
        for number in range(8):
            time.sleep(0.15)
            wire.send(b"X-%d: 1\r\n" % number)
        answer = wire.answer()
        assert answer is not None and answer.status == 408
        assert time.monotonic() - started < 3


@pytest.mark.parametrize("raw", [post(b"Content-Length: " + SIZE + b"\r\n", BODY[:20]), post(b"Transfer-Encoding: chunked\r\n", CHUNKED_BODY[:20])], ids=["length", "chunked"])
def test_h03_a_body_that_stalls_times_out(impatient, raw):
    with open_wire(impatient) as wire:
        wire.send(with_key(raw, impatient))
        answer = wire.answer()
        assert answer is None or answer.status == 408
        assert wire.is_closed()
    assert impatient.upstream_requests() == 0


@pytest.mark.parametrize("raw", [
    get()[:30],
    get()[:-2],
    post(b"Content-Length: " + SIZE + b"\r\n", b""),
    post(b"Content-Length: " + SIZE + b"\r\n", BODY[:-1]),
    post(b"Transfer-Encoding: chunked\r\n", CHUNKED_BODY[:1]),
    post(b"Transfer-Encoding: chunked\r\n", CHUNKED_BODY[:20]),
    post(b"Transfer-Encoding: chunked\r\n", CHUNKED_BODY[:-2]),
], ids=["in a line", "before the blank line", "before the body", "in the body", "in a size", "in a chunk", "before the end"])
def test_h04_a_request_cut_short_is_never_sent_on(gateway, raw):
    with open_wire(gateway) as wire:
        wire.send(with_key(raw, gateway))
        wire.half_close()
        answer = wire.answer()
        assert answer is None or 400 <= answer.status < 500
        assert wire.is_closed()
    assert gateway.upstream_requests() == 0


@pytest.mark.parametrize("stream", [False, True], ids=["plain", "stream"])
def test_h05_a_client_that_half_closes_gets_its_whole_answer(gateway, stream):
    body = b'{"model":"%b","stream":%b,"messages":[{"role":"user","content":"hi"}]}' % (gateway.scripted("delay=300&events=20&pace=10").encode(), b"true" if stream else b"false")
    with open_wire(gateway, seconds=10) as wire:
        wire.send(with_key(post(b"Content-Length: %d\r\n" % len(body), body), gateway))
        wire.half_close()
        answer = wire.answer()
        assert answer.status == 200
        assert answer.body.rstrip().endswith(b"data: [DONE]") if stream else answer.json()["choices"][0]["finish_reason"] == "stop"


def test_h06_a_reset_cancels_the_upstream(gateway):
    body = b'{"model":"%b","stream":true,"messages":[{"role":"user","content":"hi"}]}' % gateway.scripted("events=500&pace=20").encode()
    wire = open_wire(gateway)
    wire.send(with_key(post(b"Content-Length: %d\r\n" % len(body), body), gateway))
    assert wire.read_until(b"data: ", time.monotonic() + 5) is not None
    wire.reset()
    gateway.upstream.wait_until("aborted", 1)
    assert gateway.request("GET", "/v1/models").status == 200


@pytest.mark.parametrize("key, size, status", [("sk-unknown", 10_000_000, 401), ("", 10_000_000, 401), (None, 80_000_000, 413)], ids=["unknown key", "no key", "too large"])
def test_h07_an_early_answer_can_be_read_while_the_body_is_sent(any_gateway, key, size, status):
    raw = post(b"Content-Length: %d\r\n" % size, b"").replace(b"$KEY", (any_gateway.key if key is None else key).encode())
    with open_wire(any_gateway, seconds=8) as wire:
        wire.send(raw)
        if any_gateway.tls:  # one SSL object serves one thread at a time
            wire.send(b"x" * 200_000)
        else:
            threading.Thread(target=wire.send, args=(b"x" * 10_000_000,), daemon=True).start()
        answer = wire.answer()
        assert answer is not None and answer.status == status
        assert_refusal(answer)
        assert wire.is_closed()
    assert any_gateway.upstream_requests() == 0


def test_h09_a_body_that_looks_like_a_request_is_a_body(any_gateway):
    body = b"GET /v1/models HTTP/1.1\r\nHost: gw\r\nAuthorization: Bearer $KEY\r\n\r\n"
    body = with_key(body, any_gateway)
    with open_wire(any_gateway) as wire:
        wire.send(with_key(post(b"Content-Length: %d\r\n" % len(body), b""), any_gateway))
        assert wire.is_silent(1)
        wire.send(body)
        assert wire.answer().status == 400  # not JSON
        assert wire.is_silent(0.3) or wire.is_closed(1)
    assert any_gateway.upstream_requests() == 0


def test_h11_a_thousand_pipelined_requests_are_answered_in_order(gateway):
    requests = b"".join(get(fields=b"x-request-id: r%d\r\n" % number) for number in range(1000))
    with open_wire(gateway, seconds=30) as wire:
        sender = threading.Thread(target=wire.send, args=(with_key(requests, gateway),), daemon=True)
        sender.start()
        for number in range(1000):
            answer = wire.answer()
            assert answer.status == 200
            assert answer.headers["x-client-request-id"] == f"r{number}"
        sender.join(5)


def test_h12_a_refusal_comes_instead_of_continue(any_gateway):
    with open_wire(any_gateway) as wire:
        wire.send(post(b"Expect: 100-continue\r\nContent-Length: " + SIZE + b"\r\n", b"").replace(b"$KEY", b"sk-unknown"))
        answer = wire.answer()
        assert (answer.status, answer.interim) == (401, [])
        assert_refusal(answer)
        assert wire.is_closed()


def test_h12_a_body_too_large_is_never_asked_for(any_gateway):
    with open_wire(any_gateway) as wire:
        wire.send(with_key(post(b"Expect: 100-continue\r\nContent-Length: 80000000\r\n", b""), any_gateway))
        answer = wire.answer()
        assert (answer.status, answer.interim) == (413, [])
        assert wire.is_closed()


@pytest.mark.parametrize("fields, body", [
    (b"Expect: 100-continue\r\nContent-Length: " + SIZE + b"\r\n", BODY),
    (b"Expect: 100-Continue\r\nTransfer-Encoding: chunked\r\n", CHUNKED_BODY),
    (b"Expect: 100-continue\r\nExpect: 100-continue\r\nContent-Length: " + SIZE + b"\r\n", BODY),
], ids=["length", "chunked", "twice"])
def test_h13_a_client_that_waits_is_told_to_continue_once(any_gateway, fields, body):
    with open_wire(any_gateway) as wire:
        wire.send(with_key(post(fields, b""), any_gateway))
        assert wire.read_until(b"\r\n\r\n", time.monotonic() + 5) == b"HTTP/1.1 100 Continue"
        wire.send(body)
        answer = wire.answer()
        assert (answer.status, answer.interim) == (200, [])


def test_h13_without_a_body_nobody_is_told_to_continue_twice(any_gateway):
    with open_wire(any_gateway) as wire:
        wire.send(with_key(get(fields=b"Expect: 100-continue\r\n") + get(fields=b"Expect: 100-continue\r\nContent-Length: 0\r\n"), any_gateway))
        for _ in range(2):
            answer = wire.answer()
            assert answer.status == 200
            assert len(answer.interim) <= 1


def test_h14_a_connection_serves_a_thousand_requests_and_is_closed_when_idle(impatient):
    with open_wire(impatient) as wire:
        request = with_key(get(), impatient)
        for _ in range(1000):
            wire.send(request)
            assert wire.answer().status == 200
        idle_since = time.monotonic()
        assert wire.is_closed(5)
        assert time.monotonic() - idle_since > 1
