"""The reverse proxy in front of nginx and behind it."""

import contextlib
import os
import pathlib
import shutil
import socket
import subprocess
import tempfile
import time

from harness.proxy import Proxy, fetched, status_of
from harness.suite import Skip
from harness.upstream import Upstream


@contextlib.contextmanager
def nginx(server):
    """A running nginx with this server block; gives (port, folder of its files)."""
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if not program:
        raise Skip("nginx is not installed")
    with tempfile.TemporaryDirectory() as folder, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        files = pathlib.Path(folder) / "files"
        files.mkdir()
        pathlib.Path(folder).chmod(0o755)
        configuration = pathlib.Path(folder) / "nginx.conf"
        user = "user root;" if os.geteuid() == 0 else ""
        configuration.write_text(
            f"{user} worker_processes 1; daemon off; pid {folder}/pid; error_log {folder}/error.log;\n"
            f"events {{}}\nhttp {{ access_log off; client_body_temp_path {folder}/b; proxy_temp_path {folder}/p;\n"
            f"fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;\n"
            f"server {{ listen 127.0.0.1:{port}; {server.format(folder=files)} }} }}\n"
        )
        process = subprocess.Popen([program, "-c", str(configuration), "-p", folder], stderr=subprocess.PIPE)
        try:
            deadline = time.monotonic() + 20
            while socket.socket().connect_ex(("127.0.0.1", port)) != 0:
                assert process.poll() is None and time.monotonic() < deadline, process.stderr.read()
                time.sleep(0.05)
            yield port, files
        finally:
            process.terminate()
            process.wait(20)


def run(suite):
    weir = suite.options.weir

    def in_front_of_nginx():
        with nginx("root {folder}; gzip on; gzip_types *; gzip_min_length 1;") as (port, folder):
            large = os.urandom(3_000_000)
            (folder / "large.bin").write_bytes(large)
            (folder / "text.txt").write_text("hello " * 1000)
            with Proxy(weir, f"http://127.0.0.1:{port}") as proxy:
                direct = f"http://127.0.0.1:{port}"
                assert fetched(f"{proxy.url}/large.bin") == large
                assert fetched("--compressed", f"{proxy.url}/text.txt") == b"hello " * 1000
                assert fetched("-r", "10-19", f"{proxy.url}/large.bin") == large[10:20]
                for arguments in (
                    ["/text.txt"], ["/none"], ["-I", "/large.bin"], ["-r", "0-3", "/text.txt"], ["-X", "POST", "/text.txt"],
                    ["-H", "Accept-Encoding: gzip", "-I", "/text.txt"], ["-H", "If-Modified-Since: Fri, 01 Jan 2100 00:00:00 GMT", "/text.txt"],
                ):  # fmt: skip
                    *more, path = arguments
                    assert status_of(*more, proxy.url + path) == status_of(*more, direct + path), arguments

    def behind_nginx():
        with Upstream() as upstream, Proxy(weir, upstream.url) as proxy:
            block = (
                f"location / {{{{ proxy_pass http://127.0.0.1:{proxy.port}; proxy_http_version 1.1;"
                ' proxy_set_header Connection ""; client_max_body_size 0; }}'
            )
            with nginx(block) as (port, _):
                url = f"http://127.0.0.1:{port}"
                content = os.urandom(1_000_000)
                with tempfile.NamedTemporaryFile() as file:
                    file.write(content)
                    file.flush()
                    assert fetched("--data-binary", f"@{file.name}", f"{url}/echo") == content
                assert fetched(f"{url}/chunks") == b"chunk 0\nchunk 1\nchunk 2\n"
                for status in (200, 204, 304, 404, 500):
                    assert status_of(f"{url}/status/{status}") == status

    suite.run("nginx as the upstream", in_front_of_nginx)
    suite.run("nginx as the client", behind_nginx)
