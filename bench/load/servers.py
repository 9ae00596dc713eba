"""The servers that are measured, each started on a free port, pinned, and stopped again."""

import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time

from load.process import wait_until

SERVING = re.compile(rb"Serving HTTP on https?://[^/]*:(\d+)/")
START_GUARD_SECONDS = 120
NGINX_PORT = 18980
NGINX_CONF = """
daemon off;
worker_processes 1;
pid {folder}/pid;
error_log {folder}/error.log;
events {{ worker_connections 4096; }}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  keepalive_requests 1000000000;
  {servers}
}}
"""
HELLO = """
  server {{
    listen 127.0.0.1:{port}{how};
    location / {{ default_type text/plain; return 200 "Hello from nginx!\\n"; }}
  }}
"""
PASSING_ON = """
  upstream behind {{ server 127.0.0.1:{upstream}; keepalive 256; keepalive_requests 1000000000; }}
  server {{
    listen 127.0.0.1:{port};
    location / {{ proxy_pass http://behind; proxy_http_version 1.1; proxy_set_header Connection ""; }}
  }}
"""


class Failed(Exception):
    """The server does not serve; the message says how it ended."""


class Running:
    """A started server; a context manager. `folder` is the server's own and is removed when it stops."""

    scheme = "http"

    def __init__(self, command, cores, port=None, env=None, folder=None):
        self.output = b""
        self.folder = folder
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=env,
            preexec_fn=lambda: os.sched_setaffinity(0, cores),
        )  # fmt: skip
        self.port, self.told_port = port, port is not None
        self.drainer = threading.Thread(target=self.drain, daemon=True)
        self.drainer.start()
        if not wait_until(lambda: self.process.poll() is not None or self.ready(), START_GUARD_SECONDS, 0.001) or (
            self.process.poll() is not None
        ):
            self.stop()
            raise Failed(f"{command[0]} does not serve: {self.output[-300:].decode(errors='replace')}")

    def drain(self):
        for line in self.process.stderr:
            self.output = (self.output + line)[-10000:]
            if self.port is None and (found := SERVING.search(line)):
                self.port = int(found[1])

    def ready(self):
        if self.port is None:
            return False
        if not self.told_port:
            return True
        try:
            socket.create_connection(("127.0.0.1", self.port), 1).close()
            return True
        except OSError:
            return False

    @property
    def pid(self):
        return self.process.pid

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        if self.folder:
            shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


def start_nginx(servers, cores, port):
    folder = tempfile.mkdtemp(prefix="weir-bench-")
    os.chmod(folder, 0o755)
    conf = pathlib.Path(folder) / "nginx.conf"
    conf.write_text(NGINX_CONF.format(folder=folder, servers=servers))
    return Running(["nginx", "-p", folder, "-c", str(conf)], cores, port, folder=folder)


class Nginx:
    """`return 200`; with `files`, a certificate and its key, over TLS."""

    def __init__(self, files=None):
        self.files = files

    def start(self, cores):
        how = f" ssl; ssl_certificate {self.files[0]}; ssl_certificate_key {self.files[1]}" if self.files else ""
        running = start_nginx(HELLO.format(port=NGINX_PORT, how=how), cores, NGINX_PORT)
        if self.files:
            running.scheme = "https"
        return running


class Native:
    """A handler in C++, without any WebAssembly."""

    def __init__(self, weir, threads=1):
        program = pathlib.Path(weir).parent / "native_hello"
        self.command = [str(program), "127.0.0.1:0", str(threads)]
        self.missing = None if os.access(program, os.X_OK) else f"{program} is not built"

    def start(self, cores):
        return Running(self.command, cores)


class InFront:
    """A proxy whose upstream is nginx, which shares the load's processor. What is measured is the proxy."""

    def start(self, cores):
        upstream = Nginx().start(set(os.sched_getaffinity(0)) - cores or cores)
        try:
            running = self.start_proxy(cores)
        except BaseException:
            upstream.stop()
            raise
        stop = running.stop
        running.stop = lambda: (stop(), upstream.stop())
        return running


class NginxProxy(InFront):
    def start_proxy(self, cores):
        port = NGINX_PORT + 1
        return start_nginx(PASSING_ON.format(port=port, upstream=NGINX_PORT), cores, port)


class WeirProxy(InFront):
    def __init__(self, program):
        self.program = program

    def start_proxy(self, cores):
        upstream = f"http://127.0.0.1:{NGINX_PORT}"
        return Running([self.program, "proxy", upstream, "--addr", "127.0.0.1:0", "--threads", "1"], cores)


class Weir:
    """`weir serve`; with `files`, a certificate and its key, over TLS."""

    def __init__(self, program, app, flags=(), threads=1, files=None):
        self.command = [program, "serve", "--addr", "127.0.0.1:0", "--threads", str(threads), *flags, app]
        self.files = files
        if files:
            self.command += ["--tls-cert", str(files[0]), "--tls-key", str(files[1])]

    def start(self, cores):
        running = Running(self.command, cores)
        if self.files:
            running.scheme = "https"
        return running


class Wasmtime:
    # What its pooling allocator can be told by hand: scan for dirty pages, keep slots resident.
    TUNED = [
        "-O", "pooling-pagemap-scan=y",
        "-O", "pooling-memory-keep-resident=16777216",
        "-O", "pooling-table-keep-resident=1048576",
        "-O", "pooling-async-stack-keep-resident=65536",
    ]  # fmt: skip

    def __init__(self, program, app, tuned):
        self.command = [program, "serve", "-Scli", "--addr", "127.0.0.1:0", *(self.TUNED if tuned else []), app]

    def start(self, cores):
        return Running(self.command, cores)
