"""A real OCI registry (`docker-registry`), what `wkg publish` does to it, and a server of tokens for it."""

import base64
import contextlib
import crypt
import hashlib
import json
import pathlib
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

from harness.suite import Skip

START_GUARD_SECONDS = 60
PACKAGES = pathlib.Path(__file__).resolve().parent / "packages"


def digest_of(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


class Registry:
    """A running registry. `auth`: None, "basic" (user `weir`, password `secret`) or a TokenServer's section of the
    configuration."""

    def __init__(self, certificate=None, auth=None):
        self.program = shutil.which("docker-registry")
        if not self.program:
            raise Skip("there is no docker-registry")
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="weir-registry-"))
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.host = f"127.0.0.1:{self.port}"
        self.base = f"http{'s' if certificate else ''}://{self.host}"
        config = {
            "version": 0.1,
            "log": {"level": "error"},
            "storage": {"filesystem": {"rootdirectory": str(self.folder / "data")}},
            "http": {"addr": self.host},
        }
        if certificate:
            config["http"]["tls"] = {"certificate": str(certificate[0]), "key": str(certificate[1])}
        self.headers = {}
        if auth == "basic":
            hashed = crypt.crypt("secret", crypt.mksalt(crypt.METHOD_BLOWFISH, rounds=16))
            (self.folder / "htpasswd").write_text(f"weir:{hashed}\n")
            config["auth"] = {"htpasswd": {"realm": "test", "path": str(self.folder / "htpasswd")}}
            self.headers["Authorization"] = "Basic " + base64.b64encode(b"weir:secret").decode()
        elif auth:
            config["auth"] = {"token": auth}
        # YAML takes JSON as it is.
        (self.folder / "config.yml").write_text(json.dumps(config))
        self.process = None

    def __enter__(self):
        self.log = open(self.folder / "log", "wb")
        self.process = subprocess.Popen(
            [self.program, "serve", str(self.folder / "config.yml")], stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log
        )
        deadline = time.monotonic() + START_GUARD_SECONDS
        while time.monotonic() < deadline:
            assert self.process.poll() is None, (self.folder / "log").read_text()
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 5):
                return self
            time.sleep(0.05)
        raise AssertionError("the registry does not start")

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _send(self, method, url, body=None, context=None, **headers):
        request = urllib.request.Request(
            urllib.parse.urljoin(self.base, url), data=body, method=method, headers=self.headers | headers
        )
        with urllib.request.urlopen(request, timeout=60, context=context) as response:
            return response.headers

    def push_blob(self, repository, data, context=None):
        location = self._send("POST", f"/v2/{repository}/blobs/uploads/", b"", context)["Location"]
        separator = "&" if "?" in location else "?"
        self._send(
            "PUT", location + separator + "digest=" + digest_of(data), data, context, **{"Content-Type": "application/octet-stream"}
        )

    def push(self, repository, tag, wasm, media_type="application/wasm", context=None):
        """What `wkg publish` makes of a package."""
        config = json.dumps({
            "created": "2026-01-01T00:00:00Z", "architecture": "wasm", "os": "wasip2", "layerDigests": [digest_of(wasm)],
        }).encode()  # fmt: skip
        for data in (config, wasm):
            self.push_blob(repository, data, context)
        manifest = json.dumps({
            "schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "config": {"mediaType": "application/vnd.wasm.config.v0+json", "digest": digest_of(config), "size": len(config)},
            "layers": [{"mediaType": media_type, "digest": digest_of(wasm), "size": len(wasm)}],
        }).encode()  # fmt: skip
        self._send(
            "PUT", f"/v2/{repository}/manifests/{tag}", manifest, context,
            **{"Content-Type": "application/vnd.oci.image.manifest.v1+json"},
        )  # fmt: skip
        return digest_of(manifest)

    def publish(self, name, package, version, prefix="", context=None):
        """Pushes packages/NAME.wasm as NS:PKG of a version."""
        repository = prefix + package.replace(":", "/")
        return self.push(repository, version, (PACKAGES / f"{name}.wasm").read_bytes(), context=context)

    def tamper(self, data):
        """Changes a blob on the registry's disk, so that it serves other bytes of the same length."""
        digest = digest_of(data).removeprefix("sha256:")
        path = self.folder / "data/docker/registry/v2/blobs/sha256" / digest[:2] / digest / "data"
        path.write_bytes(bytes([data[0] ^ 1]) + data[1:])


class TokenServer:
    """Signs tokens for a registry as its configuration says (the Docker token specification)."""

    ISSUER = "test-issuer"
    SERVICE = "test registry"

    def __init__(self, authority):
        self.certificate, self.key = authority.issue("tokens", "DNS:tokens.example")
        self.authority = authority
        self.asked = []

    def section(self, realm):
        """The `token` section of the registry's configuration."""
        return {
            "realm": realm, "service": self.SERVICE, "issuer": self.ISSUER, "rootcertbundle": str(self.authority.certificate),
        }  # fmt: skip

    def token(self, repository, actions):
        def encode(data):
            return base64.urlsafe_b64encode(data).rstrip(b"=")

        pem = self.certificate.read_text().split("-----")[2].replace("\n", "")
        now = int(time.time())
        header = encode(json.dumps({"typ": "JWT", "alg": "ES256", "x5c": [pem]}).encode())
        claims = encode(json.dumps({
            "iss": self.ISSUER, "sub": "", "aud": self.SERVICE, "exp": now + 300, "nbf": now - 60, "iat": now, "jti": "1",
            "access": [{"type": "repository", "name": repository, "actions": actions}],
        }).encode())  # fmt: skip
        signed = subprocess.run(
            ["openssl", "dgst", "-sha256", "-sign", str(self.key)], input=header + b"." + claims, capture_output=True, check=True
        ).stdout
        return (header + b"." + claims + b"." + encode(self._raw(signed))).decode()

    @staticmethod
    def _raw(der):
        """r and s of a signature in DER, 32 bytes each."""
        at, out = 2, b""
        for _ in range(2):
            size = der[at + 1]
            out += der[at + 2 : at + 2 + size].lstrip(b"\0").rjust(32, b"\0")
            at += 2 + size
        return out

    def answer(self, handler):
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(handler.path).query)
        self.asked.append((query, handler.headers.get("Authorization")))
        scope = query.get("scope", ["repository::pull"])[0].split(":")
        allowed = query.get("service") == [self.SERVICE] and "secret" not in scope[1]
        body = json.dumps({"token": self.token(scope[1], ["pull"])} if allowed else {"errors": []}).encode()
        handler.send_response(200 if allowed else 403)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)
