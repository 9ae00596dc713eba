"""The end-to-end guest in Python: what it does is chosen by path (tests/e2e/cases.py says what each answers)."""

import sys
import time
from urllib.parse import parse_qs, urlsplit

from componentize_py_types import Err, Ok
from wit_world import exports
from wit_world.imports import environment, monotonic_clock, outgoing_handler
from wit_world.imports.streams import StreamError_Closed
from wit_world.imports.types import (
    Fields,
    IncomingBody,
    IncomingRequest,
    Method_Other,
    Method_Post,
    Method_Put,
    OutgoingBody,
    OutgoingRequest,
    OutgoingResponse,
    ResponseOutparam,
    Scheme_Http,
    Scheme_Https,
    Scheme_Other,
)

TEXT = [("content-type", b"text/plain")]


class Response:
    """A response whose head was sent; without `finish` the host cuts it off."""

    def __init__(self, out, status, fields=TEXT):
        response = OutgoingResponse(Fields.from_list(fields))
        response.set_status_code(status)
        self.body = response.body()
        ResponseOutparam.set(out, Ok(response))
        self.stream = self.body.write()

    def write(self, data):
        for start in range(0, len(data), 4096):
            self.stream.blocking_write_and_flush(data[start : start + 4096])

    def finish(self, trailers=None):
        self.stream.__exit__(None, None, None)
        OutgoingBody.finish(self.body, trailers)


def answer(out, status, text):
    response = Response(out, status)
    response.write(text.encode())
    response.finish()


def chunks(body):
    """The pieces of an incoming body; a body that fails raises."""
    with body.stream() as stream:
        while True:
            try:
                yield stream.blocking_read(65536)
            except Err as error:
                if isinstance(error.value, StreamError_Closed):
                    return
                raise


def echo(request, out):
    with request.consume() as body:
        response = Response(out, 200)
        for chunk in chunks(body):
            response.write(chunk)
    response.finish()


def stream(out):
    response = Response(out, 200)
    for i in range(5):
        if i > 0:
            monotonic_clock.subscribe_duration(20_000_000).block()
        response.write(f"chunk {i}\n".encode())
    response.finish()


def timer(query, out):
    seconds = int(query.get("ms", ["20"])[0]) / 1000
    started = time.monotonic()
    time.sleep(seconds)
    answer(out, 200, "too early\n" if time.monotonic() - started < seconds else "slept\n")


def send(url, incoming):
    target = urlsplit(url)
    request = OutgoingRequest(Fields.from_list([("x-from", b"e2e-python")]))
    method = incoming.method()
    request.set_method(method)
    request.set_scheme(Scheme_Https() if target.scheme == "https" else Scheme_Http())
    request.set_authority(target.netloc)
    request.set_path_with_query((target.path or "/") + (f"?{target.query}" if target.query else ""))
    body = request.body()
    future = outgoing_handler.handle(request, None)
    if isinstance(method, (Method_Post, Method_Put)):
        with incoming.consume() as source, body.write() as stream:
            for chunk in chunks(source):
                for start in range(0, len(chunk), 4096):
                    stream.blocking_write_and_flush(chunk[start : start + 4096])
    OutgoingBody.finish(body, None)
    future.subscribe().block()
    result = future.get().value
    if isinstance(result, Err):
        raise result
    return result.value


def fetch(query, request, out):
    try:
        upstream = send(query["url"][0], request)
    except Err as error:
        answer(out, 502, f"error {error.value}\n")
        return
    with upstream.consume() as body:
        response = Response(out, upstream.status())
        for chunk in chunks(body):
            response.write(chunk)
    response.finish()


def method_name(method):
    return method.value if isinstance(method, Method_Other) else type(method).__name__.removeprefix("Method_").upper()


def scheme_name(scheme):
    return scheme.value if isinstance(scheme, Scheme_Other) else type(scheme).__name__.removeprefix("Scheme_").lower()


def headers(path, request, out):
    lines = [f"method {method_name(request.method())}", f"path {path}"]
    if (scheme := request.scheme()) is not None:
        lines.append(f"scheme {scheme_name(scheme)}")
    if (authority := request.authority()) is not None:
        lines.append(f"authority {authority}")
    data = "".join(f"{line}\n" for line in lines).encode()
    for name, value in request.headers().entries():
        data += f"header {name}: ".encode() + value + b"\n"
    response = Response(out, 200)
    response.write(data)
    response.finish()


def trailers(request, out):
    future = IncomingBody.finish(request.consume())
    response = Response(out, 200, TEXT + [("trailer", b"x-trailer")])
    future.subscribe().block()
    result = future.get().value
    if isinstance(result, Err):
        text = f"error {result.value}\n"
    elif result.value is None:
        text = "no trailers\n"
    else:
        text = "".join(f"trailer {name}: {value.decode()}\n" for name, value in result.value.entries())
    response.write(text.encode())
    response.finish(Fields.from_list([("x-trailer", b"yes")]))


def status(code, out):
    answer(out, code, "" if code in (204, 304) else f"status {code}\n")


def log_lines(out):
    print("to ", end="", flush=True)
    print("stdout\nsecond line", flush=True)
    print("to stderr", file=sys.stderr, flush=True)
    answer(out, 200, "logged\n")


class IncomingHandler(exports.IncomingHandler):
    def handle(self, request: IncomingRequest, response_out: ResponseOutparam) -> None:
        path = request.path_with_query() or "/"
        target = urlsplit(path)
        query = parse_qs(target.query)
        match target.path:
            case "/hello":
                answer(response_out, 200, "Hello, world!\n")
            case "/echo":
                echo(request, response_out)
            case "/stream":
                stream(response_out)
            case "/timer":
                timer(query, response_out)
            case "/fetch":
                fetch(query, request, response_out)
            case "/trap":
                raise RuntimeError("asked to")
            case "/env":
                pairs = sorted(environment.get_environment())
                answer(response_out, 200, "".join(f"{name}={value}\n" for name, value in pairs))
            case "/log":
                log_lines(response_out)
            case "/headers":
                headers(path, request, response_out)
            case "/trailers":
                trailers(request, response_out)
            case other if other.startswith("/status/"):
                status(int(other.removeprefix("/status/")), response_out)
            case _:
                answer(response_out, 404, "not found\n")
