"""An HTTP/1.1 client on raw sockets that tells a complete message from one that was cut off.

It reads strictly what RFC 9112 says and knows nothing else: no redirects, no retries. A server that stays silent raises
TimeoutError after the connection's guard.
"""

import socket

GUARD_SECONDS = 10


class Reply:
    """A response. `complete` is False when the connection ended before the message did."""

    def __init__(self, status, fields):
        self.status, self.fields = status, fields
        self.body, self.trailers, self.complete = b"", [], False

    def header(self, name):
        """The first value of a field, or None."""
        return next((value for key, value in self.fields if key.lower() == name.lower()), None)

    @property
    def text(self):
        return self.body.decode("utf-8", "replace")

    def __repr__(self):
        return f"<{self.status}, {len(self.body)} bytes{'' if self.complete else ', cut off'}: {self.body[:200]!r}>"


class Cut(Exception):
    """The connection ended where the message did not."""


class Connection:
    """One connection; usable as a context manager. Requests may be sent in pieces."""

    def __init__(self, port, guard=GUARD_SECONDS):
        self.port = port
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=guard)
        self.buffer = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    # ---- sending

    def send(self, data):
        self.socket.sendall(data)

    def send_head(self, method, target, fields=()):
        lines = [f"{method} {target} HTTP/1.1"]
        if not any(name.lower() == "host" for name, _ in fields):
            lines.append(f"Host: 127.0.0.1:{self.port}")
        lines += [f"{name}: {value}" for name, value in fields]
        self.send("".join(f"{line}\r\n" for line in lines + [""]).encode("latin-1"))

    def send_chunk(self, data):
        self.send(b"%x\r\n%s\r\n" % (len(data), data))

    def send_last_chunk(self, trailers=()):
        self.send(b"0\r\n" + b"".join(f"{name}: {value}\r\n".encode() for name, value in trailers) + b"\r\n")

    # ---- receiving

    def more(self):
        try:
            data = self.socket.recv(65536)
        except ConnectionError as error:
            raise Cut from error
        if not data:
            raise Cut
        self.buffer += data

    def take(self, size):
        while len(self.buffer) < size:
            self.more()
        data, self.buffer = self.buffer[:size], self.buffer[size:]
        return data

    def line(self):
        while b"\n" not in self.buffer:
            self.more()
        line, self.buffer = self.buffer.split(b"\n", 1)
        assert line.endswith(b"\r"), f"a line without CR: {line!r}"
        return line[:-1].decode("latin-1")

    def read_fields(self):
        fields = []
        while line := self.line():
            name, colon, value = line.partition(":")
            assert colon, f"no field line: {line!r}"
            fields.append((name, value.strip(" \t")))
        return fields

    def read_head(self):
        """The next final response's head; the body is still to be read."""
        while True:
            version, status, *_ = self.line().split(" ", 2)
            assert version in ("HTTP/1.1", "HTTP/1.0"), version
            fields = self.read_fields()
            if int(status) >= 200:
                return Reply(int(status), fields)

    def read_chunk(self):
        """One chunk of a chunked body; b"" is the last."""
        size = int(self.line().split(";")[0], 16)
        if size == 0:
            return b""
        data = self.take(size)
        assert self.take(2) == b"\r\n"
        return data

    def read_body(self, reply, method="GET"):
        try:
            if method == "HEAD" or reply.status in (204, 304):
                pass
            elif "chunked" in (reply.header("transfer-encoding") or "").lower():
                while chunk := self.read_chunk():
                    reply.body += chunk
                reply.trailers = self.read_fields()
            elif (length := reply.header("content-length")) is not None:
                while len(reply.body) < int(length):
                    if not self.buffer:
                        self.more()
                    part, self.buffer = (
                        self.buffer[: int(length) - len(reply.body)],
                        self.buffer[int(length) - len(reply.body) :],
                    )
                    reply.body += part
            else:
                self.read_until_close(reply)
            reply.complete = True
        except Cut:
            # What arrived of the last piece counts as seen.
            self.buffer = b""
        return reply

    def read_until_close(self, reply):
        """A body that only the end of the connection delimits: an orderly end completes it, a reset does not."""
        while True:
            reply.body, self.buffer = reply.body + self.buffer, b""
            try:
                data = self.socket.recv(65536)
            except ConnectionError as error:
                raise Cut from error
            if not data:
                return
            self.buffer = data

    def read_reply(self, method="GET"):
        return self.read_body(self.read_head(), method)

    def exchange(self, method, target, fields=(), body=None):
        """A whole request and its response on this connection."""
        fields = list(fields)
        if body is not None:
            fields.append(("Content-Length", str(len(body))))
        self.send_head(method, target, fields)
        if body is not None:
            self.send(body)
        return self.read_reply(method)


def request(port, target, method="GET", fields=(), body=None, guard=GUARD_SECONDS):
    """One request on a connection of its own."""
    with Connection(port, guard) as connection:
        return connection.exchange(method, target, [*fields, ("Connection", "close")], body)
