"""The samples of examples/ do what their first comment says."""

import threading

from harness.client import Connection, request
from harness.guests import guest
from harness.server import Server
from harness.upstream import Upstream


def hello(suite, name, text):
    def case():
        with Server(suite.host, guest(name)) as server:
            reply = request(server.port, "/")
            assert (reply.status, reply.text, reply.complete) == (200, text, True), reply
            assert reply.header("content-type").startswith("text/plain"), reply.fields

    suite.run(f"example {name} says hello", case)


def echo_of_a_mebibyte(suite, name):
    body = bytes(range(256)) * 4096
    with Server(suite.host, guest(name)) as server, Connection(server.port) as connection:
        # Written while read: neither side has to hold all of it.
        connection.send_head("POST", "/", [("Content-Length", str(len(body))), ("Content-Type", "application/x-bytes")])
        sender = threading.Thread(target=connection.send, args=(body,))
        sender.start()
        reply = connection.read_reply()
        sender.join()
        assert reply.complete and reply.body == body, reply
        assert reply.header("content-type") == "application/x-bytes", reply.fields


def trailers(suite):
    with Server(suite.host, guest("echo-cpp")) as server, Connection(server.port) as connection:
        connection.send_head("POST", "/", [("Transfer-Encoding", "chunked"), ("TE", "trailers")])
        connection.send(b"5\r\nhello\r\n0\r\nX-Sum: 5\r\n\r\n")
        reply = connection.read_reply()
        assert (reply.body, reply.complete) == (b"hello", True), reply
        assert ("x-sum", "5") in [(name.lower(), value) for name, value in reply.trailers], reply.trailers


def waits_side_by_side(suite):
    with Server(suite.host, guest("wait")) as server:
        connections = [Connection(server.port) for _ in range(50)]
        for connection in connections:
            connection.send_head("GET", "/200")
        for connection in connections:
            reply = connection.read_reply()
            assert (reply.status, reply.text) == (200, "waited\n"), reply
            connection.socket.close()


def proxy(suite):
    body = bytes(range(256)) * 1024
    with Upstream() as upstream, Server(
        suite.host, guest("proxy-rust"), env={"UPSTREAM": upstream.url}, outbound=[upstream.url]
    ) as server:
        reply = request(server.port, "/a%2Fb?c=1", fields=[("X-Kept", "yes")])
        assert (reply.status, reply.text, reply.complete) == (200, "upstream says hello\n", True), reply
        method, path, fields, _ = upstream.seen[-1]
        assert (method, path) == ("GET", "/a%2Fb?c=1"), (method, path)
        assert ("x-kept", "yes") in [(name.lower(), value) for name, value in fields], fields
        reply = request(server.port, "/echo", method="POST", body=body)
        assert reply.status == 200 and reply.complete and reply.body == body, reply
        assert request(server.port, "/status/404").status == 404


def run(suite):
    # Also with the bindings of wit-bindgen, which behave alike.
    for name in ("hello-c", "hello-c@wit-bindgen"):
        hello(suite, name, "Hello from C!\n")
    hello(suite, "hello-cpp", "Hello from C++!\n")
    hello(suite, "hello-rust", "Hello from Rust!\n")
    hello(suite, "hello-js", "Hello from JavaScript!\n")
    hello(suite, "hello-python", "Hello from Python!\n")
    for name in ("echo-c", "echo-c@wit-bindgen", "echo-cpp"):
        suite.run(f"example {name} sends a mebibyte back while it arrives", lambda name=name: echo_of_a_mebibyte(suite, name))
    suite.run("example echo-cpp sends trailers back behind the body", lambda: trailers(suite))
    suite.run("example wait answers fifty requests that sleep side by side", lambda: waits_side_by_side(suite))
    suite.run("example proxy-rust sends requests on and answers back", lambda: proxy(suite))
