"""The executable specification of the Canonical ABI (definitions.py), loaded from a checkout, with what a test has to
add: traps that reach the caller, NaNs that keep their bits, and choices that a test makes.

Only what the specification leaves open is pinned down here, to one of the outcomes that it allows.
"""

import importlib.util
import os
import pathlib
import struct


def file():
    """Where definitions.py is, or None if `WEIR_COMPONENT_MODEL` names no checkout with it."""
    folder = os.environ.get("WEIR_COMPONENT_MODEL")
    path = pathlib.Path(folder) / "design/mvp/canonical-abi/definitions.py" if folder else None
    return path if path and path.is_file() else None


class Float(float):
    """A float that knows its bits: NaNs are passed on as they are, which is one of the allowed outcomes."""

    def __new__(cls, bits, width):
        code = {32: "<f", 64: "<d"}[width]
        made = super().__new__(cls, struct.unpack(code, bits.to_bytes(width // 8, "little"))[0])
        made.bits = bits
        return made


def load(path):
    spec = importlib.util.spec_from_file_location("definitions", path)
    d = importlib.util.module_from_spec(spec)
    # Its dataclasses look their module up by name.
    import sys

    sys.modules["definitions"] = d
    spec.loader.exec_module(d)
    _keep_nans(d)
    _carry_failures(d)
    return d


def _keep_nans(d):
    d.decode_i32_as_float = lambda bits: Float(bits, 32)
    d.decode_i64_as_float = lambda bits: Float(bits, 64)
    d.encode_float_as_i32 = d.encode_float_as_i64 = lambda number: number.bits
    for name in ("canonicalize_nan32", "canonicalize_nan64", "maybe_scramble_nan32", "maybe_scramble_nan64"):
        setattr(d, name, lambda number: number)
    # A case without a payload pads with the integer 0, floats too.
    d.type_matches_value = lambda t, v: isinstance(v, int if t[0] == "i" else (int, float))


def _carry_failures(d):
    """A trap on a stack of its own ends that stack; whoever resumed it gets the trap."""
    plain_new, plain_resume = d.cont_new, d.resume

    class Thread(d.threading.Thread):
        def __init__(self, **arguments):
            super().__init__(daemon=True, **arguments)

    class Threads:
        Lock, local = d.threading.Lock, d.threading.local

    Threads.Thread = Thread
    d.threading = Threads

    def cont_new(body):
        def carried(argument):
            try:
                return body(argument)
            except BaseException as failure:  # noqa: BLE001: a Trap is one
                d.thread_local_handler.value.failure = failure
                return None

        return plain_new(carried)

    def resume(cont, *rest):
        answer = plain_resume(cont, *rest)
        failure = getattr(cont.handler, "failure", None)
        if failure is not None:
            raise failure
        return answer

    d.cont_new, d.resume = cont_new, resume
