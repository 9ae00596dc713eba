"""The command line that users and scripts rely on; only for weir."""

import os
import pathlib
import subprocess
import tempfile
import time

from harness.client import request
from harness.guests import guest
from harness.server import SERVING, Server

GUARD_SECONDS = 60


def run_to_end(suite, *arguments, env=None):
    return subprocess.run(
        [suite.host.program, *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=GUARD_SECONDS,
        env=env,
    )  # fmt: skip


def first_line(suite):
    with Server(suite.host, guest("hello-c")) as server:
        assert server.stderr[0] == f"Serving HTTP on http://127.0.0.1:{server.port}/", server.stderr


def address_in_use(suite):
    with Server(suite.host, guest("hello-c")) as server:
        result = run_to_end(suite, "serve", "--addr", f"127.0.0.1:{server.port}", guest("hello-c"))
        assert result.returncode == 1, result
        assert "address in use" in result.stderr, result.stderr
        assert request(server.port, "/").status == 200


def two_addresses(suite):
    with Server(suite.host, guest("hello-c"), more=["--addr", "127.0.0.1:0"]) as server:
        deadline = time.monotonic() + 5
        ports = set()
        while len(ports) < 2:
            assert time.monotonic() < deadline, server.stderr
            ports = {int(found[1]) for line in list(server.stderr) if (found := SERVING.search(line))}
            time.sleep(0.02)
        for port in ports:
            assert request(port, "/").status == 200


def environment_twins(suite):
    env = dict(os.environ, WEIR_ENV="COLOUR=blue\nSIZE=large")
    with Server(suite.host, guest("e2e-c"), process_env=env) as server:
        lines = request(server.port, "/env").text.splitlines()
        assert {"COLOUR=blue", "SIZE=large"} <= set(lines), lines


def command_line_wins(suite):
    env = dict(os.environ, WEIR_ENV="COLOUR=blue")
    with Server(suite.host, guest("e2e-c"), process_env=env, env={"COLOUR": "red"}) as server:
        lines = request(server.port, "/env").text.splitlines()
        assert "COLOUR=red" in lines and "COLOUR=blue" not in lines, lines


def wrong_usage(suite):
    for arguments in (["serve"], ["serve", "--no-such-flag", "x.wasm"], ["no-such-verb"], ["serve", "--timeout", "soon", "x"]):
        result = run_to_end(suite, *arguments)
        assert result.returncode == 2, (arguments, result)
        assert result.stderr.strip(), arguments


def missing_file(suite):
    result = run_to_end(suite, "serve", "--addr", "127.0.0.1:0", "/nonexistent/app.wasm")
    assert result.returncode == 1, result
    assert "/nonexistent/app.wasm" in result.stderr, result.stderr


def not_a_component(suite):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "app.wasm"
        for data in (b"", b"not wasm", b"\0asm\x01\0\0\0", b"\0asm\x0d\0\x01\0", b"\0asm\x0d\0\x01\0\xff\xff\xff"):
            path.write_bytes(data)
            result = run_to_end(suite, "serve", "--addr", "127.0.0.1:0", str(path))
            assert result.returncode == 1, (data, result)
            assert result.stderr.strip() and "Serving" not in result.stderr, (data, result.stderr)


def version(suite):
    result = run_to_end(suite, "--version")
    assert result.returncode == 0 and "weir" in result.stdout.lower() and "48." in result.stdout, result


def inspect(suite):
    result = run_to_end(suite, "inspect", guest("hello-c"))
    assert result.returncode == 0, result
    assert "wasi:http/incoming-handler" in result.stdout, result.stdout
    assert "direct" in result.stdout or "general" in result.stdout, result.stdout


def compiled_ahead(suite):
    with tempfile.TemporaryDirectory() as folder:
        path = str(pathlib.Path(folder) / "hello.weir")
        result = run_to_end(suite, "compile", guest("hello-c"), "-o", path)
        assert result.returncode == 0, result
        with Server(suite.host, path) as server:
            assert request(server.port, "/").text == "Hello from C!\n"
        # A byte changed inside is found, whatever byte it is.
        data = bytearray(pathlib.Path(path).read_bytes())
        data[len(data) // 2] ^= 0xFF
        pathlib.Path(path).write_bytes(data)
        result = run_to_end(suite, "serve", "--addr", "127.0.0.1:0", path)
        assert result.returncode == 1 and "Serving" not in result.stderr, result


def request_id_in_the_log(suite):
    with Server(suite.host, guest("e2e-c")) as server:
        request(server.port, "/log", fields=[("X-Request-Id", "abc-123")])
        server.wait_for_line(server.stdout, r"^stdout \[abc-123\] :: to stdout$")
        request(server.port, "/log")
        server.wait_for_line(server.stdout, r"^stdout \[[0-9a-f]{16}\] :: to stdout$")


def no_prefix(suite):
    with Server(suite.host, guest("e2e-c"), more=["--no-logging-prefix"]) as server:
        request(server.port, "/log")
        server.wait_for_line(server.stdout, r"^to stdout$")


CASES = {
    "the first line on stderr says where the server is": first_line,
    "a second server on the same address ends with 1 and says that it is in use": address_in_use,
    "two --addr are both served": two_addresses,
    "a flag's environment twin takes values one a line": environment_twins,
    "the command line wins over the environment": command_line_wins,
    "wrong usage ends with 2": wrong_usage,
    "a file that is not there ends with 1 and is named": missing_file,
    "what is not a component ends with 1 and is not served": not_a_component,
    "--version tells Weir's and the engine's version": version,
    "inspect tells the exports and the linking route": inspect,
    "a component compiled ahead is served, and a damaged one is refused": compiled_ahead,
    "guest output carries the request's id": request_id_in_the_log,
    "--no-logging-prefix leaves guest output as it is": no_prefix,
}


def run(suite):
    if not suite.host.is_weir:
        return
    for name, case in CASES.items():
        suite.run(f"command line: {name}", lambda case=case: case(suite))
