"""An HTTP/1.1 server in a thread, for guests that make requests. It records what it received."""

import http.server
import sys
import threading


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def body(self):
        if "chunked" not in (self.headers.get("Transfer-Encoding") or "").lower():
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        data = b""
        while size := int(self.rfile.readline().split(b";")[0], 16):
            data += self.rfile.read(size)
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass
        return data

    def reply(self, status, data):
        self.send_response(status)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def serve(self):
        received = self.body()
        self.server.seen.append((self.command, self.path, self.headers.items(), received))
        path = self.path.split("?")[0]
        if path == "/echo":
            self.reply(200, received)
        elif path == "/large":
            self.reply(200, bytes(range(256)) * 4096)
        elif path.startswith("/status/"):
            code = int(path.removeprefix("/status/"))
            self.reply(code, b"" if code in (204, 304) else f"status {code}\n".encode())
        elif path == "/chunks":
            self.send_response(200)
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            for i in range(3):
                self.wfile.write(b"8\r\nchunk %d\n\r\n" % i)
                self.wfile.flush()
            self.wfile.write(b"0\r\n\r\n")
        elif path == "/together":
            # Nobody is answered before sixteen have come.
            try:
                self.server.together.wait(20)
                self.reply(200, b"together\n")
            except threading.BrokenBarrierError:
                self.reply(503, b"alone\n")
        elif path == "/short":
            # Promises more than it sends, then closes.
            self.send_response(200)
            self.send_header("Content-Length", "100")
            self.end_headers()
            self.wfile.write(b"only this")
            self.close_connection = True
        else:
            self.reply(200, b"upstream says hello\n")

    do_GET = do_POST = do_PUT = do_HEAD = do_DELETE = do_PATCH = do_OPTIONS = serve


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    # More than any test connects at once: what does not fit waits a second for its next SYN.
    request_queue_size = 128

    def handle_error(self, request, client_address):
        # Clients that go away are part of the tests.
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class Upstream:
    """A running upstream; a context manager."""

    def __enter__(self):
        self.server = Server(("127.0.0.1", 0), Handler)
        self.server.seen = []
        self.server.together = threading.Barrier(16)
        self.port = self.server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    @property
    def seen(self):
        """(method, path, fields, body) of each request so far."""
        return self.server.seen
