"""Components for the suites: built by tools/guests/build, or found in its cache."""

import functools
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


class Unavailable(Exception):
    """The guest cannot be built on this machine; the message says why."""


@functools.cache
def guest(name):
    """The path of a guest's component. Progress of a build goes to stderr."""
    result = subprocess.run(
        [str(ROOT / "tools" / "guests" / "build"), name], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True
    )
    if result.returncode != 0:
        raise Unavailable(f"guest {name} was not built")
    return result.stdout.splitlines()[-1]
