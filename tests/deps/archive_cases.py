"""Folders and archives as sources: `weir deps` beside `wit-deps`, over TLS, and when something is wrong."""

import gzip
import hashlib
import os
import pty
import select
import shutil
import signal
import subprocess
import tarfile
import threading
import time

from deps.archives import CLOCKS, CLOCKS_LATER, IO, link, repository, tar_gz, zip_of
from deps.project import Project, peer
from deps.servers import Authority, Files, cut_short, failing_first, redirect, serving


def run(suite):
    cases = Cases(suite.options.weir)
    for name in dir(cases):
        if name.startswith("case_"):
            suite.run(name.removeprefix("case_").replace("_", " "), getattr(cases, name))


class Cases:
    def __init__(self, weir):
        self.weir = weir

    def project(self, **files):
        return Project(self.weir, **files)

    def beside_peer(self, fill, manifest):
        """Both programs update equal projects; gives ours after checking that lock and tree are equal."""
        peer()
        with self.project() as theirs:
            ours = self.project()
            for project in (ours, theirs):
                fill(project)
                project.manifest(manifest)
            done = theirs.peer_run("update")
            assert done.returncode == 0, done.stderr
            ours.succeed("update")
            assert ours.lock() == theirs.lock(), f"ours:\n{ours.lock()}\ntheirs:\n{theirs.lock()}"
            assert ours.deps() == theirs.deps(), f"{ours.deps()}\n{theirs.deps()}"
            # Each accepts what the other wrote.
            for project in (ours, theirs):
                assert project.run("check").returncode == 0
                checked = project.peer_run("lock", "--check")
                assert checked.returncode == 0, checked.stderr
            return ours

    def case_folders_are_locked_byte_for_byte_as_wit_deps_does(self):
        def fill(project):
            project.write(
                shared__b_dot_wit="package a:b;\n", shared__a_dot_wit="interface i {}\n", shared__x_dot_txt="no",
                shared__UPPER_dot_WIT="interface u {}\n", shared__deps__io__io_dot_wit="package a:io;\n",
                shared__deps__empty__x_dot_md="no WIT", other__real="package o:o;\n",
            )  # fmt: skip
            (project.folder / "shared" / ("l" * 120 + ".wit")).write_text("interface l {}\n")
            (project.folder / "shared/deps/io/io.wit").chmod(0o755)
            (project.folder / "shared/deps/linked").symlink_to("io")
            (project.folder / "other/o.wit").symlink_to("real")
            (project.folder / "back\\slash").mkdir()
            (project.folder / "back\\slash/w.wit").write_text("package s:l;\n")

        project = self.beside_peer(
            fill,
            'shared = "../shared"\n"dotted.name" = { path = "../other" }\n"quo\\"te" = "../other"\n'
            "[literal]\npath = '../back\\slash'\n",
        )
        with project:
            assert "linked/io.wit*" in project.deps() and "empty/" in project.deps()

    def case_archives_are_locked_byte_for_byte_as_wit_deps_does(self):
        files = Files()
        files.answers["/pax.tar.gz"] = tar_gz(repository(), comment="0123456789abcdef")
        files.answers["/gnu.tar.gz"] = tar_gz(repository("x" * 120), form=tarfile.GNU_FORMAT)
        files.answers["/flat.tar.gz"] = tar_gz({"./wit/flat.wit": "package f:f;\n", "root.wit": "package f:f;\n"})
        files.answers["/mono%20repo.tar.gz"] = tar_gz(
            {"WASI-main/proposals/io/wit/io.wit": IO, "WASI-main/proposals/clocks/wit/c.wit": CLOCKS}
        )
        digest = hashlib.sha256(files.answers["/flat.tar.gz"]).hexdigest()
        with serving(files) as url:
            project = self.beside_peer(
                lambda project: None,
                f'pax = "{url}/pax.tar.gz"\nflat = {{ url = "{url}/flat.tar.gz", sha256 = "{digest}" }}\n'
                f'[mono]\nurl = "{url}/a/../mono repo.tar.gz"\nprefix = "WASI-main/proposals/io"\n',
            )
            project.__exit__()
            self.beside_peer(lambda project: None, f'gnu = "{url}/gnu.tar.gz"\n').__exit__()
            # A dependency that the manifest names is not taken from another's archive.
            pinned = self.beside_peer(
                lambda project: project.write(mine__io_dot_wit="package demo:io@0.2.0;\n"),
                f'clocks = "{url}/pax.tar.gz"\nio = "../mine"\n',
            )
            with pinned:
                assert pinned.deps()["io/io.wit"] == "package demo:io@0.2.0;\n"

    def case_zips_of_repositories_are_taken(self):
        files = Files()
        files.answers["/main.zip"] = zip_of({path: text[0] if isinstance(text, tuple) else text for path, text in repository().items()})
        with serving(files) as url, self.project() as project:
            project.manifest(f'clocks = "{url}/main.zip"\n')
            project.succeed("update")
            assert project.deps() == {"clocks/wall.wit": CLOCKS, "io/streams.wit": IO}, project.deps()

    def case_a_package_of_an_archive_comes_with_what_it_needs_alone(self):
        files = Files()
        files.answers["/all.tar.gz"] = tar_gz({
            "wit/main.wit": "package demo:main;\n", "wit/deps/clocks-2/c.wit": CLOCKS, "wit/deps/io/i.wit": IO,
            "wit/deps/clocks-3/c.wit": CLOCKS.replace("clocks@0.2.0", "clocks@0.3.0"), "wit/deps/x/x.wit": "package demo:x;\n",
        })  # fmt: skip
        with serving(files) as url, self.project() as project:
            project.manifest(f'clocks = {{ url = "{url}/all.tar.gz", package = "demo:clocks@0.2.0" }}\n')
            project.succeed("update")
            assert project.deps() == {"clocks/c.wit": CLOCKS, "io/i.wit": IO}, project.deps()
            project.succeed("check")
            project.manifest(f'clocks = {{ url = "{url}/all.tar.gz", package = "demo:clocks@0.4" }}\n')
            project.fail("update", says=["no demo:clocks@0.4", "demo:clocks@0.3.0", "demo:x"])

    def case_what_is_locked_needs_no_network(self):
        files = Files()
        files.answers["/c.tar.gz"] = tar_gz(repository())
        with self.project() as project:
            with serving(files) as url:
                project.manifest(f'clocks = "{url}/c.tar.gz"\n')
                project.succeed("update")
            before, lock = project.snapshot(), project.lock()
            project.succeed("lock", "--offline")
            assert project.snapshot() == before, "a lock that matches changes nothing"
            # From the cache, the server being gone.
            shutil.rmtree(project.wit / "deps")
            project.succeed("lock")
            assert project.lock() == lock and project.deps()["clocks/wall.wit"] == CLOCKS
            (project.wit / "deps/io/streams.wit").write_text("package changed:here;\n")
            assert project.run("check").returncode == 1
            project.succeed("lock", "--offline")
            assert project.deps()["io/streams.wit*"] == IO
            shutil.rmtree(project.wit / "deps")
            project.fail("lock", "--offline", "--no-cache", says=["`clocks`", "--offline forbids"])
            project.fail("lock", "--no-cache", says=["cannot download", "is the network there"])

    def case_what_is_locked_and_has_changed_is_refused_until_update(self):
        files = Files()
        files.answers["/c.tar.gz"] = tar_gz(repository())
        with serving(files) as url, self.project() as project:
            project.manifest(f'clocks = "{url}/c.tar.gz"\n')
            project.succeed("update")
            files.answers["/c.tar.gz"] = tar_gz(repository() | {"clocks-main/wit/wall.wit": CLOCKS_LATER})
            shutil.rmtree(project.wit / "deps/clocks")
            project.fail("lock", "--no-cache", says=["`clocks`", "not what deps.lock has", "weir deps update"])
            out = project.succeed("update")
            assert project.deps()["clocks/wall.wit"] == CLOCKS_LATER and "clocks" in out
            assert project.succeed("update").strip().endswith("is up to date")

    def case_https_certificates_are_checked(self):
        authority = Authority()
        try:
            files = Files()
            files.answers["/c.tar.gz"] = tar_gz(repository())
            right, wrong = authority.issue("right", "IP:127.0.0.1"), authority.issue("wrong", "DNS:elsewhere.example")
            with self.project() as project, serving(files, right) as url, serving(files, wrong) as other:
                project.manifest(f'clocks = "{url}/c.tar.gz"\n')
                project.fail("update", says=["cannot download", "ertificate", "--ca-file"])
                project.succeed("update", "--ca-file", authority.certificate)
                assert project.deps()["clocks/wall.wit"] == CLOCKS
                project.env["SSL_CERT_FILE"] = str(authority.certificate)
                project.succeed("update")
                project.manifest(f'clocks = "{other}/c.tar.gz"\n')
                project.fail("update", says=["cannot download", "ertificate"])
                project.fail("update", "--ca-file", "/nonexistent.pem", says=["cannot download"])
        finally:
            authority.close()

    def case_redirects_are_followed_but_never_out_of_tls(self):
        authority = Authority()
        try:
            plain, secure = Files(), Files()
            plain.answers["/c.tar.gz"] = secure.answers["/c.tar.gz"] = tar_gz(repository())
            with (
                self.project() as project, serving(plain) as plain_url,
                serving(secure, authority.issue("right", "IP:127.0.0.1")) as url,
            ):  # fmt: skip
                secure.answers["/there"] = redirect(f"{url}/c.tar.gz")
                secure.answers["/out"] = redirect(f"{plain_url}/c.tar.gz")
                secure.answers["/round"] = redirect("/round")
                plain.answers["/up"] = redirect(f"{url}/c.tar.gz")
                project.env["SSL_CERT_FILE"] = str(authority.certificate)
                for path in (f"{url}/there", f"{plain_url}/up"):
                    project.manifest(f'clocks = "{path}"\n')
                    project.succeed("update")
                for path in ("out", "round"):
                    project.manifest(f'clocks = "{url}/{path}"\n')
                    project.fail("update", says="cannot download")
                assert "/c.tar.gz" not in plain.requests
        finally:
            authority.close()

    def case_passing_trouble_is_tried_again_and_lasting_trouble_is_not(self):
        files, archive = Files(), tar_gz(repository())
        files.answers |= {
            "/busy": failing_first(2, 503, archive),
            "/down": failing_first(99, 503, archive),
            "/gone": failing_first(1, 410, archive),
        }
        with self.project() as project, serving(files) as url:
            project.manifest(f'clocks = "{url}/busy"\n')
            project.succeed("update", "--no-cache")
            assert files.requests == ["/busy"] * 3, files.requests
            for path, status, tries in (("/down", 503, 4), ("/gone", 410, 1)):
                files.requests.clear()
                project.manifest(f'clocks = "{url}{path}"\n')
                project.fail("update", "--no-cache", says=f"answered {status}")
                assert files.requests == [path] * tries, files.requests

    def case_a_failed_update_leaves_everything_as_it_was(self):
        files = Files()
        good = tar_gz(repository())
        bomb = gzip.compress(b"\0" * (200 << 20), 9)
        files.answers |= {
            "/good": good,
            "/cut": cut_short(good[: len(good) // 2]),
            "/half": good[: len(good) // 2],
            "/page": b"<html>Sign in</html>",
            "/empty": b"",
            "/nothing": tar_gz({"r/src/deep/x.wit": "package a:b;"}),
            "/up": tar_gz({"wit/a.wit": "package a:b;", "wit/../../../up.wit": "package up:up;"}),
            "/absolute": tar_gz({"wit/a.wit": "package a:b;", "/tmp/up.wit": "package up:up;"}),
            "/link": tar_gz({"wit/a.wit": link("wit/a.wit", "/etc/passwd")}),
            "/hard": tar_gz({"wit/a.wit": link("wit/a.wit", "/etc/passwd", tarfile.LNKTYPE)}),
            "/bomb": bomb,
            "/many": tar_gz({f"f{i}": "" for i in range(200_001)}),
            "/zipup": zip_of({"wit/a.wit": "package a:b;", "../up.wit": "package up:up;"}),
        }
        with serving(files) as url, self.project() as project:
            project.manifest(f'clocks = "{url}/good"\n')
            project.succeed("update")
            (project.wit / "deps/mine").mkdir()
            (project.wit / "deps/mine/x.wit").write_text("package by:hand;\n")
            for path, words in {
                "missing": "answered 404", "cut": "cannot download", "half": "ends too early", "page": "neither tar.gz nor zip",
                "empty": "neither tar.gz nor zip", "nothing": "set `prefix` to `r/src/deep`", "up": "would leave",
                "absolute": "absolute path", "link": "only regular files", "hard": "only regular files",
                "bomb": "more than an archive of its size should", "many": "more than 200000 entries", "zipup": "would leave",
            }.items():  # fmt: skip
                project.manifest(f'clocks = "{url}/good"\nz = "{url}/{path}"\n')
                project.fail("update", says=["`z`", words])
                project.fail("lock", says=["`z`", words])
            project.manifest(f'clocks = {{ url = "{url}/good", sha256 = "{"0" * 64}" }}\n')
            project.fail("update", says=["has changed", "0" * 64, hashlib.sha256(good).hexdigest()])
            project.manifest(f'clocks = {{ url = "{url}/good", sha512 = "{"0" * 128}" }}\n')
            project.fail("update", says="sha512")
            project.manifest('clocks = "http://127.0.0.1:1/x"\n')
            project.fail("update", says="is the network there")
            project.manifest("clocks = '../nowhere'\n")
            project.fail("update", says="is no folder")
            assert not list(project.folder.rglob("up.wit")) and not os.path.exists("/tmp/up.wit")

    def case_a_manifest_or_lock_that_is_wrong_is_shown_with_its_line(self):
        with self.project() as project:
            project.fail("update", says=["there is no", "deps.toml", "weir deps add"])
            project.manifest('a = "../a"\nb = 3\n')
            project.fail("update", says=["deps.toml:2", "`b`"])
            project.manifest('"../escape" = "../a"\n')
            project.fail("update", says="cannot be the name")
            project.manifest("")
            (project.wit / "deps.lock").write_text("[a]\nsha256 = '1'\n")
            project.fail("lock", says=["deps.lock:1", "weir deps update"])
            project.succeed("update")
            assert project.lock() == ""

    def case_two_that_bring_different_packages_of_one_name_are_refused(self):
        with self.project(
            one__a_dot_wit="package o:n;\n", one__deps__io__io_dot_wit="package a:io;\n",
            two__a_dot_wit="package t:w;\n", two__deps__io__io_dot_wit="package a:io@2.0.0;\n",
            mine__io_dot_wit="package a:io@3.0.0;\n",
        ) as project:  # fmt: skip
            project.manifest("one = '../one'\ntwo = '../two'\n")
            project.fail("update", says=["`two`", "another `io` than `one`", "add `io` to deps.toml"])
            project.manifest("one = '../one'\ntwo = '../two'\nio = '../mine'\n")
            project.succeed("update")
            assert project.deps()["io/io.wit"] == "package a:io@3.0.0;\n"

    def case_what_is_no_longer_asked_for_goes_and_what_others_put_there_stays(self):
        with self.project(
            one__a_dot_wit="package o:n;\n", one__deps__io__io_dot_wit="package a:io;\n", two__a_dot_wit="package t:w;\n"
        ) as project:
            project.manifest("one = '../one'\ntwo = '../two'\n")
            project.succeed("lock")
            project.write(wit__deps__by_hand__x_dot_wit="package by:hand;\n", wit__deps__two__README="kept")
            project.manifest("two = '../two'\n")
            differences = project.run("check")
            assert differences.returncode == 1 and "no longer needed" in differences.stdout_text
            out = project.succeed("lock")
            assert "removed" in out, out
            assert set(project.deps()) == {"by_hand/x.wit", "two/a.wit", "two/README"}, project.deps()
            done = project.run("check")
            assert done.returncode == 0 and "in wit/deps, but not from deps.toml: by_hand" in done.stderr_text

    def case_check_names_each_difference(self):
        with self.project(one__a_dot_wit="package o:n;\n", one__deps__io__io_dot_wit="package a:io;\n") as project:
            project.manifest("one = '../one'\n")
            assert "not locked" in project.fail("check", says="do not agree").stdout_text
            project.succeed("lock")
            project.succeed("check")
            shutil.rmtree(project.wit / "deps/io")
            (project.wit / "deps/one/a.wit").write_text("package o:n2;\n")
            out = project.fail("check", says="weir deps lock").stdout_text
            assert "io   missing" in out and "one  modified" in out, out
            project.succeed("lock")
            project.write(one__a_dot_wit="package o:n3;\n")
            assert "changed at its source" in project.fail("check", says="do not agree").stdout_text
            project.succeed("update")
            project.succeed("check")
            project.fail("lock", "--check", "nowhere", says="there is no")

    def case_add_writes_the_manifest_and_fetches(self):
        files = Files()
        files.answers["/c.tar.gz"] = tar_gz(repository())
        with serving(files) as url, self.project(one__a_dot_wit="package o:n;\n") as project:
            project.wit.rmdir()
            assert project.run("add", "x", f"{url}/missing").returncode == 1 and not project.wit.exists()
            project.succeed("add", "one", "../one")
            project.succeed("add", "clocks", f"{url}/c.tar.gz", "--sha256", hashlib.sha256(files.answers["/c.tar.gz"]).hexdigest())
            assert set(project.deps()) == {"one/a.wit", "clocks/wall.wit", "io/streams.wit*"}, project.deps()
            assert (project.wit / "deps.toml").read_text().startswith('one = "../one"\n\n[clocks]\nurl = ')
            project.fail("add", "one", "../one", says=["deps.toml:1", "is there already"])
            project.fail("add", "more", f"{url}/missing", says="404")
            project.fail("add", "justname", says=["wasi:http@0.2.12"])
            project.fail("add", "a/b", "../one", says="cannot be the name")
            project.succeed("check")

    def case_a_folder_is_found_by_name_or_through_the_project(self):
        with self.project(one__a_dot_wit="package o:n;\n") as project:
            project.manifest("one = '../one'\n")
            project.succeed("update", project.folder)
            shutil.rmtree(project.wit / "deps")
            project.succeed("update", project.wit)
            project.write(m_dot_toml="one = 'one'\n")
            project.succeed("update", "-m", "m.toml", "-l", "m.lock", "-d", "out")
            assert (project.folder / "out/one/a.wit").exists() and 'path = "one"' in (project.folder / "m.lock").read_text()

    def case_wrong_usage_ends_with_status_two(self):
        with self.project() as project:
            for words in ([], ["fly"], ["update", "--nope"], ["add"], ["update", "a", "b"]):
                done = project.run(*words)
                assert done.returncode == 2 and done.stderr_text.startswith("weir: "), (words, done.stderr_text)
            done = project.run("update", "--help")
            assert done.returncode == 0 and "--ca-file" in done.stdout_text
            assert "wasi:http@0.2.12" in project.run("--help").stdout_text

    def case_two_at_once_take_turns(self):
        files = Files()
        archive = tar_gz(repository())

        def slow(handler):
            time.sleep(0.5)
            handler.send_response(200)
            handler.send_header("Content-Length", str(len(archive)))
            handler.end_headers()
            handler.wfile.write(archive)

        files.answers["/c.tar.gz"] = slow
        with serving(files) as url, self.project() as project:
            project.manifest(f'clocks = "{url}/c.tar.gz"\n')
            both = [project.start("update") for _ in range(2)]
            texts = [process.communicate(timeout=60) for process in both]
            assert [process.returncode for process in both] == [0, 0], texts
            assert any("waiting for another" in err for _, err in texts), texts
            project.succeed("check")

    def case_a_killed_update_changes_nothing_and_the_next_one_cleans_up(self):
        files = Files()
        archive = tar_gz(repository())
        asked, go_on = threading.Event(), threading.Event()

        def stuck(handler):
            handler.send_response(200)
            handler.send_header("Content-Length", str(len(archive)))
            handler.end_headers()
            handler.wfile.write(archive[:50])
            asked.set()
            go_on.wait(60)

        files.answers |= {"/good": archive, "/stuck": stuck}
        with serving(files) as url, self.project() as project:
            project.manifest(f'clocks = "{url}/good"\n')
            project.succeed("update")
            project.manifest(f'clocks = "{url}/good"\nmore = "{url}/stuck"\n')
            before = project.snapshot()
            process = project.start("update")
            assert asked.wait(60)
            process.send_signal(signal.SIGKILL)
            process.communicate(timeout=60)
            go_on.set()
            assert project.snapshot() == before
            # What one that was killed while it built would leave.
            (project.wit / ".weir-deps-abandoned").mkdir()
            project.manifest(f'clocks = "{url}/good"\nmore = "{url}/good"\n')
            project.succeed("update")
            assert sorted(path.name for path in project.wit.iterdir()) == ["deps", "deps.lock", "deps.toml"]

    def case_downloads_show_progress_on_a_terminal_alone(self):
        files = Files()
        body = tar_gz(repository() | {"big": os.urandom(300_000).hex()})

        def in_pieces(handler):
            handler.send_response(200)
            handler.send_header("Content-Length", str(len(body)))
            handler.end_headers()
            for at in range(0, len(body), 50_000):
                handler.wfile.write(body[at : at + 50_000])
                time.sleep(0.3)

        files.answers["/c.tar.gz"] = in_pieces
        with serving(files) as url, self.project() as project:
            project.manifest(f'clocks = "{url}/c.tar.gz"\n')
            assert "%" not in project.run("update").stderr_text
            ours, theirs = pty.openpty()
            process = subprocess.Popen(
                [self.weir, "deps", "update"], cwd=project.folder, env=project.env, stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL, stderr=theirs,
            )  # fmt: skip
            os.close(theirs)
            shown = b""
            deadline = time.monotonic() + 60
            while time.monotonic() < deadline and select.select([ours], [], [], 60)[0]:
                try:
                    piece = os.read(ours, 4096)
                except OSError:
                    break
                if not piece:
                    break
                shown += piece
            os.close(ours)
            assert process.wait(60) == 0
            assert b"/c.tar.gz  " in shown and b"% of " in shown, shown
