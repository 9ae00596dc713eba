"""The command line that users and scripts rely on; only for weir."""

import os
import pathlib
import re
import signal
import subprocess
import tempfile
import time

from harness.client import Connection, request
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


def bound_again_at_once(suite):
    """After a kill in mid-request the same address can be bound again."""
    server = Server(suite.host, guest("wait"))
    with Connection(server.port) as connection:
        connection.send_head("GET", "/10000")
        time.sleep(0.2)
        server.kill()
        with Server(suite.host, guest("hello-c"), addr=f"127.0.0.1:{server.port}") as again:
            assert again.port == server.port and request(again.port, "/").status == 200


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
    for arguments in (
        [], ["serve"], ["serve", "--no-such-flag", "x.wasm"], ["no-such-verb"], ["serve", "a.wasm", "b.wasm"],
        ["serve", "--timeout", "soon", "x"], ["serve", "--max-memory", "much", "x"], ["serve", "--env", "NOVALUE", "x"],
        ["serve", "--allow-outbound", "http://", "x"], ["serve", "--threads", "0", "x"],
        ["serve", "--addr", "nowhere", "x"], ["serve", "--addr", "127.0.0.1:http", "x"], ["serve", "--addr", "unix:", "x"],
        ["serve", "--addr", "[::1:8080", "x"], ["serve", "--addr", "fd:one", "x"], ["serve", "--max-queued", "-1", "x"],
        ["serve", "--access-log", "xml", "x"], ["serve", "--tls-cert", "c.pem", "x"], ["proxy", "a.test"],
        ["compile"], ["compile", "x.wasm"], ["inspect"], ["inspect", "--no-such-flag", "x.wasm"],
    ):  # fmt: skip
        result = run_to_end(suite, *arguments)
        assert result.returncode == 2, (arguments, result)
        assert result.stderr.startswith("weir: ") and "--" in result.stderr, (arguments, result)
        assert not result.stdout, (arguments, result)


def help_texts(suite):
    for arguments in (["--help"], ["serve", "--help"], ["compile", "--help"], ["inspect", "--help"]):
        result = run_to_end(suite, *arguments)
        assert result.returncode == 0 and not result.stderr, (arguments, result)
        long_lines = [line for line in result.stdout.splitlines() if len(line) > 100]
        assert not long_lines, long_lines


def every_flag_has_a_twin(suite):
    """The help names each long flag's variable, and a bad value in it is wrong usage that names it."""
    text = run_to_end(suite, "serve", "--help").stdout
    flags = set(re.findall(r"^ +(?:-\w,)?--([a-z][a-z-]*)", text, re.M)) - {"help", "version"}
    assert len(flags) > 20, flags
    for flag in flags:
        twin = "WEIR_" + flag.upper().replace("-", "_")
        assert f"[{twin}]" in text, twin
        if re.search(rf"--{flag} (DURATION|SIZE|N) ", text):
            result = run_to_end(suite, "serve", "app.wasm", env=dict(os.environ, **{twin: "nonsense"}))
            assert result.returncode == 2 and twin in result.stderr, (twin, result)


def failures_end_with_one(suite):
    with tempfile.TemporaryDirectory() as folder:
        broken = pathlib.Path(folder) / "broken.wasm"
        broken.write_bytes(b"\0asm\x0d\0\x01\0\xff")
        for arguments in (
            ["compile", "/nonexistent/app.wasm", "-o", f"{folder}/out"],
            ["compile", guest("hello-c"), "-o", "/nonexistent/folder/out.weir"],
            ["compile", str(broken), "-o", f"{folder}/out"],
            ["inspect", "/nonexistent/app.wasm"],
            ["inspect", str(broken)],
            ["inspect", folder],
            ["serve", "--addr", "192.0.2.1:1", guest("hello-c")],
        ):
            result = run_to_end(suite, *arguments)
            assert result.returncode == 1, (arguments, result)
            assert result.stderr.startswith("weir: ") and not result.stdout, (arguments, result)
        assert not (pathlib.Path(folder) / "out").exists()


def signals_end_with_zero(suite):
    for number in (signal.SIGINT, signal.SIGTERM):
        server = Server(suite.host, guest("hello-c"))
        server.process.send_signal(number)
        assert server.process.wait(GUARD_SECONDS) == 0, (number, server.stderr)


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
    assert result.returncode == 0 and not result.stderr, result
    for part in ("a component of", "world: wasi:http/proxy@0.2.12", "import wasi:http/types@0.2.12", "producer: weir ",
                 "export wasi:http/incoming-handler@0.2.12", "linking route: direct", "each request takes: ",
                 "grants it may need"):  # fmt: skip
        assert part in result.stdout, (part, result.stdout)
    result = run_to_end(suite, "inspect", guest("e2e-rust"))
    for part in ("--allow-outbound", "--env", "wasi:cli"):
        assert part in result.stdout, (part, result.stdout)


def missing_import(suite):
    """Named at load with what is imported for; loaded all the same when asked so, and then trapping where it is called."""
    app = guest("unknown-import")
    for arguments in (["serve", "--addr", "127.0.0.1:0", app], ["inspect", app]):
        result = run_to_end(suite, *arguments)
        text = result.stderr if arguments[0] == "serve" else result.stdout
        assert result.returncode == (1 if arguments[0] == "serve" else 0), result
        for part in ("`weir:tests/missing@0.1.0` is missing", "`call`", "--unknown-imports trap"):
            assert part in text, (part, text)
    with Server(suite.host, app, more=["--unknown-imports", "trap"]) as server:
        assert request(server.port, "/").text == "served\n"
        assert request(server.port, "/call").status == 500
        server.wait_for_line(server.stderr, "weir:tests/missing@0.1.0.call")
        assert request(server.port, "/").text == "served\n"


def mismatched_imports(suite):
    """Every one is listed, with interface, version and both types."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "app.wat"
        path.write_text("""(component
          (import "wasi:random/random@0.2.3" (instance
            (export "get-random-u64" (func (result u32)))
            (export "get-random-words" (func (result u32)))))
          (import "wasi:keyvalue/store@0.2.0-draft" (instance (export "open" (func))))
          (import "wasi:clocks/monotonic-clock@0.3.0" (instance (export "now" (func (result u64))))))""")
        for verb in ("serve", "inspect"):
            result = run_to_end(suite, verb, str(path))
            text = result.stderr + result.stdout
            for part in ("`wasi:random/random@0.2.3.get-random-u64` does not match",
                         "expects func() -> u32", "func() -> u64", "get-random-words", "wasi:keyvalue/store@0.2.0-draft",
                         "wasi:clocks/monotonic-clock@0.3.0"):  # fmt: skip
                assert part in text, (part, text)


def limits_at_load(suite):
    """A component that starts beyond a limit is refused at once, with the flag's name, and never with a 500 a request."""
    for arguments in (["--max-memory", "64KiB"], ["--max-table-elements", "1"]):
        result = run_to_end(suite, "serve", "--addr", "127.0.0.1:0", *arguments, guest("hello-c"))
        assert result.returncode == 1 and f"raise {arguments[0]}" in result.stderr, result
        assert "Serving" not in result.stderr, result


def full(suite):
    """One request more than guests may work on at a time waits for its turn, and is refused when that does not come."""
    with Server(suite.host, guest("wait"), more=["--max-requests", "1", "--threads", "1"]) as server:
        with Connection(server.port) as first, Connection(server.port) as second:
            first.send_head("GET", "/300")
            second.send_head("GET", "/0")
            assert first.read_reply().status == 200 and second.read_reply().status == 200
        with Connection(server.port, GUARD_SECONDS) as first:
            first.send_head("GET", "/6000")
            # The guest is at work for as long as that takes; what comes meanwhile cannot be.
            time.sleep(0.3)
            reply = request(server.port, "/0")
            assert reply.status == 503 and reply.complete and reply.header("retry-after"), reply
            assert first.read_reply().status == 200
        assert request(server.port, "/0").status == 200


def notices_follow(suite):
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        with Server(suite.host, guest("hello-c"), more=["--cache-dir", folder]) as server:
            server.wait_for_line(server.stderr, "chmod 700")
            assert server.stderr[0].startswith("Serving HTTP on "), server.stderr
        assert not os.listdir(folder)


def cache(suite):
    with tempfile.TemporaryDirectory() as folder:
        place = pathlib.Path(folder) / "cache"
        for _ in range(2):
            with Server(suite.host, guest("hello-c"), more=["--cache-dir", str(place)]) as server:
                assert request(server.port, "/").status == 200
            assert place.stat().st_mode & 0o777 == 0o700
            made = {path: path.stat().st_mtime_ns for path in place.glob("*/module-*")}
            assert made
        # What was damaged is made anew.
        for path in made:
            data = bytearray(path.read_bytes())
            data[len(data) // 2] ^= 0xFF
            path.write_bytes(data)
        with Server(suite.host, guest("hello-c"), more=["--cache-dir", str(place)]) as server:
            assert request(server.port, "/").text == "Hello from C!\n"
        with Server(suite.host, guest("hello-c"), more=["--no-cache", "--cache-dir", str(pathlib.Path(folder) / "no")]):
            assert not (pathlib.Path(folder) / "no").exists()


def one_limit_for_all_threads(suite):
    """--max-requests counts the requests of all threads together: one that runs keeps every other connection waiting."""
    with Server(suite.host, guest("wait"), more=["--threads", "2", "--max-requests", "1"]) as server:
        with Connection(server.port, GUARD_SECONDS) as sleeper:
            sleeper.send_head("GET", "/600000")
            deadline = time.monotonic() + GUARD_SECONDS
            while request(server.port, "/0", guard=GUARD_SECONDS).status != 503:
                assert time.monotonic() < deadline
            others = [Connection(server.port, GUARD_SECONDS) for _ in range(6)]
            for connection in others:
                connection.send_head("GET", "/0")
            for connection in others:
                reply = connection.read_reply()
                assert reply.status == 503 and reply.header("retry-after"), reply
                connection.socket.close()
        # Who sleeps no longer makes room; who waits less than a second for that is answered.
        assert request(server.port, "/0", guard=GUARD_SECONDS).text == "waited\n"
        with Connection(server.port, GUARD_SECONDS) as sleeper:
            sleeper.send_head("GET", "/200")
            others = [Connection(server.port, GUARD_SECONDS) for _ in range(4)]
            for connection in others:
                connection.send_head("GET", "/0")
            statuses = sorted(connection.read_reply().status for connection in others)
            # On a busy machine some may have waited for too long.
            assert statuses[0] == 200 and set(statuses) <= {200, 503}, statuses
            for connection in others:
                connection.socket.close()
            assert sleeper.read_reply().text == "waited\n"


def nobody_reads_the_output(suite):
    """A guest that floods stdout, which nobody reads, holds up neither its own answer nor anybody else."""
    command = suite.host.command(guest("hostile-c"), cpu_time=20)
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        port = int(SERVING.search(process.stderr.readline().decode())[1])
        for _ in range(2):
            assert request(port, "/flood-stdout", guard=GUARD_SECONDS).text == "flooded\n"
            assert request(port, "/hello").text == "Hello, world!\n"
        # Reading goes on where it stopped, and says what is missing.
        seen = b""
        deadline = time.monotonic() + GUARD_SECONDS
        while b"lines of output were dropped" not in seen and time.monotonic() < deadline:
            seen = seen[-200:] + process.stdout.read1(1 << 16)
            request(port, "/escape-sequences")
        assert b"lines of output were dropped" in seen, seen
        process.send_signal(signal.SIGTERM)
        assert process.wait(GUARD_SECONDS) == 0
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
        process.stderr.close()


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
        server.wait_for_line(server.stderr, r"^stderr \[abc-123\] :: to stderr$")
        # Anything that could forge or break a line is replaced.
        for bad in (None, "", "a b", "a]b", "x" * 300, "\xe9"):
            before = len(server.stdout)
            request(server.port, "/log", fields=[] if bad is None else [("X-Request-Id", bad)])
            deadline = time.monotonic() + 5
            while len(server.stdout) < before + 2:
                assert time.monotonic() < deadline, server.stdout[before:]
                time.sleep(0.02)
            assert re.search(r"^stdout \[[0-9a-f]{16}\] :: to stdout$", server.stdout[before]), server.stdout[before]


def no_prefix(suite):
    with Server(suite.host, guest("e2e-c"), more=["--no-logging-prefix"]) as server:
        request(server.port, "/log")
        server.wait_for_line(server.stdout, r"^to stdout$")


CASES = {
    "the first line on stderr says where the server is": first_line,
    "a second server on the same address ends with 1 and says that it is in use": address_in_use,
    "an address can be bound again right after a kill in mid-request": bound_again_at_once,
    "two --addr are both served": two_addresses,
    "a flag's environment twin takes values one a line": environment_twins,
    "the command line wins over the environment": command_line_wins,
    "wrong usage ends with 2": wrong_usage,
    "--help of every verb ends with 0 and fits a screen": help_texts,
    "every long flag has an environment twin": every_flag_has_a_twin,
    "what fails ends with 1 and says why": failures_end_with_one,
    "SIGINT and SIGTERM end a server with 0": signals_end_with_zero,
    "a request for which there is no room waits a moment and gets 503": full,
    "notices follow the line that says where the server is": notices_follow,
    "an import that the host lacks is named, or traps when asked so": missing_import,
    "every missing or mismatched import is listed": mismatched_imports,
    "a component that starts beyond a limit is refused with the flag's name": limits_at_load,
    "compiled components are kept in a private folder, and damage is mended": cache,
    "the limit on requests that run is one for all threads": one_limit_for_all_threads,
    "guest output that nobody reads holds up nobody": nobody_reads_the_output,
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
