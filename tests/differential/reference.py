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
    d.encode_float_as_i32 = d.encode_float_as_i64 = lambda number: getattr(number, "bits", number)
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


class Killed(BaseException):
    """Ends a stack that nobody will resume."""


class Chooser:
    """Stands in for `random` in the definitions: takes the choices that it is given, then the first ones."""

    def __init__(self, given=()):
        # Of each choice: how many there were, and which was taken.
        self.given, self.taken = list(given), []

    def pick(self, count, usual=0):
        at = len(self.taken)
        # Counted from the usual one.
        choice = min(self.given[at], count - 1) if at < len(self.given) else 0
        self.taken.append((count, choice))
        return (usual + choice) % count

    def choice(self, threads):
        order = sorted(threads, key=lambda t: t.since)
        return order[self.pick(len(order)) if len(order) > 1 else 0]

    def randint(self, low, high):
        # Whether to go on at once where waiting is not needed.
        return self.pick(2, usual=1)

    def shuffle(self, waitables):
        pending = [w for w in waitables if w.has_pending_event()]
        if len(pending) > 1:
            first = pending[self.pick(len(pending))]
            waitables.remove(first)
            waitables.insert(0, first)


def november(d):
    """The rules as they are after what was merged since the stored text (component-model pull requests 705, 707, 715
    and 719), and stacks that can be ended. Call it once, after `load`."""
    instance = d.ComponentInstance
    instance.may_enter_from = lambda self, caller: True  # 705: reentrance is allowed
    instance.enter_from = instance.leave_to = lambda self, caller: None
    d.Store.lower = lambda self, f, ft, options, inst: lambda args: d.canon_lower(f, ft, options, args)
    _end_stacks(d)

    threads = d.Thread
    serial = iter(range(1 << 62))
    plain_start = threads.start_waiting_internal

    def start_waiting(self, ready):
        self.since = next(serial)
        plain_start(self, ready)

    def wait_until(self, ready, cancellable=False):
        task = self.task
        if task.deliver_pending_cancel(cancellable):
            return d.Cancelled.TRUE
        if self.yields:
            self.yields = False
        elif ready() and d.random.randint(0, 1):
            return d.Cancelled.FALSE

        def wakes():
            # 707: a wish to cancel ends the wait as soon as the lock of the instance is free.
            told = cancellable and task.state == d.Task.State.PENDING_CANCEL
            return ready() or (told and task.inst.exclusive_thread is None)

        self.start_waiting_internal(wakes)
        cancelled = self.block_internal(cancellable)
        return d.Cancelled.TRUE if task.deliver_pending_cancel(cancellable) else cancelled

    def yield_(self, cancellable):
        self.yields = True
        return self.wait_until(lambda: True, cancellable)

    threads.yields = False
    threads.since = 0
    threads.start_waiting_internal, threads.wait_until, threads.yield_ = start_waiting, wait_until, yield_

    def drop_future(self):
        # A readable end may go while a value is being written; the text forgets that in an assertion.
        if not self.dropped:
            self.dropped = True
            if self.pending_buffer:
                self.reset_and_notify_pending(d.CopyResult.DROPPED)

    d.SharedFutureImpl.drop = drop_future

    plain_enter = d.Task.enter_implicit_thread

    def enter(self):
        # The suite's async/sync-streams wants this: who holds the lock of an instance and could go on does so before a
        # call waits for the lock.
        holder = self.inst.exclusive_thread
        if self.ft.async_ and self.needs_exclusive() and holder is not None and holder.ready():
            holder.resume()
        return plain_enter(self)

    d.Task.enter_implicit_thread = enter

    plain_subtask_cancel = d.canon_subtask_cancel

    def subtask_cancel(async_, index):
        subtask = d.current_instance().handles.get(index)
        d.trap_if(isinstance(subtask, d.Subtask) and subtask.in_waitable_set())  # 715
        return plain_subtask_cancel(async_, index)

    d.canon_subtask_cancel = subtask_cancel

    plain_cancel_copy = d.cancel_copy

    def cancel_copy(end_type, event_code, t, async_, index):
        end = d.current_instance().handles.get(index)
        if isinstance(end, (d.ReadableStreamEnd, d.WritableStreamEnd)) and end.pending_event:
            event = end.pending_event

            def cancelled():  # 719: what has crossed is told as CANCELLED
                code, i, packed = event()
                completed = packed & 0xF == d.CopyResult.COMPLETED
                return code, i, packed | d.CopyResult.CANCELLED if completed else packed

            if isinstance(end, end_type) and end.state == d.CopyState.COPYING and not end.has_sync_waiter:
                end.pending_event = cancelled
        return plain_cancel_copy(end_type, event_code, t, async_, index)

    d.cancel_copy = cancel_copy


def _end_stacks(d):
    plain_new, plain_block = d.cont_new, d.block
    waiting = []
    d.killing = False

    def block(switch_to):
        result = plain_block(switch_to)
        if d.killing:
            raise Killed
        return result

    def cont_new(body):
        def ended(argument):
            if d.killing:
                return None
            return body(argument)

        return plain_new(ended)

    plain_init = d.Thread.__init__

    def init(self, *rest):
        plain_init(self, *rest)
        waiting.append(self)

    def reap():
        """Ends the stacks of all threads since the last call."""
        d.killing = True
        for thread in waiting:
            while thread.cont is not None:
                cont, thread.cont = thread.cont, None
                try:
                    d.resume(cont, d.Cancelled.FALSE, thread)
                except BaseException:  # noqa: BLE001
                    pass
        waiting.clear()
        d.killing = False

    d.block, d.cont_new, d.Thread.__init__, d.reap = block, cont_new, init, reap
