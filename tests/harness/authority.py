"""Certificates that a test makes for itself, by the program openssl."""

import pathlib
import shutil
import subprocess
import tempfile


class Authority:
    """A certificate authority in a folder of its own; a context manager."""

    def __enter__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="weir-ca-"))
        self.file, self.key = self.folder / "ca.pem", self.folder / "ca.key"
        self.count = 0
        self.openssl(
            "req", "-x509", *self.new_key("ec"), "-keyout", self.key, "-out", self.file, "-days", "2",
            "-subj", "/CN=authority", "-addext", "basicConstraints=critical,CA:TRUE",
        )  # fmt: skip
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.folder, ignore_errors=True)

    @staticmethod
    def new_key(kind):
        if kind == "rsa":
            return ["-newkey", "rsa:2048", "-nodes"]
        return ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]

    @staticmethod
    def openssl(*arguments):
        done = subprocess.run(["openssl", *map(str, arguments)], capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr

    def issue(self, name, names="DNS:localhost,IP:127.0.0.1", kind="ec", expired=False):
        """(certificate, key) files for the names, signed by the authority."""
        self.count += 1
        base = self.folder / f"{self.count}"
        key, request, extensions, made = (base.with_suffix(s) for s in (".key", ".csr", ".ext", ".pem"))
        self.openssl("req", *self.new_key(kind), "-keyout", key, "-out", request, "-subj", f"/CN={name}")
        extensions.write_text(f"subjectAltName={names}\n")
        if expired:
            # What `x509 -req` cannot do: an end in the past.
            database = self.folder / f"{self.count}.db"
            database.write_text("")
            settings = self.folder / f"{self.count}.cnf"
            settings.write_text(
                f"[ca]\ndefault_ca=a\n[a]\ndatabase={database}\nnew_certs_dir={self.folder}\nrand_serial=yes\n"
                f"default_md=sha256\npolicy=p\n[p]\ncommonName=supplied\n"
            )
            self.openssl(
                "ca", "-batch", "-notext", "-config", settings, "-in", request, "-out", made, "-cert", self.file, "-keyfile",
                self.key, "-startdate", "20200101000000Z", "-enddate", "20200102000000Z", "-extfile", extensions,
            )  # fmt: skip
        else:
            self.openssl(
                "x509", "-req", "-in", request, "-CA", self.file, "-CAkey", self.key, "-CAcreateserial", "-days", "2",
                "-extfile", extensions, "-out", made,
            )  # fmt: skip
        return made, key
