"""Packages of an OCI registry, as `wkg` publishes them."""

import shutil
import ssl

from deps.project import Project
from deps.registry import PACKAGES, Registry, TokenServer
from deps.servers import Authority, Files, serving


def run(suite):
    cases = Cases(suite.options.weir)
    for name in dir(cases):
        if name.startswith("case_"):
            suite.run("registry: " + name.removeprefix("case_").replace("_", " "), getattr(cases, name))


def publish_all(registry, prefix="", context=None):
    registry.publish("io", "demo:io", "0.2.0", prefix, context)
    registry.publish("io-later", "demo:io", "0.2.1", prefix, context)
    registry.publish("clocks", "demo:clocks", "0.2.0", prefix, context)
    return registry.publish("http", "demo:http", "0.2.0", prefix, context)


class Cases:
    def __init__(self, weir):
        self.weir = weir

    def project(self, manifest):
        project = Project(self.weir)
        project.manifest(manifest)
        return project

    def case_a_package_comes_as_text_with_what_it_needs(self):
        with Registry() as registry, self.project('http = "demo:http@0.2.0"\nclocks = "demo:clocks@0.2.0"\n') as project:
            digest = publish_all(registry, "web/")
            out = project.succeed("update", "--registry", f"{registry.base}/web")
            assert "demo:http@0.2.0 of" in out, out
            deps = project.deps()
            assert set(deps) == {"http/package.wit", "clocks/package.wit", "demo-io-0.2.0/package.wit"}, deps
            assert deps["http/package.wit"].startswith("package demo:http@0.2.0;") and "world service" in deps["http/package.wit"]
            # All of it and its docs, not only what the others use of it.
            assert "interface poll" in deps["demo-io-0.2.0/package.wit"] and "/// How many." in deps["demo-io-0.2.0/package.wit"]
            lock = project.lock()
            assert f'[http]\npackage = "demo:http@0.2.0"\nregistry = "{registry.base}/web"\nmanifest = "{digest}"\n' in lock, lock
            assert 'deps = ["demo-io-0.2.0"]' in lock
            project.succeed("check")
            before = project.snapshot()
            project.succeed("lock", "--offline")
            assert project.snapshot() == before
            # Without what is kept, all of it can be fetched again as it was locked.
            shutil.rmtree(project.wit / "deps")
            project.succeed("lock", "--no-cache", "--registry", f"{registry.base}/web")
            assert project.deps() == deps and project.lock() == lock

    def case_a_version_may_be_left_open_and_stays_as_it_was_locked(self):
        with Registry() as registry, self.project('io = "demo:io@0.2"\n') as project:
            registry.publish("io", "demo:io", "0.2.0")
            registry.publish("io", "demo:io", "latest")
            project.succeed("update", "--registry", registry.base)
            assert "demo:io@0.2.0" in project.lock()
            registry.publish("io-later", "demo:io", "0.2.1")
            shutil.rmtree(project.wit / "deps")
            project.succeed("lock", "--no-cache", "--registry", registry.base)
            assert "demo:io@0.2.0" in project.lock() and "demo:io@0.2.0;" in project.deps()["io/package.wit"]
            project.succeed("update", "--registry", registry.base)
            assert "demo:io@0.2.1" in project.lock() and "demo:io@0.2.1;" in project.deps()["io/package.wit"]
            project.manifest('io = "demo:io@0.3"\n')
            project.fail("update", "--registry", registry.base, says=["`io`", "no version that fits"])

    def case_what_the_manifest_has_is_not_brought_twice(self):
        with Registry() as registry, self.project('http = "demo:http@0.2.0"\n') as project:
            publish_all(registry)
            project.succeed("update", "--registry", registry.base)
            assert "demo-io-0.2.0/package.wit" in project.deps()
            project.succeed("add", "demo:io@0.2.0", "--registry", registry.base)
            assert set(project.deps()) == {"http/package.wit", "io/package.wit"}, project.deps()
            assert f'[io]\npackage = "demo:io@0.2.0"\nregistry = "{registry.base}"' in (project.wit / "deps.toml").read_text()
            project.succeed("check")

    def case_a_url_names_registry_and_package(self):
        with Registry() as registry, self.project("") as project:
            publish_all(registry)
            publish_all(registry, "web/")
            config = project.folder / "config.toml"
            config.write_text(f'[registry."{registry.host}".oci]\nprotocol = "http"\n')
            project.manifest(f'io = "oci://{registry.host}/demo/io:0.2.0"\n')
            project.succeed("update", "--config", config)
            assert "demo:io@0.2.0;" in project.deps()["io/package.wit"]
            assert f'registry = "{registry.base}"' in project.lock(), project.lock()
            project.succeed("add", "http", f"oci://{registry.host}/web/demo/http:0.2.0", "--config", config)
            assert f'registry = "{registry.base}/web"' in project.lock(), project.lock()
            project.succeed("check")
            project.manifest(f'io = "oci://{registry.host}/io:0.2.0"\n')
            project.fail("update", "--config", config, says=["`io`", "oci://HOST/NS/NAME:VERSION"])

    def case_what_its_registry_does_not_have_is_taken_from_the_package_itself(self):
        with Registry() as registry, self.project('http = "demo:http@0.2.0"\n') as project:
            registry.publish("http", "demo:http", "0.2.0")
            project.succeed("update", "--registry", registry.base)
            assert "interface streams" in project.deps()["demo-io-0.2.0/package.wit"]

    def case_changed_bytes_and_other_packages_are_refused(self):
        with Registry() as registry, self.project('io = "demo:io@0.2.0"\n') as project:
            publish_all(registry)
            project.succeed("update", "--registry", registry.base)
            project.fail("update", "--registry", f"{registry.base}/elsewhere", says=["answered 404", "manifest unknown"])
            registry.tamper((PACKAGES / "io.wasm").read_bytes())
            project.fail("update", "--registry", registry.base, says="is not what it should be")
            registry.publish("clocks", "demo:wrong", "0.2.0")
            project.manifest('io = "demo:wrong@0.2.0"\n')
            project.fail("update", "--registry", registry.base, says=["demo:wrong@0.2.0", "is demo:clocks@0.2.0"])
            registry.push("demo/core", "1.0.0", b"\0asm\1\0\0\0")
            project.manifest('io = "demo:core@1.0.0"\n')
            project.fail("update", "--registry", registry.base, says=["demo:core@1.0.0", "no WIT package"])
            registry.push("demo/image", "1.0.0", b"tar", media_type="application/vnd.oci.image.layer.v1.tar")
            project.manifest('io = "demo:image@1.0.0"\n')
            project.fail("update", "--registry", registry.base, says="no layer of type application/wasm")

    def case_a_name_and_a_password_come_from_wkg_or_docker(self):
        with Registry(auth="basic") as registry, self.project('io = "demo:io@0.2.0"\n') as project:
            publish_all(registry)
            project.fail("update", "--registry", registry.base, says=["401", "wkg's config.toml", "docker's config.json"])
            config = project.folder / "config.toml"
            config.write_text(
                f'[namespace_registries]\ndemo = "{registry.host}"\n'
                f'[registry."{registry.host}".oci]\nprotocol = "http"\nauth = {{ username = "weir", password = "secret" }}\n'
            )
            project.succeed("update", "--config", config)
            config.write_text(config.read_text().replace("secret", "wrong"))
            project.fail("update", "--config", config, says=["401", "does not take the user name"])
            project.write(home___dot_docker__config_dot_json='{"auths":{"%s":{"auth":"d2VpcjpzZWNyZXQ="}}}' % registry.host)
            project.succeed("update", "--registry", registry.base)

    def case_tokens_are_fetched_where_a_registry_wants_them(self):
        authority = Authority()
        try:
            tokens = TokenServer(authority)
            files = Files()

            class Paths(dict):
                def get(self, path, default=None):
                    return tokens.answer if path.startswith("/token") else default

            files.answers = Paths()
            with serving(files) as realm, Registry(auth=tokens.section(f"{realm}/token")) as registry:
                for name, package in (("io", "demo:io"), ("http", "demo:http"), ("io", "demo:secret")):
                    repository = package.replace(":", "/")
                    registry.headers["Authorization"] = "Bearer " + tokens.token(repository, ["pull", "push"])
                    registry.publish(name, package, "0.2.0")
                with self.project('http = "demo:http@0.2.0"\n') as project:
                    project.succeed("update", "--registry", registry.base)
                    assert set(project.deps()) == {"http/package.wit", "demo-io-0.2.0/package.wit"}
                    assert {query["scope"][0] for query, _ in tokens.asked} == {
                        "repository:demo/http:pull", "repository:demo/io:pull",
                    }, tokens.asked  # fmt: skip
                    assert all(header is None for _, header in tokens.asked)
                    project.manifest('x = "demo:secret@0.2.0"\n')
                    project.fail("update", "--registry", registry.base, says="401")
        finally:
            authority.close()

    def case_a_registry_with_tls_is_found_by_its_metadata(self):
        authority = Authority()
        try:
            certificate = authority.issue("registry", "IP:127.0.0.1")
            context = ssl.create_default_context(cafile=str(authority.certificate))
            files = Files()
            with Registry(certificate) as registry, serving(files, certificate) as url:
                publish_all(registry, "web/", context)
                files.answers["/.well-known/wasm-pkg/registry.json"] = (
                    '{"preferredProtocol":"oci","oci":{"registry":"%s","namespacePrefix":"web/"}}' % registry.host
                ).encode()
                with self.project('io = "demo:io@0.2.0"\n') as project:
                    project.fail("update", "--registry", url.removeprefix("https://"), says="ertificate")
                    project.env["SSL_CERT_FILE"] = str(authority.certificate)
                    project.succeed("update", "--registry", url.removeprefix("https://"))
                    assert f'registry = "{registry.base}/web"' in project.lock(), project.lock()
                    # Metadata must not lead out of TLS.
                    files.answers["/.well-known/wasm-pkg/registry.json"] = b'{"oci":{"registry":"http://127.0.0.1:1"}}'
                    project.fail("update", "--registry", url, says="without TLS")
        finally:
            authority.close()

    def case_without_a_registry_the_error_says_how_to_name_one(self):
        with self.project('io = "demo:io@0.2.0"\n') as project:
            project.fail("update", says=["`io`", "--registry", "config.toml"])
            project.fail("update", "--registry", "a b", says="is no registry")
            project.fail("update", "--offline", says=["`io`", "--offline"])
