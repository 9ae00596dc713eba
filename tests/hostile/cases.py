"""What has to come of each hostile guest. The guests are tests/hostile/guests/; the path names what they do.

Each case calls the bad path on a connection of its own while a second client, whose request is open already, and a third, who
comes after, have to be served as ever.
"""

import os
import socket
import threading
import time

from harness.client import Connection, Cut, Reply, request
from harness.guests import guest
from harness.server import Server
from harness.suite import Skip

# Generous: limits are 2 s or less here.
GUARD_SECONDS = 20
CPU_SECONDS = 1
WALL_SECONDS = 2
MAX_MEMORY = 64 << 20
# The server itself, its guests' memories under the limit, and room for allocators.
RESIDENT_LIMIT_KIB = 600 << 10


def bad_call(server, path, method="GET", body=None):
    """The reply to a bad path; one that never began is a Reply of status None."""
    with Connection(server.port, GUARD_SECONDS) as connection:
        try:
            return connection.exchange(method, path, body=body)
        except (Cut, ConnectionError):
            return Reply(None, [])


def others_are_served(server):
    reply = request(server.port, "/hello")
    assert (reply.status, reply.text, reply.complete) == (200, "Hello, world!\n", True), reply


class Expect:
    """What the bad request's client has to see."""

    def __init__(self, text, check):
        self.text, self.check = text, check


def status(*codes):
    def check(reply):
        assert reply.status in codes, reply
        assert reply.complete, f"the error itself is cut off: {reply}"

    return Expect(f"gives {' or '.join(map(str, codes))}", check)


def cut_or(*codes):
    """The head may or may not have left when it happened: an error status or a cut, never a whole 200."""

    def check(reply):
        if reply.complete:
            assert reply.status in codes, f"looks complete: {reply}"

    return Expect(f"is cut off or gives {' or '.join(map(str, codes))}", check)


def text(expected, code=200):
    def check(reply):
        assert (reply.status, reply.text, reply.complete) == (code, expected, True), reply

    return Expect(f"answers {expected.strip()!r}", check)


def whole_or_error(expected, *codes):
    """Served in full or refused with one of the statuses; a cut would leave the client guessing."""

    def check(reply):
        assert reply.complete and reply.status in (200, *codes), reply
        if reply.status == 200:
            assert reply.text in (expected if isinstance(expected, tuple) else (expected,)), reply

    return Expect(f"is served or gives {' or '.join(map(str, codes))}", check)


# path of hostile-c -> what its client sees. Before the first byte has left the server may still turn a 200 into a 500.
EXPECTED = {
    "trap-before-head": status(500),
    "trap-after-head": cut_or(500),
    "trap-after-chunk": cut_or(500),
    # Nothing of the whole answer has to have left yet.
    "trap-after-finish": whole_or_error("whole\n", 500),
    "trap-in-length": cut_or(500),
    "no-answer": status(500),
    "drop-outparam": status(500),
    "never-answer": status(504),
    "spin": status(504),
    "spin-after-head": cut_or(504),
    "grow": status(500),
    "recurse": status(500),
    "sleep-deep": text("slept\n"),
    "leak-handles": whole_or_error("leaked\n", 500, 504),
    "leak-handles-for-ever": status(500, 504),
    "leak-timers": status(500, 504),
    # The first answer may have left whole; the second never leaves.
    "set-twice": whole_or_error("first\n", 500),
    # HTTP-request-denied; STATUS_OF_ERROR_CODE has them all.
    "error-code?15": status(403),
    "drop-body-before-stream": cut_or(500),
    "drop-input-before-stream": status(500),
    "drop-stream-before-pollable": cut_or(500),
    "use-dropped-handle": status(500),
    "use-wrong-handle": status(500),
    "length-too-much": cut_or(500),
    "length-too-little": cut_or(500),
    "length-contradicts": text("refused\n"),
    "no-finish": cut_or(500),
    "return-without-finish": cut_or(500),
    "flood-stdout": whole_or_error("flooded\n", 500, 504),
    "flood-one-line": whole_or_error("flooded\n", 500, 504),
    "escape-sequences": text("written\n"),
    "huge-random": status(500, 504),
    "large-random": status(500, 504),
    "huge-headers": status(500, 504),
    "many-headers": status(500, 504),
    "forbidden-headers": text("done\n"),
    "aliased-list": whole_or_error(("taken\n", "refused\n"), 500, 504),
    "out-of-bounds": cut_or(500),
    "huge-read": text("read\n"),
    "poll-nothing": status(500),
    "blocking-write-too-large": cut_or(500),
    "write-beyond-permit": cut_or(500, 504),
    "exit-before-set": status(500),
    "exit-after-set": cut_or(500),
    "exit-after-finish": text("whole\n"),
}

# The cases of `error-code` in their order, and the status that a gateway answers for each (RFC 9209).
STATUS_OF_ERROR_CODE = [
    ("DNS-timeout", 504), ("DNS-error", 502), ("destination-not-found", 500), ("destination-unavailable", 503),
    ("destination-IP-prohibited", 502), ("destination-IP-unroutable", 502), ("connection-refused", 502),
    ("connection-terminated", 502), ("connection-timeout", 504), ("connection-read-timeout", 504),
    ("connection-write-timeout", 504), ("connection-limit-reached", 503), ("TLS-protocol-error", 502),
    ("TLS-certificate-error", 502), ("TLS-alert-received", 502), ("HTTP-request-denied", 403),
    ("HTTP-request-length-required", 411), ("HTTP-request-body-size", 413), ("HTTP-request-method-invalid", 400),
    ("HTTP-request-URI-invalid", 400), ("HTTP-request-URI-too-long", 414), ("HTTP-request-header-section-size", 431),
    ("HTTP-request-header-size", 431), ("HTTP-request-trailer-section-size", 431), ("HTTP-request-trailer-size", 431),
    ("HTTP-response-incomplete", 502), ("HTTP-response-header-section-size", 502), ("HTTP-response-header-size", 502),
    ("HTTP-response-body-size", 502), ("HTTP-response-trailer-section-size", 502), ("HTTP-response-trailer-size", 502),
    ("HTTP-response-transfer-coding", 502), ("HTTP-response-content-coding", 502), ("HTTP-response-timeout", 504),
    ("HTTP-upgrade-failed", 502), ("HTTP-protocol-error", 502), ("loop-detected", 502), ("configuration-error", 500),
    ("internal-error", 500),
]  # fmt: skip

# What the other host is known to do otherwise: checked against it these are skipped, never for weir.
ENDS_CLEANLY = "the peer ends the body of a dead guest cleanly"
PEER_DIFFERS = {
    "trap-after-head": ENDS_CLEANLY,
    "trap-after-chunk": ENDS_CLEANLY,
    "spin-after-head": ENDS_CLEANLY,
    "return-without-finish": ENDS_CLEANLY,
    "out-of-bounds": ENDS_CLEANLY,
    "blocking-write-too-large": ENDS_CLEANLY,
    "write-beyond-permit": ENDS_CLEANLY,
    "exit-after-set": ENDS_CLEANLY,
    "drop-body-before-stream": ENDS_CLEANLY,
    "drop-stream-before-pollable": ENDS_CLEANLY,
    "length-too-much": "the peer ends an overlong body where its length says",
    "error-code?15": "the peer gives 500 for every error code",
    "never-answer": "the peer gives 500 for a timeout",
    "spin": "the peer gives 500 for a timeout",
}


def with_company(server, path, call):
    """Runs a bad call while another client's request is open, and serves a third meanwhile and after."""
    with Connection(server.port, GUARD_SECONDS) as company:
        company.send(b"GET /hello HT")
        result = []
        thread = threading.Thread(target=lambda: result.append(call()))
        thread.start()
        others_are_served(server)
        company.send(b"TP/1.1\r\nHost: x\r\n\r\n")
        reply = company.read_reply()
        assert (reply.status, reply.text) == (200, "Hello, world!\n"), reply
        thread.join(2 * GUARD_SECONDS)
        assert result, f"/{path} was not answered"
    others_are_served(server)
    return result[0]


def misbehave(server, path, expected, peer):
    body = b"x" * 100 if path in ("huge-read", "drop-input-before-stream") else None
    reply = with_company(
        server, path, lambda: bad_call(server, f"/{path}", "POST" if body else "GET", body)
    )
    resident = server.resident_kib()
    assert resident < RESIDENT_LIMIT_KIB, f"the server holds {resident} KiB"
    try:
        expected.check(reply)
    except AssertionError:
        if peer and path in PEER_DIFFERS:
            raise Skip(PEER_DIFFERS[path]) from None
        raise


def read_after_failure(server):
    """A client that goes away in mid-body: the guest reads on and must see `closed`, not a crash."""
    connection = Connection(server.port)
    connection.send_head("POST", "/read-after-failure", [("Content-Length", "100000")])
    connection.send(b"x" * 5000)
    time.sleep(0.1)
    connection.socket.close()
    others_are_served(server)


def error_codes(server):
    for number, (name, code) in enumerate(STATUS_OF_ERROR_CODE):
        reply = bad_call(server, f"/error-code?{number}")
        assert (reply.status, reply.complete) == (code, True), (name, reply)


def reasons(server):
    """With time enough to see it through, each gets its limit's own status, and the log says why by the request's id."""
    with Server(
        server.host, guest("hostile-c"), cpu_time=GUARD_SECONDS, timeout=2 * GUARD_SECONDS, max_memory=MAX_MEMORY
    ) as patient:
        for path, reason in REASONS.items():
            with Connection(patient.port, 2 * GUARD_SECONDS) as connection:
                reply = connection.exchange("GET", f"/{path}", [("X-Request-Id", f"why-{path}")])
                assert (reply.status, reply.complete) == (500, True), (path, reply)
                patient.wait_for_line(patient.stderr, rf"\[why-{path}\] .*{reason}")
        for path, reason in CUT_REASONS.items():
            with Connection(patient.port, 2 * GUARD_SECONDS) as connection:
                reply = connection.exchange("GET", f"/{path}", [("X-Request-Id", f"why-{path}")])
                assert not reply.complete or reply.status == 500, (path, reply)
                patient.wait_for_line(patient.stderr, rf"\[why-{path}\] .*{reason}")
    for path, reason in {"spin": "CPU time of 1000 ms", "never-answer": "had not answered"}.items():
        with Connection(server.port, GUARD_SECONDS) as connection:
            reply = connection.exchange("GET", f"/{path}", [("X-Request-Id", f"why-{path}")])
            assert reply.status == 504, (path, reply)
            server.wait_for_line(server.stderr, rf"\[why-{path}\] .*{reason}")


def trap_names_functions(server):
    bad_call(server, "/recurse")
    server.wait_for_line(server.stderr, r"\brecurse\b")


def control_bytes(server):
    bad_call(server, "/escape-sequences")
    line = server.wait_for_line(server.stdout, "before")
    assert "\x1b" not in line and "\x07" not in line and "after" in line, repr(line[:200])


def lines_are_capped(server):
    bad_call(server, "/flood-one-line")
    time.sleep(0.2)
    longest = max((len(line) for line in list(server.stdout)), default=0)
    assert longest <= 128 << 10, f"a guest wrote a line of {longest} bytes"


def sleeps_in_its_body(server):
    """An answer may take as long as it likes after its head; it holds up nobody and goes when its client goes."""
    with Connection(server.port) as connection:
        connection.send_head("GET", "/never-finish")
        reply = connection.read_head()
        assert reply.status == 200 and connection.read_chunk() == b"first chunk\n", reply
        others_are_served(server)
    others_are_served(server)


def many_at_once(server):
    """A hundred bad requests of every kind, side by side, then everything is as before."""
    paths = ["trap-before-head", "trap-after-chunk", "no-answer", "recurse", "use-dropped-handle", "exit-before-set"]
    threads = [
        threading.Thread(target=bad_call, args=(server, f"/{paths[i % len(paths)]}")) for i in range(100)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(GUARD_SECONDS)
        assert not thread.is_alive()
    others_are_served(server)


def client_leaves(server):
    """Clients of guests that sleep, spin or write go away; nothing of them stays behind."""
    for path in ("never-answer", "never-finish", "spin", "spin-after-head", "write-beyond-permit"):
        connection = Connection(server.port)
        connection.send_head("GET", f"/{path}")
        time.sleep(0.05)
        connection.socket.close()
        others_are_served(server)


def reader_that_does_not_read(server):
    """A client that takes nothing makes neither the guest's output pile up nor the others wait."""
    with Connection(server.port) as connection:
        connection.send_head("GET", "/write-beyond-permit")
        time.sleep(0.3)
        others_are_served(server)
        resident = server.resident_kib()
        assert resident < RESIDENT_LIMIT_KIB, f"the server holds {resident} KiB"


def reader_of_a_dead_guest(server):
    """A guest that traps while its client does not read: the connection is cut soon, not when the client has taken too long."""
    with Server(server.host, guest("hostile-c"), more=["--write-timeout", "300s"]) as patient:
        before = patient.descriptors()
        with Connection(patient.port, GUARD_SECONDS) as connection:
            connection.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 10)
            connection.send_head("GET", "/trap-when-full")
            patient.wait_for_line(patient.stderr, "unreachable", GUARD_SECONDS)
            deadline = time.monotonic() + GUARD_SECONDS
            while patient.descriptors() > before:
                assert time.monotonic() < deadline, "the connection stays"
                time.sleep(0.05)
            # What the system had for it still comes, but no end.
            reply = connection.read_reply()
            assert reply.status == 200 and reply.body and not reply.complete, reply
        others_are_served(patient)


def rounds(suite):
    """However often guests misbehave, at rest the server holds what it held before: no memory, no descriptors."""
    paths = [
        "trap-before-head", "trap-after-chunk", "trap-in-length", "no-answer", "drop-outparam", "spin", "spin-after-head", "grow",
        "recurse", "sleep-deep", "leak-handles", "leak-timers", "set-twice", "use-dropped-handle", "drop-body-before-stream",
        "length-too-much", "no-finish", "flood-one-line", "huge-headers", "aliased-list", "out-of-bounds", "write-beyond-permit",
        "exit-before-set", "exit-after-set",
    ]  # fmt: skip
    limits = ["--keep-resident", "64KiB"]
    with Server(suite.host, guest("hostile-c"), cpu_time=0.1, timeout=2, max_memory=16 << 20, more=limits) as fresh:

        def round_of_all():
            threads = [threading.Thread(target=lambda: [bad_call(fresh, f"/{path}") for path in paths]) for _ in range(8)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(10 * GUARD_SECONDS)
            others_are_served(fresh)
            # What guests had is given back a second after the last of them.
            time.sleep(3)
            return fresh.resident_kib(), fresh.descriptors()

        memory, descriptors = zip(*[round_of_all() for _ in range(5)])
        print("        KiB at rest after rounds of every bad guest: " + ", ".join(map(str, memory)))
        # The first ones make what stays. A leak shows in each of those that follow.
        assert min(memory[3:]) - min(memory[1:3]) < 2048, memory
        assert max(descriptors) == min(descriptors), descriptors


def starts(suite, name, codes):
    """A guest that fails while it is instantiated: every request gets its error, and the server goes on."""
    with Server(suite.host, guest(name), cpu_time=CPU_SECONDS, timeout=WALL_SECONDS) as server:
        for _ in range(2):
            reply = bad_call(server, "/")
            assert reply.status in codes and reply.complete, reply
        assert server.process.poll() is None, server.stderr[-10:]


def destructor_recursion(suite):
    with Server(suite.host, guest("destructor-recursion"), cpu_time=CPU_SECONDS, timeout=WALL_SECONDS) as server:
        for _ in range(2):
            reply = with_company(server, "recurse", lambda: bad_call(server, "/recurse"))
            assert reply.status in (500, 504) and reply.complete, reply


OTHERS = {
    "a read after a failed read sees the stream closed": read_after_failure,
    "a guest that sleeps in the middle of its body holds up nobody": sleeps_in_its_body,
    "a hundred bad requests side by side leave the server as it was": many_at_once,
    "clients that leave take their guests with them": client_leaves,
    "a client that does not read does not make the server hoard": reader_that_does_not_read,
}
# What stands in the log for a path that gives 500, and for one whose answer is cut.
REASONS = {
    "trap-before-head": "unreachable",
    "no-answer": "never called `response-outparam.set`",
    "drop-outparam": "never called `response-outparam.set`",
    "exit-before-set": "never called `response-outparam.set`",
    "grow": f"refused memory beyond its limit of {MAX_MEMORY} bytes",
    # The stack of C lies in the guest's memory.
    "recurse": "out of bounds",
    "leak-handles": "too many handles",
    "leak-handles-for-ever": "too many handles",
    "leak-timers": "too many handles",
    "huge-random": "asked for 18446744073709551615 random bytes",
    "large-random": "asked for 1073741824 random bytes",
    "huge-headers": "fields that the guest built are larger than the limit",
    "many-headers": "fields that the guest built are larger than the limit",
    "aliased-list": "more data than one call may copy",
    "poll-nothing": "empty list",
    "use-dropped-handle": "unknown handle",
    "use-wrong-handle": "wrong type",
    "drop-input-before-stream": "incoming-body was dropped before its input-stream",
}
CUT_REASONS = {
    "trap-after-chunk": "unreachable",
    "out-of-bounds": "out of bounds",
    "write-beyond-permit": "exceeded what check-write permitted",
    "blocking-write-too-large": "at most 4096 bytes",
    "drop-body-before-stream": "outgoing-body was dropped before its output-stream",
    "drop-stream-before-pollable": "output-stream was dropped before a pollable",
    "length-too-much": "cut off: HTTP-response-body-size .14.",
    "length-too-little": "cut off: HTTP-response-body-size .10.",
    "no-finish": "cut off: .*without finishing",
    "return-without-finish": "cut off: .*without finishing",
}
WEIR_ONLY = {
    "a dead guest's client that does not read is cut": reader_of_a_dead_guest,
    "each error code that a guest sets has its status": error_codes,
    "the log says why a guest was ended": reasons,
    "control bytes in guest output are escaped": control_bytes,
    "a line of guest output is capped": lines_are_capped,
    "a trap's log names the guest's functions": trap_names_functions,
}


def run_route(suite, route, process_env):
    named = {f"hostile{route}: /{path} {e.text}": (path, e) for path, e in EXPECTED.items()}
    others = dict(OTHERS, **(WEIR_ONLY if suite.host.is_weir else {}))
    others = {f"hostile{route}: {name}": case for name, case in others.items()}
    if not any(suite.wants(name) for name in [*named, *others]):
        return
    if suite.options.list:
        for name in [*named, *others]:
            suite.run(name, None)
        return

    server = None

    def running():
        """The shared server; a fresh one where a case has ended it, so that each case stands for itself."""
        nonlocal server
        if server is None or server.process.poll() is not None:
            server = Server(
                suite.host, guest("hostile-c"), process_env=process_env,
                cpu_time=CPU_SECONDS, timeout=WALL_SECONDS, max_memory=MAX_MEMORY,
            )  # fmt: skip
        return server

    def guarded(case):
        def call():
            case(running())
            assert server.process.poll() is None, f"the server ended: {server.stderr[-10:]}"

        return call

    for name, (path, expected) in named.items():
        suite.run(name, guarded(lambda s, p=path, e=expected: misbehave(s, p, e, not suite.host.is_weir)))
    for name, case in others.items():
        suite.run(name, guarded(case))
    if server is not None and server.process.poll() is None:
        suite.run(f"hostile{route}: the server ends well after all this", lambda: server.__exit__(None, None, None))
        if server.process.poll() is None:
            server.kill()


def run(suite):
    run_route(suite, "", None)
    if suite.host.is_weir:
        run_route(suite, ", general linking", dict(os.environ, WEIR_LINK="general"))
    suite.run("hostile: a start function that traps gives 500", lambda: starts(suite, "start-trap", (500,)))
    suite.run("hostile: a start function that recurses gives 500", lambda: starts(suite, "start-recurse", (500,)))
    if suite.host.is_weir:
        suite.run("hostile: a start function that spins gives 504", lambda: starts(suite, "start-spin", (504,)))
        suite.run("hostile: rounds of every bad guest leave no memory behind", lambda: rounds(suite))
    suite.run("hostile: recursion through destructors gives 500", lambda: destructor_recursion(suite))
