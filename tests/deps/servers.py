"""A web server for archives, with TLS or without, that can be told to misbehave."""

import contextlib
import http.server
import pathlib
import shutil
import ssl
import subprocess
import tempfile
import threading

from harness.suite import Skip


class Authority:
    """A certificate authority that lives for one test run."""

    def __init__(self):
        if not shutil.which("openssl"):
            raise Skip("there is no openssl")
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="weir-deps-ca-"))
        self.certificate = self.folder / "ca.pem"
        self._openssl(
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
            "-subj", "/CN=Test authority", "-keyout", self.folder / "ca.key", "-out", self.certificate,
        )  # fmt: skip

    def _openssl(self, *arguments):
        subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True, timeout=60)

    def issue(self, name, alternatives):
        """Paths of a certificate and its key for names such as `IP:127.0.0.1`."""
        key, request, certificate = (self.folder / f"{name}.{end}" for end in ("key", "csr", "pem"))
        extensions = self.folder / f"{name}.ext"
        extensions.write_text(f"subjectAltName={alternatives}\n")
        self._openssl(
            "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", f"/CN={name}",
            "-keyout", key, "-out", request,
        )  # fmt: skip
        self._openssl(
            "x509", "-req", "-in", request, "-CA", self.certificate, "-CAkey", self.folder / "ca.key", "-CAcreateserial",
            "-days", "2", "-extfile", extensions, "-out", certificate,
        )  # fmt: skip
        return certificate, key

    def close(self):
        shutil.rmtree(self.folder, ignore_errors=True)


class Files:
    """What a server answers by path: bytes, or a function that gets the request's handler and answers it itself."""

    def __init__(self):
        self.answers = {}
        self.requests = []


@contextlib.contextmanager
def serving(files, certificate=None):
    """Serves on a free port of 127.0.0.1; gives `http(s)://127.0.0.1:PORT`."""

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            files.requests.append(self.path)
            answer = files.answers.get(self.path)
            if callable(answer):
                answer(self)
                return
            body = answer if answer is not None else b"not here"
            self.send_response(200 if answer is not None else 404)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    class Server(http.server.ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_):
            pass

    server = Server(("127.0.0.1", 0), Handler)
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*map(str, certificate))
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http{'s' if certificate else ''}://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)


def redirect(target):
    def answer(handler):
        handler.send_response(302)
        handler.send_header("Location", target)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return answer


def failing_first(count, status, body):
    """Answers `count` times with a status, then with the body."""
    left = [count]

    def answer(handler):
        left[0] -= 1
        failing = left[0] >= 0
        handler.send_response(status if failing else 200)
        if failing:
            handler.send_header("Retry-After", "0")
        handler.send_header("Content-Length", "0" if failing else str(len(body)))
        handler.end_headers()
        if not failing:
            handler.wfile.write(body)

    return answer


def cut_short(body):
    """Says that it has more than it sends, and closes."""

    def answer(handler):
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(body) + 1000))
        handler.end_headers()
        handler.wfile.write(body)
        handler.close_connection = True

    return answer
