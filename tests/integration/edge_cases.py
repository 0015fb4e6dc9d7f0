"""Requests that must not get through, by family, as data. `$KEY` stands for a valid key: only their form is wrong, so that a server which
overlooks it would serve them. Where a body belongs to the case it follows, and where a lenient reader would find a second request, one does."""

from dataclasses import dataclass

BODY = b'{"model":"openai/fake","messages":[{"role":"user","content":"hi"}]}'
SIZE = str(len(BODY)).encode()
KEY = b"Authorization: Bearer $KEY\r\n"
SECOND = b"POST /v1/chat/completions HTTP/1.1\r\nHost: gw\r\n" + KEY + b"Content-Length: " + SIZE + b"\r\n\r\n" + BODY
CHUNKED_BODY = b"%x\r\n%b\r\n0\r\n\r\n" % (len(BODY), BODY)


@dataclass(frozen=True)
class Case:
    id: str
    raw: bytes
    statuses: frozenset
    notes: str = ""

    def with_key(self, key):
        return self.raw.replace(b"$KEY", key.encode())


def case(family, name, raw, *statuses, notes=""):
    return Case(f"{family}:{name}", raw, frozenset(statuses or (400,)), notes)


def get(line=b"GET /v1/models HTTP/1.1\r\n", host=b"Host: gw\r\n", fields=b""):
    return line + host + KEY + fields + b"\r\n"


def post(fields, body=BODY):
    return b"POST /v1/chat/completions HTTP/1.1\r\nHost: gw\r\n" + KEY + b"Content-Type: application/json\r\n" + fields + b"\r\n" + body


def request_lines():
    def line(name, raw, *statuses):
        return case("line", name, get(raw), *statuses)

    yield from (
        line("leading blank", b" GET /v1/models HTTP/1.1\r\n"),
        line("leading tab", b"\tGET /v1/models HTTP/1.1\r\n"),
        line("leading LF", b"\nGET /v1/models HTTP/1.1\r\n"),
        line("leading CR", b"\rGET /v1/models HTTP/1.1\r\n"),
        line("two leading CRLF", b"\r\n\r\nGET /v1/models HTTP/1.1\r\n"),
        line("leading NUL", b"\0GET /v1/models HTTP/1.1\r\n"),
        line("byte order mark", b"\xef\xbb\xbfGET /v1/models HTTP/1.1\r\n"),
        line("method with parenthesis", b"G(T /v1/models HTTP/1.1\r\n"),
        line("method with colon", b"GET: /v1/models HTTP/1.1\r\n"),
        line("method with at", b"G@T /v1/models HTTP/1.1\r\n"),
        line("method in quotes", b'"GET" /v1/models HTTP/1.1\r\n'),
        line("method with DEL", b"GE\x7fT /v1/models HTTP/1.1\r\n"),
        line("method with high byte", b"GE\xc3\x84T /v1/models HTTP/1.1\r\n"),
        line("method unknown", b"FROB /v1/models HTTP/1.1\r\n", 405, 501),
        line("method in small letters", b"get /v1/models HTTP/1.1\r\n", 405, 501),
        line("method too long", b"A" * 64 + b" /v1/models HTTP/1.1\r\n", 501),
        line("no target", b"GET HTTP/1.1\r\n"),
        line("two blanks before target", b"GET  /v1/models HTTP/1.1\r\n"),
        line("two blanks before version", b"GET /v1/models  HTTP/1.1\r\n"),
        line("tab before target", b"GET\t/v1/models HTTP/1.1\r\n"),
        line("tab before version", b"GET /v1/models\tHTTP/1.1\r\n"),
        line("vertical tab", b"GET\x0b/v1/models HTTP/1.1\r\n"),
        line("blank behind version", b"GET /v1/models HTTP/1.1 \r\n"),
        line("word behind version", b"GET /v1/models HTTP/1.1 x\r\n"),
        line("blank in target", b"GET /v1/mod els HTTP/1.1\r\n"),
        line("bare LF", b"GET /v1/models HTTP/1.1\n"),
        line("bare CR", b"GET /v1/models HTTP/1.1\r"),
        line("two CR", b"GET /v1/models HTTP/1.1\r\r\n"),
        line("NUL in target", b"GET /v1/models\0 HTTP/1.1\r\n"),
        line("control in target", b"GET /v1/models\x01 HTTP/1.1\r\n"),
        line("CR in target", b"GET /v1/mo\rdels HTTP/1.1\r\n"),
        line("LF in target", b"GET /v1/mo\ndels HTTP/1.1\r\n"),
        line("DEL in target", b"GET /v1/models\x7f HTTP/1.1\r\n"),
        line("byte 0x80 in target", b"GET /v1/models\x80 HTTP/1.1\r\n"),
        line("raw UTF-8 in target", b"GET /v1/models/\xc3\xa4 HTTP/1.1\r\n"),
        line("raw UTF-8 in query", b"GET /v1/models?a=\xc3\xa4 HTTP/1.1\r\n"),
        line("fragment", b"GET /v1/models#top HTTP/1.1\r\n"),
        line("fragment in query", b"GET /v1/models?a=b#top HTTP/1.1\r\n"),
        line("asterisk", b"GET * HTTP/1.1\r\n"),
        line("asterisk for OPTIONS", b"OPTIONS * HTTP/1.1\r\n"),
        line("relative target", b"GET v1/models HTTP/1.1\r\n"),
        line("backslash target", b"GET \\v1\\models HTTP/1.1\r\n"),
        line("query only", b"GET ?a=b HTTP/1.1\r\n"),
        line("authority form", b"GET gw:80 HTTP/1.1\r\n"),
        line("absolute form of another host", b"GET http://other/v1/models HTTP/1.1\r\n"),
        line("absolute form of another port", b"GET http://gw:81/v1/models HTTP/1.1\r\n"),
        line("absolute form with user", b"GET http://u@gw/v1/models HTTP/1.1\r\n"),
        line("absolute form without host", b"GET http:///v1/models HTTP/1.1\r\n"),
        line("absolute form of another scheme", b"GET ftp://gw/v1/models HTTP/1.1\r\n"),
        line("absolute form with one slash", b"GET http:/gw/v1/models HTTP/1.1\r\n"),
        line("CONNECT", b"CONNECT gw:443 HTTP/1.1\r\n", 405),
        line("CONNECT with a path", b"CONNECT /v1/models HTTP/1.1\r\n", 405),
        line("TRACE", b"TRACE /v1/models HTTP/1.1\r\n", 405),
        line("target too long", b"GET /v1/models?" + b"a" * 8192 + b" HTTP/1.1\r\n", 414),
        line("target of 30 KiB", b"GET /" + b"a" * 30 * 1024 + b" HTTP/1.1\r\n", 414),
    )
    for version, *statuses in (
        (b"HTTP/2.0", 505), (b"HTTP/3.0", 505), (b"HTTP/0.9", 505), (b"HTTP/1.2", 505), (b"HTTP/9.9", 505), (b"HTTP/0.0", 505), (b"HTTP/2", 400, 505),
        (b"HTTP/1.10",), (b"HTTP/11.1",), (b"HTTP/01.1",), (b"HTTP/1.",), (b"HTTP/.1",), (b"HTTP/1",), (b"HTTP/",), (b"HTTP",), (b"HTTP/1,1",), (b"HTTP/+1.1",),
        (b"HTTP/-1.1",), (b"HTTP/1.1.1",), (b"HTTP/1.x",), (b"HTTP/ 1.1",), (b"HTTP /1.1",), (b"http/1.1",), (b"Http/1.1",), (b"HTP/1.1",), (b"HTTPS/1.1",), (b"ICE/1.0",),
        (b"HTTP/1.1\0",), (b"\xef\xbc\xa8TTP/1.1",), (b"HTTP/1.1;x",), (b"'HTTP/1.1'",),
    ):
        yield line(f"version {version!r}", b"GET /v1/models " + version + b"\r\n", *statuses)
    yield case("line", "HTTP/0.9", b"GET /v1/models\r\n\r\n")
    yield case("line", "HTTP/0.9 with LF", b"GET /v1/models\n\n")
    yield case("line", "method alone", b"GET\r\n\r\n")
    yield case("line", "HTTP/2 preface", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0", 400, 505)
    yield case("line", "TLS client hello", bytes.fromhex("16030100c8010000c40303") + bytes(200))
    yield case("line", "PROXY protocol", b"PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n" + get())
    yield case("line", "a response", b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")


def hosts():
    yield case("host", "missing", get(host=b""))
    yield case("host", "missing beside X-Host", get(host=b"X-Host: gw\r\n"))
    yield case("host", "twice, equal", get(host=b"Host: gw\r\nHost: gw\r\n"))
    yield case("host", "twice, different", get(host=b"Host: gw\r\nhost: other\r\n"))
    yield case("host", "twice, apart", get(fields=b"HOST: gw\r\n"))
    yield case("host", "folded", get(host=b"Host:\r\n gw\r\n"))
    yield case("host", "blank before colon", get(host=b"Host : gw\r\n"))
    for value in (b"", b" ", b"a b", b"a\tb", b"a,b", b"a, b", b"gw/", b"gw/v1", b"http://gw", b"u@gw", b"u:p@gw", b"gw:x", b"gw:80x", b"gw:-1", b"gw:+80", b"gw:65536",
                  b"gw:99999999999999999999", b"gw: 80", b"gw:80:80", b":80", b"[::1", b"::1", b"[::1]x", b"[::g]", b"[]", b"[1.2.3.4]", b"[fe80::1%eth0]", b"gw?x",
                  b"gw#x", b"gw\\x", b'"gw"', b"g\x80w", b"g\x00w", b"g\x7fw", b"<gw>", b"gw;x", b"{gw}"):
        yield case("host", repr(value)[1:], get(host=b"Host: " + value + b"\r\n"))


def fields():
    def field(name, raw, *statuses):
        return case("field", name, get(fields=raw), *statuses)

    yield from (
        field("blank before colon", b"X-A : b\r\n"),
        field("tab before colon", b"X-A\t: b\r\n"),
        field("folded by a blank", b"X-A: b\r\n c\r\n"),
        field("folded by a tab", b"X-A: b\r\n\tc\r\n"),
        field("folded empty value", b"X-A:\r\n b\r\n"),
        field("blank line of a blank", b" \r\n"),
        field("no colon", b"X-A\r\n"),
        field("no colon but a value", b"X-A b\r\n"),
        field("empty name", b": b\r\n"),
        field("colon alone", b":\r\n"),
        field("blank in name", b"X A: b\r\n"),
        field("parenthesis in name", b"X(A): b\r\n"),
        field("slash in name", b"X/A: b\r\n"),
        field("at in name", b"X@A: b\r\n"),
        field("semicolon in name", b"X;A: b\r\n"),
        field("equals in name", b"X=A: b\r\n"),
        field("quotes in name", b'"X-A": b\r\n'),
        field("braces in name", b"{X}: b\r\n"),
        field("high byte in name", b"X\xc3\xa4: b\r\n"),
        field("DEL in name", b"X\x7f: b\r\n"),
        field("NUL in name", b"X\0A: b\r\n"),
        field("vertical tab in name", b"X\x0b: b\r\n"),
        field("NUL in value", b"X-A: b\0c\r\n"),
        field("CR in value", b"X-A: b\rc\r\n"),
        field("LF in value", b"X-A: b\nc: d\r\n"),
        field("bare LF as end", b"X-A: b\n"),
        field("bare CR as end", b"X-A: b\r"),
        field("two CR", b"X-A: b\r\r\n"),
        field("DEL in value", b"X-A: b\x7f\r\n"),
        field("escape in value", b"X-A: \x1b[31m\r\n"),
        field("vertical tab in value", b"X-A: b\x0bc\r\n"),
        field("form feed in value", b"X-A: b\x0cc\r\n"),
        field("control 1 in value", b"X-A: b\x01c\r\n"),
        field("backspace in value", b"X-A: b\x08c\r\n"),
        field("LF LF ends the head", b"X-A: b\n\n"),
        field("CRLF LF ends the head", b"X-A: b\r\n\n"),
        field("two Authorization", b"Authorization: Bearer $KEY\r\n"),
        field("two Authorization, the second other", b"authorization: Bearer sk-other\r\n"),
        field("Connection names Authorization", b"Connection: authorization\r\n"),
        field("Connection names Authorization in a list", b"Connection: keep-alive, Authorization\r\n"),
        field("Connection names Host", b"Connection: Host\r\n"),
        field("Connection names Content-Length", b"Connection: content-length\r\n"),
        field("Connection names Transfer-Encoding", b"Connection: close, transfer-encoding\r\n"),
        field("one too long", b"X-A: " + b"b" * 8192 + b"\r\n", 431),
        field("name too long", b"X" * 8193 + b": b\r\n", 431),
        field("blanks too long", b"X-A:" + b" " * 9000 + b"b\r\n", 431),
        field("too many", b"".join(b"X-%d: 1\r\n" % i for i in range(120)), 431),
        field("head too large", b"".join(b"X-%d: %b\r\n" % (i, b"v" * 4000) for i in range(10)), 431),
        field("Expect unknown", b"Expect: 200-ok\r\n", 417),
        field("Expect empty", b"Expect:\r\n", 417),
        field("Expect a list", b"Expect: 100-continue, other\r\n", 417),
    )
    yield case("field", "first line folded", b"GET /v1/models HTTP/1.1\r\n X-A: b\r\nHost: gw\r\n" + KEY + b"\r\n")
    for name in (b"Content_Length", b"content_length", b"CONTENT_LENGTH"):
        yield case("field", f"{name.decode()} aliases framing", post(name + b": " + SIZE + b"\r\n"))
    for name in (b"Transfer_Encoding", b"transfer_encoding"):
        yield case("field", f"{name.decode()} aliases framing", post(name + b": chunked\r\n", CHUNKED_BODY))


def content_lengths():
    for value in (b"+" + SIZE, b"-" + SIZE, b"-0", b"-1", b"0x%x" % len(BODY), b"%xh" % len(BODY), b"0b1", SIZE + b", " + SIZE, SIZE + b"," + SIZE, SIZE + b",", b"," + SIZE,
                  b"", b"6 7", b"6\t7", SIZE + b";x", SIZE + b".0", SIZE + b".", b"." + SIZE, b"6e1", b"1_000", b"1,000", b"1'000", b'"' + SIZE + b'"', b"sixty", b"NaN",
                  b"\x0b" + SIZE, SIZE + b"\x0c", SIZE + b"\x00", SIZE + b"\xa0", b"\xd9\xa6\xd9\xa7", b"18446744073709551616", b"18446744073709551683", b"9223372036854775808",
                  b"99999999999999999999999", b"(" + SIZE + b")", SIZE + b"/1", SIZE + b" bytes"):
        yield case("length", repr(value)[1:], post(b"Content-Length: " + value + b"\r\n") + SECOND)
    yield case("length", "twice, equal", post(b"Content-Length: " + SIZE + b"\r\nContent-Length: " + SIZE + b"\r\n") + SECOND)
    yield case("length", "twice, different", post(b"Content-Length: " + SIZE + b"\r\nContent-Length: 0\r\n") + SECOND)
    yield case("length", "twice, different case", post(b"Content-Length: 0\r\ncontent-length: " + SIZE + b"\r\n") + SECOND)
    yield case("length", "blank before colon", post(b"Content-Length : " + SIZE + b"\r\n") + SECOND)
    yield case("length", "tab before colon", post(b"Content-Length\t: " + SIZE + b"\r\n") + SECOND)
    yield case("length", "folded", post(b"Content-Length:\r\n " + SIZE + b"\r\n") + SECOND)
    yield case("length", "name led by a blank", post(b" Content-Length: " + SIZE + b"\r\n") + SECOND)
    yield case("length", "name with NUL", post(b"Content-Length\0: " + SIZE + b"\r\n") + SECOND)
    yield case("length", "above the limit", post(b"Content-Length: %d\r\n" % (65 * 1024 * 1024), b""), 413)
    yield case("length", "far above the limit", post(b"Content-Length: 9223372036854775807\r\n", b""), 413)


def transfer_encodings():
    for value in (b"identity", b"gzip", b"xchunked", b"chunkedx", b"cow", b"gzip, chunked", b"chunked, gzip", b"chunked, chunked", b"chunked,chunked", b"identity, chunked",
                  b"chunked, identity", b"chunked;q=1", b"chunked; a=b", b"'chunked'"):
        yield case("coding", repr(value)[1:], post(b"Transfer-Encoding: " + value + b"\r\n", CHUNKED_BODY) + SECOND, 400, 501)
    for value in (b"", b",", b",chunked", b"chunked,", b", chunked", b'"chunked"', b"chunked;", b"chunked;=1", b"chunked gzip", b"chunked chunked", b"(chunked)", b"\tchunked",
                  b"\x0bchunked", b"\x0cchunked", b"chunked\x0b", b"chunked\x00", b"\x00chunked", b"chunked\x7f", b"\xa0chunked", b"[chunked]", b"chunked/1", b"chu\rnked",
                  b"chunked\r\n "):
        yield case("coding", repr(value)[1:], post(b"Transfer-Encoding: " + value + b"\r\n", CHUNKED_BODY) + SECOND)
    both = b"Content-Length: " + SIZE + b"\r\n"
    coding = b"Transfer-Encoding: chunked\r\n"
    yield case("coding", "before Content-Length", post(coding + both, CHUNKED_BODY) + SECOND)
    yield case("coding", "behind Content-Length", post(both + coding, CHUNKED_BODY) + SECOND)
    yield case("coding", "beside Content-Length 0", post(b"Content-Length: 0\r\n" + coding, CHUNKED_BODY) + SECOND)
    yield case("coding", "unknown beside Content-Length", post(b"Transfer-Encoding: cow\r\n" + both) + SECOND, 400, 501)
    yield case("coding", "gzip beside Content-Length", post(both + b"Transfer-Encoding: gzip\r\n") + SECOND, 400, 501)
    yield case("coding", "twice", post(coding + coding, CHUNKED_BODY) + SECOND)
    yield case("coding", "twice, then identity", post(coding + b"Transfer-Encoding: identity\r\n", CHUNKED_BODY) + SECOND, 400, 501)
    yield case("coding", "blank before colon", post(b"Transfer-Encoding : chunked\r\n", CHUNKED_BODY) + SECOND)
    yield case("coding", "tab before colon", post(b"Transfer-Encoding\t: chunked\r\n", CHUNKED_BODY) + SECOND)
    yield case("coding", "folded", post(b"Transfer-Encoding:\r\n chunked\r\n", CHUNKED_BODY) + SECOND)
    yield case("coding", "folded into another", post(b"X-A: b\r\n Transfer-Encoding: chunked\r\n", CHUNKED_BODY) + SECOND)
    yield case("coding", "behind a bare LF", post(b"X-A: b\nTransfer-Encoding: chunked\r\n", CHUNKED_BODY) + SECOND)
    yield case("coding", "behind a bare CR", post(b"X-A: b\rTransfer-Encoding: chunked\r\n", CHUNKED_BODY) + SECOND)
    yield case("coding", "in HTTP/1.0", post(coding, CHUNKED_BODY).replace(b" HTTP/1.1", b" HTTP/1.0"))
    yield case("coding", "in HTTP/1.0, kept alive", post(coding + b"Connection: keep-alive\r\n", CHUNKED_BODY).replace(b" HTTP/1.1", b" HTTP/1.0"))


def chunks():
    def chunked(name, body, *statuses):
        return case("chunk", name, post(b"Transfer-Encoding: chunked\r\n", body), *statuses)

    size = b"%x" % len(BODY)
    data = b"\r\n" + BODY + b"\r\n"
    end = b"0\r\n\r\n"
    for name, written in (("plus", b"+" + size), ("minus", b"-" + size), ("0x", b"0x" + size), ("blank before", b" " + size), ("blank behind", size + b" "),
                          ("tab behind", size + b"\t"), ("underscore", size[:1] + b"_" + size[1:]), ("empty", b""), ("not hex", b"zz"), ("h", size + b"h"), ("comma", size + b",0"),
                          ("decimal point", size + b".0"), ("quotes", b'"' + size + b'"'), ("NUL", size + b"\0"), ("17 digits", b"1" + size.rjust(16, b"0")),
                          ("overflow to itself", b"1" + b"0" * (16 - len(size)) + size), ("top bit", b"8000000000000000"), ("all bits", b"f" * 16), ("long zeros", b"0" * 200 + size)):
        yield chunked(f"size: {name}", written + data + end)
    for name, body in (("bare LF behind size", size + b"\n" + BODY + b"\r\n" + end), ("bare CR behind size", size + b"\r" + BODY + b"\r\n" + end),
                       ("CR CR behind size", size + b"\r\r" + BODY + b"\r\n" + end), ("bare LF behind data", size + b"\r\n" + BODY + b"\n" + end),
                       ("bare CR behind data", size + b"\r\n" + BODY + b"\r" + end), ("nothing behind data", size + b"\r\n" + BODY + end),
                       ("XX behind data", size + b"\r\n" + BODY + b"XX" + end), ("CRLF twice behind data", size + data + b"\r\n" + end),
                       ("last chunk with LF", size + data + b"0\n\n"), ("end with LF", size + data + b"0\r\n\n"), ("end with CR x", size + data + b"0\r\n\rx"),
                       ("data longer", b"%x" % (len(BODY) - 1) + data + end), ("data shorter", b"%x" % (len(BODY) + 1) + data + end)):
        yield chunked(name, body)
    for name, extension in (("empty", b";"), ("two semicolons", b";;"), ("no name", b";=b"), ("no value", b";a="), ("NUL", b";a=\0"), ("LF", b";a=b\n"), ("LF inside", b";a\nb"),
                            ("CR", b";a\rb"), ("control", b";a=\x01"), ("DEL in quotes", b';a="\x7f"'), ("open quotes", b';a="b'), ("open escape", b';a="\\'),
                            ("too long", b";a=" + b"b" * 256), ("20 KiB", b";a=" + b"b" * 20_000), ("endless", b";a=" + b"b" * 100_000)):
        yield chunked(f"extension: {name}", size + extension + data + end)
    yield chunked("extensions: too many", b"".join(b"1;%b\r\n \r\n" % (b"a" * 250) for _ in range(80)) + size + data + end)
    for name, trailer in (("blank before colon", b"A : b\r\n"), ("no colon", b"A\r\n"), ("no name", b": b\r\n"), ("folded", b"A: b\r\n c\r\n"), ("led by a blank", b" A: b\r\n"),
                          ("NUL", b"A: \0\r\n"), ("bare LF", b"A: b\n"), ("CR inside", b"A: b\rc\r\n"), ("control", b"A: \x1b\r\n"), ("DEL", b"A: \x7f\r\n"), ("high byte in name", b"\xc3: b\r\n"),
                          ("too many", b"A: b\r\n" * 33), ("value of 9 KiB", b"A: " + b"b" * 9216 + b"\r\n"), ("value of 70 kB", b"A: " + b"b" * 70_000 + b"\r\n"),
                          ("name of 70 kB", b"A" * 70_000 + b": b\r\n"), ("a request", SECOND)):
        yield chunked(f"trailer: {name}", size + data + b"0\r\n" + trailer + b"\r\n")


CASES = [*request_lines(), *hosts(), *fields(), *content_lengths(), *transfer_encodings(), *chunks()]
assert len({each.id for each in CASES}) == len(CASES), "two cases share an id"
