"""Archives as repositories have them, and hostile ones."""

import io
import tarfile
import zipfile


def tar_gz(files, form=tarfile.PAX_FORMAT, comment=None):
    """`files` by path: text, or (text, mode), or a TarInfo to add as it is (links)."""
    out = io.BytesIO()
    headers = {"comment": comment} if comment else None
    with tarfile.open(fileobj=out, mode="w:gz", format=form, pax_headers=headers) as archive:
        for path, what in files.items():
            if isinstance(what, tarfile.TarInfo):
                archive.addfile(what)
                continue
            text, mode = what if isinstance(what, tuple) else (what, 0o644)
            info = tarfile.TarInfo(path)
            info.size, info.mode, info.mtime = len(text.encode()), mode, 1700000000
            archive.addfile(info, io.BytesIO(text.encode()))
    return out.getvalue()


def link(path, target, kind=tarfile.SYMTYPE):
    info = tarfile.TarInfo(path)
    info.type, info.linkname = kind, target
    return info


def zip_of(files):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, text in files.items():
            archive.writestr(path, text)
    return out.getvalue()


IO = "package demo:io@0.2.0;\ninterface streams { type size = u64; }\n"
CLOCKS = "package demo:clocks@0.2.0;\ninterface wall { use demo:io/streams@0.2.0.{size}; now: func() -> size; }\n"
CLOCKS_LATER = CLOCKS.replace("now", "later")


def repository(root="clocks-main"):
    """A package `clocks` that has `io` in its deps, as a repository archive has it."""
    return {
        f"{root}/README.md": "# Clocks",
        f"{root}/wit/wall.wit": CLOCKS,
        f"{root}/wit/deps/io/streams.wit": (IO, 0o755),
        f"{root}/wit/deps/io/README.md": "not WIT",
        f"{root}/wit/deps.toml": "io = '../io'\n",
        f"{root}/src/other.wit": "package not:taken;",
    }
