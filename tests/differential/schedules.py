"""Random schedules of tasks, streams and futures: two component instances, whose tasks each follow a script.

A script is made while the definitions run it, so that most operations are in order when they happen. The same scripts
then run as component text, where everything that an operation answers is logged. The trace that comes of it has to be
one that the definitions can give: the choices that they leave open are searched for one.
"""

import random

import reference
from scripttext import ELEMENTS, PAGES, SOURCE, TARGET, ScriptText, function_mark

MOST_OPS = 70
MOST_CALLS = 6
SEARCH = 4000


def element_types(d):
    return [None, d.U8Type(), d.U32Type(), d.TupleType([d.U8Type(), d.U16Type()])]


class Function:
    """One function of `$b`, called from one place, or `run` of `$a`."""

    def __init__(self, name, side, rng):
        self.name, self.side = name, side
        self.style = rng.choice(["callback", "callback", "callback", "stackful", "sync"])
        # What it is given and what it gives: nothing, a number, or the readable end of a stream or future.
        self.param = self.result = ("none", 0)
        self.segments = []


class Side:
    """One component instance in one run of the definitions."""

    def __init__(self, d, name, store, root):
        self.d, self.name = d, name
        self.instance = d.ComponentInstance(store, root)
        self.memory = bytearray(initial_memory())
        self.options = {kind: d.CanonicalOptions("utf8", d.MemInst(self.memory, "i32"), None, async_=kind)
                        for kind in (False, True)}
        self.variables = {}


def initial_memory():
    memory = bytearray([0xA5]) * (PAGES * 65536)
    for i in range(SOURCE, TARGET):
        memory[i] = (i * 7 + (i >> 8)) & 0xFF
    return memory


class Stop(BaseException):
    """The trace of this run is no longer the wanted one."""


class Run:
    """One run of the scripts by the definitions."""

    def __init__(self, d, schedule, chooser, wanted=None, maker=None):
        self.d, self.schedule, self.chooser, self.wanted, self.maker = d, schedule, chooser, wanted, maker
        self.trace = []
        d.random = chooser
        self.store = d.Store()
        root = d.ComponentInstance(self.store)
        self.sides = {name: Side(d, name, self.store, root) for name in "ba"}
        self.types = element_types(d)
        self.tasks = {}

    def log(self, *entry):
        entry = list(entry) + [0] * (3 - len(entry))
        if self.wanted is not None:
            at = len(self.trace)
            if at >= len(self.wanted) or self.wanted[at] != entry:
                raise Stop
        self.trace.append(entry)

    def value_type(self, what):
        kind, element = what
        d = self.d
        if kind == "none":
            return []
        return [{"u32": d.U32Type(), "stream": d.StreamType(self.types[element]),
                 "future": d.FutureType(self.types[element])}[kind]]

    def function_type(self, function):
        return self.d.FuncType(self.value_type(function.param), self.value_type(function.result), True)

    def lifted(self, function):
        d, side = self.d, self.sides[function.side]
        options = d.CanonicalOptions("utf8", d.MemInst(side.memory, "i32"), None)
        options.async_ = function.style != "sync"
        state = {"segment": -1, "options": options}

        def enter(args):
            if args:
                side.variables[f"{function.name}p"] = args[0]
                self.log(function_mark(function), args[0])
            return turn()

        def callback(args):
            self.log(function_mark(function) + 1, args[0], args[1])
            self.log(function_mark(function) + 2, args[2])
            return turn()

        def turn():
            state["segment"] += 1
            at = state["segment"]
            if self.maker and at == len(function.segments):
                function.segments.append([])
                return self.maker.make_segment(self, side, function, state)
            if at >= len(function.segments):
                d.trap()
            answer = None
            for op in function.segments[at]:
                answer = self.execute(op, side, function, state)
            # One that a trap cut short when it was made has no end.
            d.trap_if(answer is None)
            return answer

        options.callback = callback if function.style == "callback" else None
        self.tasks[function.name] = state
        return self.store.lift(enter, self.function_type(function), options, side.instance)

    def execute(self, op, side, function, state):
        """Runs one operation; answers what the core function gives if it is the last."""
        d = self.d
        kind, number, *rest = op
        get = lambda name: side.variables.get(name, 0)  # noqa: E731

        def shared(index):
            return getattr(d, f"{rest[0].capitalize()}Type")(self.types[index])

        match kind:
            case "new":
                [packed] = getattr(d, f"canon_{rest[0]}_new")(shared(rest[1]))
                side.variables[f"r{number}"], side.variables[f"w{number}"] = packed & 0xFFFF_FFFF, packed >> 32
                self.log(number, packed & 0xFFFF_FFFF, packed >> 32)
            case "copy":
                _, element, verb, variable, address, count, async_ = rest
                arguments = [address, count] if rest[0] == "stream" else [address]
                [answer] = getattr(d, f"canon_{rest[0]}_{verb}")(
                    shared(element), side.options[async_], get(variable), *arguments)
                self.log(number, answer)
            case "cancel":
                _, element, verb, variable, async_ = rest
                [answer] = getattr(d, f"canon_{rest[0]}_cancel_{verb}")(shared(element), async_, get(variable))
                self.log(number, answer)
            case "drop":
                _, element, end, variable = rest
                getattr(d, f"canon_{rest[0]}_drop_{end}")(shared(element), get(variable))
                self.log(number)
            case "set":
                [side.variables[f"s{number}"]] = d.canon_waitable_set_new()
                self.log(number, side.variables[f"s{number}"])
            case "join":
                d.canon_waitable_join(get(rest[0]), get(rest[1]) if rest[1] else 0)
                self.log(number)
            case "wait" | "poll":
                call = getattr(d, f"canon_waitable_set_{kind}")
                [code] = call(False, side.options[False].memory, get(rest[0]), rest[1])
                words = [int.from_bytes(side.memory[rest[1] + i:rest[1] + i + 4], "little") for i in (0, 4)]
                self.log(number, code, words[0])
                self.log(number, words[1])
            case "drop-set":
                d.canon_waitable_set_drop(get(rest[0]))
                self.log(number)
            case "call":
                callee = self.schedule.functions[rest[0]]
                ft = self.function_type(callee)
                lowered = self.store.lower(self.lifted(callee), ft, side.options[True], side.instance)
                args = [get(rest[1])] if callee.param[0] != "none" else []
                if callee.result[0] != "none":
                    args.append(rest[2])
                [answer] = lowered(args)
                side.variables[f"t{number}"] = answer >> 4
                self.log(number, answer)
            case "result":
                # What a callee gave, once it is there.
                address = rest[0]
                value = int.from_bytes(side.memory[address:address + 4], "little")
                side.variables[f"x{number}"] = value
                self.log(number, value)
            case "cancel-task":
                [answer] = d.canon_subtask_cancel(rest[1], get(rest[0]))
                self.log(number, answer)
            case "drop-task":
                d.canon_subtask_drop(get(rest[0]))
                self.log(number)
            case "return":
                value = [] if function.result[0] == "none" else [rest[0] if isinstance(rest[0], int) else get(rest[0])]
                # A result that is given twice still counts as a call.
                d.canon_task_return(self.function_type(function).result, state["options"], value)
                self.log(number)
            case "cancelled":
                d.canon_task_cancel()
                self.log(number)
            case "yield":
                d.canon_thread_yield(False)
                self.log(number)
            case "pressure":
                getattr(d, f"canon_backpressure_{rest[0]}")()
                self.log(number)
            case "context":
                d.canon_context_set("i32", rest[0], number)
                self.log(number)
            case "context?":
                [value] = d.canon_context_get("i32", rest[0])
                self.log(number, value)
            case "end":
                if function.style == "callback":
                    return [{"exit": 0, "yield": 1, "wait": 2}[rest[0]] | (get(rest[1]) << 4 if rest[1] else 0)]
                if function.style == "stackful" or function.result[0] == "none":
                    return []
                return [rest[1] if isinstance(rest[1], int) else get(rest[1])]
        return None

    def run(self):
        """How it ends: "over", "trap", "deadlock", or "other" if the trace is not the wanted one."""
        d = self.d
        ended = []
        try:
            main = self.schedule.functions["run"]
            self.store.invoke(self.lifted(main), lambda: [], lambda result: ended.append(result))
            while any(thread.ready() for thread in self.store.waiting):
                self.store.tick()
            status = "over" if ended else "deadlock"
        except d.Trap:
            status = "trap"
        except Stop:
            return "other"
        finally:
            d.reap()
        if self.wanted is not None and len(self.trace) != len(self.wanted):
            return "other"
        return status


class Schedule(ScriptText):
    """Scripts, made from a seed."""

    def __init__(self, d, seed):
        self.d, self.seed, self.rng = d, seed, random.Random(seed)
        main = Function("run", "a", self.rng)
        main.style = self.rng.choice(["callback", "callback", "stackful"])
        self.functions = {"run": main}
        self.ops = 0

    # -- making scripts

    def number(self):
        self.ops += 1
        return self.ops

    def make(self):
        class Choices(reference.Chooser):
            def pick(self, count, usual=0):
                return super().pick(count, self.rng.randrange(count))

        chooser = Choices()
        chooser.rng = self.rng
        run = Run(self.d, self, chooser, maker=self)
        return run.run()

    def named(self, side, index):
        """The variable of a handle, or None."""
        names = [name for name, value in side.variables.items() if value == index]
        return names[-1] if names else None

    def handles(self, side, kind):
        found = [(h, self.named(side, i)) for i, h in enumerate(side.instance.handles.array) if isinstance(h, kind)]
        return [(h, name) for h, name in found if name]

    def make_segment(self, run, side, function, state):
        rng = self.rng
        segment = function.segments[-1]

        def do(*op):
            op = (op[0], self.number(), *op[1:])
            segment.append(op)
            return run.execute(op, side, function, state)

        length = rng.choice([2, 4, 8, 12])
        for _ in range(length):
            op = self.make_op(run, side, function) if self.ops < MOST_OPS else None
            if op:
                do(*op)
        task = self.d.current_task()
        resolved = task.state == self.d.Task.State.RESOLVED
        if function.style == "callback":
            sets = self.handles(side, self.d.WaitableSet)
            useful = [name for s, name in sets if s.elems]
            busy = [name for s, name in sets if s.has_pending_event()]
            if self.ops < MOST_OPS and useful and rng.random() < 0.5:
                return do("end", "wait", rng.choice(busy or useful))
            if self.ops < MOST_OPS and rng.random() < (0.9 if function.name == "run" else 0.5):
                return do("end", "yield", None)
        kind, element = function.result
        if kind in ("stream", "future") and not resolved and not self.readable(side, kind, element):
            do("new", kind, element)
        if function.style != "sync" and not resolved and rng.random() < 0.97:
            if task.state == self.d.Task.State.CANCEL_DELIVERED and rng.random() < 0.7:
                do("cancelled")
            else:
                do("return", self.result_of(side, function))
        if function.style == "sync":
            return do("end", "exit", self.result_of(side, function))
        return do("end", "exit", None)

    def result_of(self, side, function):
        kind, element = function.result
        if kind == "u32":
            return self.rng.randrange(1 << 16)
        if kind == "none":
            return None
        return self.readable(side, kind, element) or self.rng.randrange(4)

    def readable(self, side, kind, element):
        d = self.d
        end = d.ReadableStreamEnd if kind == "stream" else d.ReadableFutureEnd
        t = element_types(d)[element]
        fit = [name for e, name in self.handles(side, end)
               if e.shared.t == t and e.state == d.CopyState.IDLE and not e.in_waitable_set()]
        return self.rng.choice(fit) if fit else None

    def end(self, side, idle):
        """(kind, element, verb, variable, end) of a stream or future end in or out of an operation, or None."""
        d = self.d
        ends = [(e, name) for e, name in self.handles(side, d.CopyEnd)
                if (e.state == d.CopyState.IDLE if idle else e.copying() and not e.has_sync_waiter)
                or self.rng.random() < 0.01]
        if not ends:
            return None
        e, name = self.rng.choice(ends)
        kind = "stream" if isinstance(e, (d.ReadableStreamEnd, d.WritableStreamEnd)) else "future"
        verb = "read" if isinstance(e, (d.ReadableStreamEnd, d.ReadableFutureEnd)) else "write"
        element = next(i for i, t in enumerate(element_types(d)) if t == e.shared.t)
        return kind, element, verb, name, e

    def make_op(self, run, side, function):
        d, rng = self.d, self.rng
        kind = rng.choice(["new", "copy", "copy", "copy", "copy", "copy", "copy", "cancel", "drop", "set", "join", "join",
                           "join", "wait", "wait", "poll", "poll", "drop-set", "call", "call", "call", "result",
                           "cancel-task", "drop-task", "return", "yield", "pressure", rng.choice(["context", "context?"])])
        task = d.current_task()
        match kind:
            case "new":
                return "new", rng.choice(["stream", "stream", "future"]), rng.randrange(len(ELEMENTS))
            case "copy":
                found = self.end(side, True)
                if not found:
                    return None
                what, element, verb, name, e = found
                other = e.shared.pending_buffer is not None or e.shared.dropped
                if element == 3 and e.shared.pending_inst is side.instance and rng.random() < 0.95:
                    # Inside one instance only numbers may cross.
                    return None
                size = ELEMENTS[element][1]
                count = rng.choice([0, 1, 2, 3, 5, 9])
                if verb == "read":
                    address = TARGET + 64 * self.ops
                else:
                    address = SOURCE + 4 * rng.randrange(1000)
                if rng.random() < 0.01:
                    address = PAGES * 65536 - size
                # Without a partner or an event to come, a synchronous one would wait for ever.
                async_ = not (other and not e.in_waitable_set() and rng.random() < 0.3) and rng.random() < 0.99
                return "copy", what, element, verb, name, address, count, async_
            case "cancel":
                found = self.end(side, False)
                if not found:
                    return None
                what, element, verb, name, e = found
                return "cancel", what, element, verb, name, e.in_waitable_set() or rng.random() < 0.5
            case "drop":
                found = self.end(side, True)
                if not found:
                    return None
                what, element, verb, name, e = found
                if isinstance(e, d.WritableFutureEnd) and e.state != d.CopyState.DONE and rng.random() < 0.98:
                    return None
                return "drop", what, element, {"read": "readable", "write": "writable"}[verb], name
            case "set":
                return ("set",) if len(self.handles(side, d.WaitableSet)) < 2 else None
            case "join":
                waitables = [(w, n) for w, n in self.handles(side, d.Waitable)
                             if not isinstance(w, d.CopyEnd) or w.copying() or rng.random() < 0.1]
                sets = self.handles(side, d.WaitableSet)
                if not waitables or not sets:
                    return None
                return "join", rng.choice(waitables)[1], rng.choice([None] + [n for _, n in sets] * 4)
            case "wait" | "poll":
                sets = [(s, n) for s, n in self.handles(side, d.WaitableSet)
                        if kind == "poll" or s.has_pending_event() or (s.elems and rng.random() < 0.2)]
                return (kind, rng.choice(sets)[1], TARGET + 0x6000 + 8 * self.ops) if sets else None
            case "drop-set":
                sets = [n for s, n in self.handles(side, d.WaitableSet) if not s.elems or rng.random() < 0.05]
                return ("drop-set", rng.choice(sets)) if sets and rng.random() < 0.3 else None
            case "call":
                return self.make_call(side)
            case "result":
                results = [(op[1], op[4]) for f in self.functions.values() if f.side == side.name
                           for s in f.segments for op in s
                           if op[0] == "call" and self.functions[op[2]].result[0] != "none"]
                return ("result", rng.choice(results)[1]) if results else None
            case "cancel-task":
                tasks = [(s, n) for s, n in self.handles(side, d.Subtask)
                         if not s.resolve_delivered() and not s.cancellation_requested and not s.in_waitable_set()]
                if not tasks:
                    return None
                return "cancel-task", rng.choice(tasks)[1], rng.random() < 0.8
            case "drop-task":
                tasks = [n for s, n in self.handles(side, d.Subtask) if s.resolve_delivered() or rng.random() < 0.03]
                return ("drop-task", rng.choice(tasks)) if tasks else None
            case "return":
                if function.style == "sync" or task.state == d.Task.State.RESOLVED and rng.random() < 0.97:
                    return None
                if task.state == d.Task.State.CANCEL_DELIVERED and rng.random() < 0.5:
                    return ("cancelled",)
                kind, element = function.result
                if kind in ("stream", "future") and not self.readable(side, kind, element):
                    return "new", kind, element
                return "return", self.result_of(side, function)
            case "yield":
                return ("yield",)
            case "pressure":
                if side.instance.backpressure > 0 and rng.random() < 0.8:
                    return "pressure", "dec"
                return ("pressure", "inc") if rng.random() < 0.3 else None
        return kind, rng.randrange(2)

    def make_call(self, side):
        rng = self.rng
        if side.name != "a" or len(self.functions) > MOST_CALLS:
            return None
        callee = Function(f"f{len(self.functions) - 1}", "b", rng)
        element = rng.randrange(len(ELEMENTS))
        callee.param = (rng.choice(["none", "u32", "stream", "stream", "future"]), element)
        callee.result = (rng.choice(["none", "u32", "stream", "future"]), rng.randrange(len(ELEMENTS)))
        variable = None
        if callee.param[0] in ("stream", "future"):
            variable = self.readable(side, *callee.param)
            if variable is None and rng.random() < 0.95:
                callee.param = ("none", 0)
        self.functions[callee.name] = callee
        return "call", callee.name, variable, TARGET + 0x7000 + 4 * self.ops


def ended(answer):
    """How ours ended."""
    if answer["trap"] is None:
        return "over" if answer["finished"] else "deadlock"
    return "deadlock" if "deadlock" in answer["trap"] else "trap"


def search(d, schedule, wanted, status):
    """Whether the definitions can give this trace and end: (True or False, runs, longest common trace), or None
    instead of False if it was not searched to the end."""
    prefix, best = [], []
    for runs in range(1, SEARCH + 1):
        chooser = reference.Chooser(prefix)
        run = Run(d, schedule, chooser, wanted=wanted)
        outcome = run.run()
        if len(run.trace) >= len(best):
            best = run.trace
        if outcome == status:
            return True, runs, best
        taken = chooser.taken
        while taken and taken[-1][1] + 1 == taken[-1][0]:
            taken.pop()
        if not taken:
            return False, runs, best
        prefix = [choice for _, choice in taken[:-1]] + [taken[-1][1] + 1]
    return None, SEARCH, best
