"""Real clients: curl, Python's http.client, Node's undici, and nginx in front."""

import concurrent.futures
import contextlib
import http.client
import json
import pathlib
import shutil
import socket
import subprocess
import tempfile
import time

from harness.suite import Skip
from peers.native import GUARD_SECONDS, Native

BIG = bytes(range(256)) * 8192  # 2 MiB


def run(*command, data=None):
    result = subprocess.run(
        command, input=data, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=GUARD_SECONDS, check=False
    )
    assert result.returncode == 0, (command, result.returncode, result.stderr[-2000:])
    return result.stdout


def curl(*arguments, data=None):
    if not shutil.which("curl"):
        raise Skip("curl is missing")
    return run("curl", "-sS", "--max-time", str(GUARD_SECONDS), *arguments, data=data)


# ---- curl


def curl_get(server):
    assert curl(server.url + "/") == b"hello\n"


def curl_head(server):
    text = curl("-I", server.url + "/").decode()
    assert text.startswith("HTTP/1.1 200 OK\r\n") and "content-length: 6\r\n" in text, text


def curl_post(server):
    assert curl("--data-binary", "@-", server.url + "/echo", data=BIG) == BIG


def curl_chunked(server):
    sent = curl("-H", "Transfer-Encoding: chunked", "-T", "-", server.url + "/echo", data=BIG)
    assert sent == BIG


def curl_expect(server):
    text = curl("-v", "--stderr", "-", "-H", "Expect: 100-continue", "--data-binary", "x=y", server.url + "/late")
    assert b"< HTTP/1.1 100 Continue" in text and b"late\n" in text, text


def curl_refused_expect(server):
    """An answer without the content: curl stops sending, and gets the answer."""
    assert curl("-H", "Expect: 100-continue", "--data-binary", "@-", server.url + "/early", data=BIG) == b"early\n"


def curl_early(server):
    assert curl("-H", "Expect:", "--data-binary", "@-", server.url + "/early", data=BIG) == b"early\n"


def curl_keeps(server):
    urls = [server.url + "/"] * 20
    text = curl("-w", "%{num_connects}\n", *urls)
    assert text.count(b"hello\n") == 20 and text.count(b"\n1\n") + text.startswith(b"1") <= 1, text


def curl_1_0(server):
    assert curl("--http1.0", server.url + "/stream") == b"onetwo"


def curl_stream(server):
    assert curl(server.url + "/stream") == b"onetwo"


def curl_informational(server):
    text = curl("-i", server.url + "/inform").decode()
    assert "HTTP/1.1 103" in text and text.endswith("informed\n"), text


def curl_cut(server):
    """Content that fails is no success for a client."""
    result = subprocess.run(
        ["curl", "-sS", server.url + "/fail"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=GUARD_SECONDS, check=False
    )
    assert result.returncode == 18, result


# ---- http.client


@contextlib.contextmanager
def python_client(server):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=GUARD_SECONDS)
    try:
        yield connection
    finally:
        connection.close()


def python_exchange(connection, method, path, body=None, headers=None):
    connection.request(method, path, body=body, headers=headers or {}, encode_chunked=True)
    reply = connection.getresponse()
    return reply, reply.read()


def python_keeps(server):
    with python_client(server) as connection:
        connection.connect()
        used = connection.sock
        for _ in range(100):
            reply, content = python_exchange(connection, "GET", "/")
            assert (reply.status, content) == (200, b"hello\n")
        assert connection.sock is used


def python_methods(server):
    with python_client(server) as connection:
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"):
            reply, content = python_exchange(connection, method, "/", body=b"x" if method != "GET" else None)
            assert reply.status == 200 and content.startswith(b"hello"), (method, content)
        reply, content = python_exchange(connection, "HEAD", "/")
        assert (reply.status, reply.getheader("content-length"), content) == (200, "6", b"")


def python_chunked(server):
    pieces = [BIG[at : at + 70_001] for at in range(0, len(BIG), 70_001)]
    with python_client(server) as connection:
        for _ in range(3):
            reply, content = python_exchange(
                connection, "POST", "/echo", body=iter(pieces), headers={"Transfer-Encoding": "chunked"}
            )
            assert reply.status == 200 and content == BIG


def python_statuses(server):
    with python_client(server) as connection:
        for path, status in (("/204", 204), ("/304", 304), ("/205", 205), ("/500", 500), ("/stream", 200)):
            reply, content = python_exchange(connection, "GET", path)
            assert reply.status == status, (path, reply.status)
            assert content == {"/500": b"content\n", "/stream": b"onetwo"}.get(path, b""), (path, content)


def python_cut(server):
    for path in ("/fail", "/short"):
        with python_client(server) as connection:
            try:
                _, content = python_exchange(connection, "GET", path)
            except http.client.IncompleteRead:
                continue
            raise AssertionError(f"{path} looks complete: {content}")


# ---- undici


def node(script, *arguments):
    if not shutil.which("node"):
        raise Skip("node is missing")
    result = subprocess.run(
        ["node", "--input-type=module", "-e", script, "--", *arguments],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=GUARD_SECONDS, check=False,
    )  # fmt: skip
    if "fetch is not defined" in result.stderr:
        raise Skip("this node has no undici")
    assert result.returncode == 0, result.stderr[-2000:]
    return json.loads(result.stdout)


UNDICI = """
const url = process.argv[1];
const out = {};
const texts = await Promise.all(Array.from({length: 50}, async () => (await fetch(url + "/")).text()));
out.hellos = texts.filter(text => text === "hello\\n").length;
const big = new Uint8Array(2 << 20).map((_, i) => i);
const same = bytes => bytes.length === big.length && bytes.every((byte, i) => byte === big[i]);
let reply = await fetch(url + "/echo", {method: "POST", body: big});
out.post = same(new Uint8Array(await reply.arrayBuffer()));
const stream = new ReadableStream({
  start(controller) {
    for (let at = 0; at < big.length; at += 50000) controller.enqueue(big.slice(at, at + 50000));
    controller.close();
  },
});
reply = await fetch(url + "/echo", {method: "POST", body: stream, duplex: "half"});
out.stream = same(new Uint8Array(await reply.arrayBuffer()));
reply = await fetch(url + "/", {method: "HEAD"});
out.head = [reply.status, reply.headers.get("content-length"), await reply.text()];
reply = await fetch(url + "/204");
out.empty = [reply.status, await reply.text()];
out.cut = await fetch(url + "/fail").then(reply => reply.text()).then(text => "complete: " + text, () => "failed");
const controller = new AbortController();
const never = fetch(url + "/never", {signal: controller.signal}).then(() => "answered", error => error.name);
setTimeout(() => controller.abort(), 100);
out.abort = await never;
console.log(JSON.stringify(out));
process.exit(0);
"""


def undici(server):
    told = node(UNDICI, server.url)
    assert told == {
        "hellos": 50, "post": True, "stream": True, "head": [200, "6", ""], "empty": [204, ""], "cut": "failed",
        "abort": "AbortError",
    }, told  # fmt: skip


# ---- nginx


@contextlib.contextmanager
def nginx(server, settings):
    program = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")
    if not program:
        raise Skip("nginx is missing")
    with tempfile.TemporaryDirectory() as folder, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        config = pathlib.Path(folder) / "nginx.conf"
        config.write_text(
            f"""daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log;
events {{ worker_connections 512; }}
http {{
  access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s; client_max_body_size 0;
  upstream tested {{ server 127.0.0.1:{server.port}; keepalive 8; }}
  server {{ listen 127.0.0.1:{port}; location / {{ proxy_pass http://tested; {settings} }} }}
}}"""
        )
        process = subprocess.Popen([program, "-p", folder, "-c", str(config)], stderr=subprocess.DEVNULL)
        try:
            deadline = time.monotonic() + GUARD_SECONDS
            while True:
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                    break
                assert time.monotonic() < deadline and process.poll() is None, "nginx does not serve"
                time.sleep(0.05)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(GUARD_SECONDS)


def through_nginx(server, settings):
    with nginx(server, settings) as url:
        assert curl(url + "/") == b"hello\n"
        assert curl(url + "/stream") == b"onetwo"
        assert curl("--data-binary", "@-", url + "/echo", data=BIG) == BIG
        assert curl("-H", "Transfer-Encoding: chunked", "-T", "-", url + "/echo", data=BIG) == BIG
        assert b"content-length: 6" in curl("-I", url + "/").lower()
        assert len(curl(url + "/zeros/20000000")) == 20_000_000
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            assert all(text == b"hello\n" for text in pool.map(lambda _: curl(url + "/"), range(64)))
        result = subprocess.run(["curl", "-sS", url + "/fail"], capture_output=True, timeout=GUARD_SECONDS, check=False)
        assert result.returncode != 0, result


def nginx_1_0(server):
    through_nginx(server, "")


def nginx_1_1(server):
    through_nginx(server, 'proxy_http_version 1.1; proxy_set_header Connection "";')


def nginx_unbuffered(server):
    through_nginx(
        server,
        'proxy_http_version 1.1; proxy_set_header Connection ""; proxy_request_buffering off; proxy_buffering off;',
    )


CASES = {
    "curl: GET": curl_get,
    "curl: HEAD": curl_head,
    "curl: POST of 2 MiB comes back": curl_post,
    "curl: chunked content comes back": curl_chunked,
    "curl: gets 100 when it expects it": curl_expect,
    "curl: takes a final answer instead of 100": curl_refused_expect,
    "curl: gets an answer that comes before its content was read": curl_early,
    "curl: keeps its connection": curl_keeps,
    "curl: HTTP/1.0": curl_1_0,
    "curl: an answer without a length": curl_stream,
    "curl: informational responses": curl_informational,
    "curl: sees that content failed": curl_cut,
    "http.client: 100 requests on one connection": python_keeps,
    "http.client: every method": python_methods,
    "http.client: chunked both ways": python_chunked,
    "http.client: answers without content": python_statuses,
    "http.client: sees that content failed": python_cut,
    "undici: requests, streams, failures, aborts": undici,
    "nginx: in front by HTTP/1.0": nginx_1_0,
    "nginx: in front by kept HTTP/1.1": nginx_1_1,
    "nginx: in front, unbuffered": nginx_unbuffered,
}


def add(suite):
    for name, case in CASES.items():

        def check(case=case):
            with Native(threads=2) as server:
                case(server)

        suite.run(name, check)
