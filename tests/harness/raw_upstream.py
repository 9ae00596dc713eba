"""An upstream that is scripted byte by byte."""

import contextlib
import socket
import threading


class RawUpstream:
    """`serve(connection)` runs on a thread for each connection, a socket with a guard of 20 s. A context manager."""

    def __init__(self, serve):
        self.serve = serve
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.connections = 0

    def accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self.handle, args=(connection,), daemon=True).start()

    def handle(self, connection):
        connection.settimeout(20)
        with contextlib.suppress(OSError), connection:
            self.serve(connection)

    def __enter__(self):
        threading.Thread(target=self.accept, daemon=True).start()
        return self

    def __exit__(self, *_):
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()


def read_until(connection, mark):
    """Everything up to and with `mark`, and what came with it; what there was when the peer closed."""
    data = b""
    while mark not in data:
        part = connection.recv(65536)
        if not part:
            break
        data += part
    return data


def read_head(connection):
    return read_until(connection, b"\r\n\r\n")


def converse(port, text, until=None, guard=20):
    """Sends `text` and returns what comes back: up to `until`, or to the end of the connection."""
    with socket.create_connection(("127.0.0.1", port), guard) as connection:
        connection.sendall(text)
        if until is not None:
            return read_until(connection, until)
        data = b""
        while part := connection.recv(65536):
            data += part
        return data
