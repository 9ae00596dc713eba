"""What each end-to-end guest answers, by path; the same cases for every language.

| path | answer |
|---|---|
| /hello | "Hello, world!\\n" |
| /echo | the request's body, streamed |
| /stream | five lines with 20 ms between them |
| /timer?ms=N | "slept\\n" after N ms |
| /fetch?url=URL | status and body of an outgoing request with the same method and, for POST and PUT, body; 502 "error ..." |
| /trap | ends the guest |
| /env | NAME=VALUE lines |
| /log | writes "to stdout", "second line" to stdout and "to stderr" to stderr |
| /headers | method, path, scheme, authority and header lines |
| /trailers | the request's trailers, and a trailer x-trailer: yes |
| /status/N | status N |
"""

import os
import threading

from harness.client import Connection, request
from harness.guests import guest
from harness.server import Server
from harness.suite import Skip
from harness.upstream import Upstream

# CPython takes its time on a loaded machine.
GUARD_SECONDS = 30
# Nobody listens on the discard port of the loopback.
REFUSED = "http://127.0.0.1:9"


class Language:
    def __init__(self, name, sender=None, env=True, trailers=True, raw_headers=True):
        self.name, self.guest, self.sender = name, f"e2e-{name}", sender or f"e2e-{name}"
        self.env, self.trailers, self.raw_headers = env, trailers, raw_headers


# The fetch API has no environment and no trailers, lower-cases field names and normalises URLs.
LANGUAGES = [
    Language("c"),
    # The same source for the first version, 0.2.0.
    Language("c-first", sender="e2e-c"),
    # The same guest with the bindings of wit-bindgen.
    Language("c@wit-bindgen", sender="e2e-c"),
    Language("rust"),
    Language("js", env=False, trailers=False, raw_headers=False),
    Language("python"),
]


class Ground:
    """A case's surroundings: the language, its server, an upstream."""

    def __init__(self, suite, language, server, upstream):
        self.suite, self.language, self.server, self.upstream = suite, language, server, upstream

    def get(self, target, **options):
        return request(self.server.port, target, guard=GUARD_SECONDS, **options)

    def connect(self):
        return Connection(self.server.port, GUARD_SECONDS)


def same(reply, status, text):
    assert (reply.status, reply.text, reply.complete) == (status, text, True), reply


def hello(g):
    reply = g.get("/hello")
    same(reply, 200, "Hello, world!\n")
    assert reply.header("content-type") == "text/plain", reply.fields


def echo_bytes(g):
    for size in (0, 1, 4095, 4096, 4097, 300_000):
        body = os.urandom(size)
        with g.connect() as connection:
            connection.send_head("POST", "/echo", [("Content-Length", str(size))])
            sender = threading.Thread(target=connection.send, args=(body,))
            sender.start()
            reply = connection.read_reply()
            sender.join()
            assert reply.status == 200 and reply.complete and reply.body == body, (size, reply)


def echo_chunked(g):
    with g.connect() as connection:
        connection.send_head("POST", "/echo", [("Transfer-Encoding", "chunked")])
        for part in (b"one ", b"two ", b"three"):
            connection.send_chunk(part)
        connection.send_last_chunk()
        same(connection.read_reply(), 200, "one two three")


def echo_streams(g):
    with g.connect() as connection:
        connection.send_head("POST", "/echo", [("Transfer-Encoding", "chunked")])
        connection.send_chunk(b"first half, ")
        reply = connection.read_head()
        # The answer to the first half comes while the second was not sent yet.
        seen = b""
        while len(seen) < len(b"first half, "):
            seen += connection.read_chunk()
        assert seen == b"first half, ", seen
        connection.send_chunk(b"second half")
        connection.send_last_chunk()
        connection.read_body(reply)
        assert reply.complete and reply.text == "second half", reply


def echo_cut(g):
    connection = g.connect()
    connection.send_head("POST", "/echo", [("Content-Length", "1000")])
    connection.send(b"not all of it")
    connection.socket.close()
    hello(g)


def stream(g):
    same(g.get("/stream"), 200, "".join(f"chunk {i}\n" for i in range(5)))


def timer(g):
    for ms in (0, 1, 50):
        same(g.get(f"/timer?ms={ms}"), 200, "slept\n")


def fetch_get(g):
    same(g.get(f"/fetch?url={g.upstream.url}/a/b"), 200, "upstream says hello\n")
    method, path, fields, _ = g.upstream.seen[-1]
    assert (method, path) == ("GET", "/a/b"), (method, path)
    fields = [(name.lower(), value) for name, value in fields]
    assert ("host", f"127.0.0.1:{g.upstream.port}") in fields, fields
    assert ("x-from", g.language.sender) in fields, fields


def fetch_post(g):
    # More than a mebibyte.
    body = os.urandom(1_049_600)
    reply = g.get(f"/fetch?url={g.upstream.url}/echo", method="POST", body=body)
    assert reply.status == 200 and reply.complete and reply.body == body, reply


def fetch_large(g):
    reply = g.get(f"/fetch?url={g.upstream.url}/large")
    assert reply.complete and reply.body == bytes(range(256)) * 4096, reply


def fetch_chunks(g):
    same(g.get(f"/fetch?url={g.upstream.url}/chunks"), 200, "chunk 0\nchunk 1\nchunk 2\n")


def fetch_statuses(g):
    for code in (201, 404, 500):
        same(g.get(f"/fetch?url={g.upstream.url}/status/{code}"), code, f"status {code}\n")


def fetch_refused(g):
    reply = g.get(f"/fetch?url={REFUSED}/")
    assert reply.status == 502 and reply.complete and reply.text.startswith("error"), reply


def fetch_denied(g):
    if not g.suite.host.is_weir:
        raise Skip("the peer grants every address")
    before = len(g.upstream.seen)
    # The same server by a name that was not granted.
    reply = g.get(f"/fetch?url=http://localhost:{g.upstream.port}/")
    assert reply.status == 502 and reply.complete, reply
    assert len(g.upstream.seen) == before, "the request was sent all the same"


def fetch_short(g):
    if not g.suite.host.is_weir:
        raise Skip("the peer ends the body of a dead guest cleanly")
    if g.language.name == "js":
        raise Skip("the guest's own runtime takes a failed upstream body for a finished one")
    reply = g.get(f"/fetch?url={g.upstream.url}/short")
    assert not reply.complete or reply.status >= 500, f"a short upstream body looks complete: {reply}"


def trap(g):
    for _ in range(2):
        reply = g.get("/trap")
        # A JavaScript guest does not trap: its runtime answers 500 and leaves that body unfinished.
        assert reply.status == 500 and (reply.complete or g.language.name == "js"), reply
    hello(g)


def env(g):
    if not g.language.env:
        raise Skip("the language has no environment")
    lines = g.get("/env").text.splitlines()
    assert "COLOUR=blue" in lines and "EMPTY=" in lines, lines
    assert not any(line.startswith("PATH=") for line in lines), f"the server's own environment leaks: {lines}"


def log(g):
    same(g.get("/log"), 200, "logged\n")
    g.server.wait_for_line(g.server.stdout, r"^stdout \[[^\]]+\] :: .*to stdout")
    g.server.wait_for_line(g.server.stdout, r"^stdout \[[^\]]+\] :: second line")
    g.server.wait_for_line([g.server.stdout, g.server.stderr], r"std(err|out) \[[^\]]+\] :: .*to stderr")


def headers(g):
    reply = g.get("/headers?a=1&b=%2F&a=2", fields=[("X-One", "1"), ("x-two", "a"), ("X-Two", "b"), ("X-Empty", "")])
    lines = reply.text.splitlines()
    for line in ("method GET", "path /headers?a=1&b=%2F&a=2", "scheme http", f"authority 127.0.0.1:{g.server.port}"):
        assert line in lines, (line, lines)
    fields = [line.removeprefix("header ") for line in lines if line.startswith("header ")]
    lower = [(field.split(":")[0].lower(), field.partition(": ")[2]) for field in fields]
    assert ("x-one", "1") in lower, lower
    assert not any(name in ("host", "connection") for name, _ in lower), f"forbidden fields reach the guest: {lower}"
    if not g.language.raw_headers:
        assert ("x-two", "a, b") in lower, lower
        return
    assert [value for name, value in lower if name == "x-two"] == ["a", "b"], lower
    assert ("x-empty", "") in lower, lower
    if g.suite.host.is_weir:
        names = [field.split(":")[0] for field in fields]
        assert [n for n in names if n.lower().startswith("x-")] == ["X-One", "x-two", "X-Two", "X-Empty"], names


def methods(g):
    for method in ("GET", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "PURGE"):
        reply = g.get("/headers", method=method, body=b"" if method in ("POST", "PUT", "PATCH") else None)
        assert f"method {method}" in reply.text.splitlines(), (method, reply)


def head(g):
    with g.connect() as connection:
        reply = connection.exchange("HEAD", "/hello")
        assert reply.status == 200, reply
        # A body after the head would be read as the next response.
        same(connection.exchange("GET", "/hello"), 200, "Hello, world!\n")


def statuses(g):
    for code in (200, 201, 299, 404, 418, 500, 599):
        same(g.get(f"/status/{code}"), code, f"status {code}\n")
    for code in (204, 304):
        with g.connect() as connection:
            reply = connection.exchange("GET", f"/status/{code}")
            assert reply.status == code and reply.header("transfer-encoding") is None, reply.fields
            same(connection.exchange("GET", "/hello"), 200, "Hello, world!\n")


def trailers_in(g):
    if not g.language.trailers:
        raise Skip("the language has no trailers")
    with g.connect() as connection:
        connection.send_head("POST", "/trailers", [("Transfer-Encoding", "chunked"), ("Trailer", "X-Sum")])
        connection.send_chunk(b"data")
        connection.send_last_chunk([("X-Sum", "42")])
        reply = connection.read_reply()
        assert reply.complete and reply.text.lower() == "trailer x-sum: 42\n", reply
    same(g.get("/trailers", method="POST", body=b"x"), 200, "no trailers\n")


def trailers_out(g):
    if not g.language.trailers:
        raise Skip("the language has no trailers")
    reply = g.get("/trailers", method="POST", fields=[("TE", "trailers")], body=b"x")
    assert reply.complete and [(n.lower(), v) for n, v in reply.trailers] == [("x-trailer", "yes")], reply.trailers


def keep_alive(g):
    with g.connect() as connection:
        for path in ("/hello", "/nothing", "/hello", "/status/500", "/hello"):
            reply = connection.exchange("GET", path)
            assert reply.complete, (path, reply)
        same(connection.exchange("POST", "/echo", body=b"again"), 200, "again")


def side_by_side(g):
    connections = [g.connect() for _ in range(20)]
    for i, connection in enumerate(connections):
        connection.send_head("POST", "/echo", [("Content-Length", "6")])
    # The last one first, so that none of them can wait for its turn.
    for i, connection in reversed(list(enumerate(connections))):
        connection.send(b"body%02d" % i)
        same(connection.read_reply(), 200, f"body{i:02d}")
        connection.socket.close()


def fresh_instance(g):
    if g.language.sender != "e2e-c":
        raise Skip("only the C guest counts")
    with g.connect() as connection:
        for _ in range(3):
            same(connection.exchange("GET", "/count"), 200, "1\n")


CASES = {
    "says hello": hello,
    "echoes bodies of many sizes byte for byte": echo_bytes,
    "echoes a chunked body": echo_chunked,
    "sends the first half back before the second has come": echo_streams,
    "survives a client that goes away in the middle of its body": echo_cut,
    "streams a body with timers in between": stream,
    "sleeps at least as long as asked": timer,
    "makes a GET request": fetch_get,
    "makes a POST request with a streamed body": fetch_post,
    "streams a mebibyte from upstream": fetch_large,
    "passes on a chunked upstream body": fetch_chunks,
    "passes on upstream statuses": fetch_statuses,
    "sees a refused connection as an error": fetch_refused,
    "may not send where it was not granted to": fetch_denied,
    "does not make a short upstream body look complete": fetch_short,
    "traps, and the next request is served": trap,
    "sees the environment that was given and nothing else": env,
    "writes lines to stdout and stderr": log,
    "sees method, path, scheme, authority and fields as they were sent": headers,
    "is called with any method": methods,
    "answers HEAD without a body": head,
    "sets any status": statuses,
    "receives trailers": trailers_in,
    "sends trailers": trailers_out,
    "answers one request after another on one connection": keep_alive,
    "answers twenty requests that are all open at once": side_by_side,
    "gets a fresh instance for every request": fresh_instance,
}


def run_language(suite, language, route, process_env):
    names = {f"{language.name}{route}: {name}": case for name, case in CASES.items()}
    if not any(suite.wants(name) for name in names):
        return
    if suite.options.list:
        for name in names:
            suite.run(name, None)
        return
    with Upstream() as upstream:
        ground = server = None

        def start():
            nonlocal ground, server
            server = Server(
                suite.host, guest(language.guest), env={"COLOUR": "blue", "EMPTY": ""},
                outbound=[upstream.url, REFUSED], process_env=process_env,
            )  # fmt: skip
            ground = Ground(suite, language, server, upstream)

        served = f"{language.name}{route}: is served"
        if suite.wants(served):
            suite.run(served, start)
        else:
            start()
        if ground is None:
            return
        for name, case in names.items():
            suite.run(name, lambda case=case: case(ground))
        suite.run(f"{language.name}{route}: the server ends well", lambda: server.__exit__(None, None, None))
        if server.process.poll() is None:
            server.kill()


def run(suite):
    for language in LANGUAGES:
        run_language(suite, language, "", None)
    if suite.host.is_weir:
        # The same components on the linking route that they do not take by themselves.
        for language in LANGUAGES:
            run_language(suite, language, ", general linking", dict(os.environ, WEIR_LINK="general"))
