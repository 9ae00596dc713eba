"""One random call between two components, made by the specification's definitions and as component text.

`$a` calls `f` of `$b` with random values of random types; a resource is implemented by `$r` or by `$b` itself. The
definitions run first; what their guests did becomes the text of ours. Both then have to agree on whether it traps, on
every byte of both memories (which hold all core values that the guests saw, and every call of realloc), and on the
handles.
"""

import random

from guestvalues import GuestValues
from valuetypes import TypeMaker

LOG_LIMIT = 16 * 1024
PLANT = 16 * 1024
HEAP = 64 * 1024
PAGE = 64 * 1024
FILL = 0xA5
REALLOC_MARK = 0xFEED


class Guest:
    """A component instance of the definitions whose guest logs into its memory, as the text below does."""

    def __init__(self, d, rng, instance, pages, encoding, wrong):
        self.d, self.instance = d, instance
        self.pages = pages
        self.memory = bytearray([FILL]) * (pages * PAGE)
        self.next, self.log = HEAP, 8
        self.encoding = encoding
        self.shrinks_in_place = rng.random() < 0.5
        self.calls = 0
        # At which call realloc misbehaves, and how.
        self.bad_call = rng.randint(1, 4) if rng.random() < wrong else 0
        self.bad_answer = rng.choice([1, pages * PAGE - 1])
        self.body = []
        self.planted_end = PLANT

    def options(self, **more):
        options = self.d.CanonicalOptions(self.encoding, self.d.MemInst(self.memory, "i32"), self.realloc)
        for name, value in more.items():
            setattr(options, name, value)
        return options

    def put(self, bits):
        if self.log < LOG_LIMIT:
            self.memory[self.log:self.log + 8] = bits.to_bytes(8, "little")
            self.log += 8

    def put_values(self, values):
        for value in values:
            self.put(getattr(value, "bits", value))

    def realloc(self, args):
        old, old_size, align, size = args
        self.calls += 1
        if self.shrinks_in_place and old != 0 and size <= old_size:
            at = old
        else:
            at = (self.next + align - 1) // align * align
            self.next = at + size
            if self.next > len(self.memory):
                self.d.trap()
            count = min(old_size, size)
            self.memory[at:at + count] = self.memory[old:old + count]
        if self.calls == self.bad_call:
            at = (at + 1) if self.bad_answer == 1 else self.bad_answer
        self.put_values([REALLOC_MARK, old, old_size, align, size, at])
        return [at]

    def seal(self):
        """What the global variables hold goes where the text stores it at the end, too."""
        self.put_word(0, self.log)
        self.put_word(4, self.next)

    def put_word(self, at, value):
        self.memory[at:at + 4] = value.to_bytes(4, "little")

    def planted(self):
        return bytes(self.plant_image[PLANT:self.planted_end])

    def memory_module(self):
        data = "".join(f"\\{byte:02x}" for byte in self.planted())
        bad = ""
        if self.bad_call:
            answer = "(i32.add (local.get $p) (i32.const 1))" if self.bad_answer == 1 else f"(i32.const {self.bad_answer})"
            bad = f"""
      (if (i32.eq (global.get $calls) (i32.const {self.bad_call})) (then (local.set $p {answer})))"""
        in_place = """
      (if (i32.and (i32.ne (local.get 0) (i32.const 0)) (i32.le_u (local.get 3) (local.get 1)))
        (then (local.set $p (local.get 0)) (br $placed)))""" if self.shrinks_in_place else ""
        return f"""
  (core module $memory
    (memory (export "memory") {self.pages})
    (global $next (mut i32) (i32.const {HEAP}))
    (global $log (mut i32) (i32.const 8))
    (global $calls (mut i32) (i32.const 0))
    (data $planted "{data}")
    (func $put (export "put") (param i64)
      (if (i32.lt_u (global.get $log) (i32.const {LOG_LIMIT})) (then
        (i64.store (global.get $log) (local.get 0))
        (global.set $log (i32.add (global.get $log) (i32.const 8))))))
    (func $put32 (export "put32") (param i32) (call $put (i64.extend_i32_u (local.get 0))))
    (func (export "seal")
      (i32.store (i32.const 0) (global.get $log))
      (i32.store (i32.const 4) (global.get $next)))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (local $p i32) (local $n i32)
      (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
      (block $placed{in_place}
        (local.set $p (i32.and (i32.add (global.get $next) (i32.sub (local.get 2) (i32.const 1)))
                               (i32.sub (i32.const 0) (local.get 2))))
        (if (i64.gt_u (i64.add (i64.extend_i32_u (local.get $p)) (i64.extend_i32_u (local.get 3)))
                      (i64.const {self.pages * PAGE})) (then unreachable))
        (global.set $next (i32.add (local.get $p) (local.get 3)))
        (local.set $n (select (local.get 1) (local.get 3) (i32.lt_u (local.get 1) (local.get 3))))
        (memory.copy (local.get $p) (local.get 0) (local.get $n))){bad}
      (call $put (i64.const {REALLOC_MARK}))
      (call $put32 (local.get 0)) (call $put32 (local.get 1)) (call $put32 (local.get 2)) (call $put32 (local.get 3))
      (call $put32 (local.get $p))
      (local.get $p))
    (func $start
      (memory.fill (i32.const 0) (i32.const {FILL}) (i32.const {self.pages * PAGE}))
      (memory.init $planted (i32.const {PLANT}) (i32.const 0) (i32.const {len(self.planted())})))
    (start $start))
  (core instance $memory (instantiate $memory))"""

    def canon_options(self):
        return (f'(memory (core memory $memory "memory")) (realloc (core func $memory "realloc")) '
                f'string-encoding={ENCODING_TEXT[self.encoding]}')


ENCODINGS = ["utf8", "utf16", "latin1+utf16"]
ENCODING_TEXT = {name: name for name in ENCODINGS}


def constant(core, bits):
    if core[0] == "i":
        return f"({core}.const {bits})"
    return f"({core}.reinterpret_i{core[1:]} (i{core[1:]}.const {bits}))"


def logged(core, expression):
    """Text that logs a core value."""
    if core == "i64":
        return f"(call $put {expression})"
    if core == "f64":
        return f"(call $put (i64.reinterpret_f64 {expression}))"
    return f"(call $put32 {expression if core == 'i32' else f'(i32.reinterpret_f32 {expression})'})"


class Crossing:
    def __init__(self, d, make_float, seed):
        self.d, self.make_float, self.seed = d, make_float, seed
        self.rng = random.Random(seed)

    # -- the definitions' side

    def core_values(self, values):
        return [self.make_float(bits, int(core[1:])) if core[0] == "f" else bits for core, bits in values]

    def plan(self):
        d, rng = self.d, self.rng
        self.wrong = rng.choice([0, 0, 0.002, 0.01, 0.05])
        self.store = d.Store()
        root = d.ComponentInstance(self.store)
        r, b, a = (d.ComponentInstance(self.store, root) for _ in range(3))
        pages = rng.choice([3, 3, 3, 8])
        self.a = Guest(d, rng, a, pages, rng.choice(ENCODINGS), self.wrong)
        self.b = Guest(d, rng, b, pages, rng.choice(ENCODINGS), self.wrong)
        self.third = rng.random() < 0.5
        self.owner = r if self.third else b
        self.r = r
        self.resource = d.ResourceType(self.owner)
        self.types = TypeMaker(d, rng, self.resource if rng.random() < 0.7 else None)
        depth = rng.choice([0, 1, 2, 2, 3])
        self.asynchronous = rng.random() < 0.4
        params = [(f"p{i}", self.types.make(depth)) for i in range(rng.choice([0, 1, 1, 2, 3, 5, 18]))]
        result = [] if rng.random() < 0.2 else [self.types.make(depth, borrow=False)]
        self.type = d.FuncType(params, result, self.asynchronous)
        self.lift = rng.choice(["sync", "callback", "stackful"]) if self.asynchronous else "sync"
        self.lower = rng.choice(["sync", "async"]) if self.asynchronous else "sync"
        self.post_return = self.lift == "sync" and rng.random() < 0.5
        self.reps = [rng.getrandbits(32) for _ in range(rng.randint(0, 6))] if self.types.resource else []
        self.b_reps = [rng.getrandbits(32) for _ in range(rng.randint(0, 4))] if self.types.resource else []

    def values(self, guest, own_handles):
        return GuestValues(self.d, self.rng, guest.memory, PLANT, HEAP, guest.encoding, own_handles, self.wrong)

    def arguments(self, guest, types, most, handles):
        """Core values that stand for values of these types; more than `most` go into memory."""
        d = self.d
        values = self.values(guest, handles)
        flat_count = len(d.flatten_types(types, guest.options()))
        try:
            if flat_count > most:
                tuple_type = d.TupleType(types)
                at = values.allocate(d.elem_size(tuple_type, "i32"), d.alignment(tuple_type, "i32"))
                values.store(tuple_type, at)
                flat = [("i32", values.pointer(at, d.alignment(tuple_type, "i32")))]
            else:
                flat = [v for t in types for v in values.flat(t)]
        finally:
            guest.planted_end = values.next
            guest.plant_image = bytearray(guest.memory)
        return flat

    def handles_of(self, guest):
        return [i for i, h in enumerate(guest.instance.handles.array) if h is not None and h.own]

    def run_definitions(self):
        """True if it traps."""
        d, a, b = self.d, self.a, self.b
        make_type = d.FuncType([("rep", d.U32Type())], [d.OwnType(self.resource)], False)
        plain = d.CanonicalOptions()
        make = self.store.lift(lambda args: d.canon_resource_new(self.resource, args[0]), make_type, plain, self.owner)
        make_in_a = self.store.lower(make, make_type, d.CanonicalOptions(), a.instance)
        if self.third:
            make_in_b = self.store.lower(make, make_type, d.CanonicalOptions(), b.instance)
        else:
            make_in_b = lambda args: d.canon_resource_new(self.resource, args[0])  # noqa: E731
        a.plant_image = b.plant_image = None

        def core_f(args):
            b.put_values(args)
            for rep in self.b_reps:
                b.put_values(make_in_b([rep]))
            self.dropped = []
            for i, h in enumerate(b.instance.handles.array):
                if h is not None and (not h.own or self.rng.random() < 0.2):
                    if not h.own and self.rng.random() < self.wrong:
                        continue
                    self.dropped.append(i)
            self.rng.shuffle(self.dropped)
            for i in self.dropped:
                d.canon_resource_drop(self.resource, i)
            most = 16 if self.lift != "sync" else 1
            self.result_values = self.arguments(b, self.type.result, most, self.handles_of(b))
            if self.lift == "sync":
                return self.core_values(self.result_values)
            d.canon_task_return(self.type.result, self.lift_options, self.core_values(self.result_values))
            return [0] if self.lift == "callback" else []

        def core_post_return(args):
            b.put_values(args)
            return []

        self.lift_options = b.options(
            async_=self.lift != "sync", callback=(lambda args: [0]) if self.lift == "callback" else None,
            post_return=core_post_return if self.post_return else None)
        f = self.store.lift(core_f, self.type, self.lift_options, b.instance)
        lower_options = a.options(async_=self.lower == "async")
        f_in_a = self.store.lower(f, self.type, lower_options, a.instance)
        self.flat_type = d.flatten_functype(lower_options, self.type, "lower")
        self.lifted_type = d.flatten_functype(self.lift_options, self.type, "lift")

        def core_run(args):
            for rep in self.reps:
                a.put_values(make_in_a([rep]))
            self.argument_values = self.arguments(
                a, self.type.param_types(), 4 if self.lower == "async" else 16, self.handles_of(a))
            if len(self.flat_type.params) > len(self.argument_values):
                # Where the result goes.
                t = self.type.result[0]
                at = d.align_to(a.planted_end, d.alignment(t, "i32"))
                if self.rng.random() < self.wrong:
                    at = self.rng.choice([at + 1, len(a.memory), 0xFFFF_FFF8])
                self.argument_values.append(("i32", at))
            results = f_in_a(self.core_values(self.argument_values))
            self.results = len(results)
            a.put_values(results)
            return []

        run = self.store.lift(core_run, d.FuncType([], [], False), d.CanonicalOptions(), a.instance)
        self.dropped, self.result_values, self.argument_values = [], None, None
        try:
            self.store.invoke(run, lambda: [], lambda result: None)
            trapped = False
        except d.Trap:
            trapped = True
        for guest in (a, b):
            if guest.plant_image is None:
                guest.plant_image = bytearray(guest.memory)
            guest.seal()
        return trapped

    # -- our side

    def text(self):
        function = self.function_type()
        # Where the callee never returned, it had no result to give.
        result = self.result_values
        parts = ["(component"]
        if self.third:
            parts.append(f"(component $r {_MAKER.format(resource='')})\n(instance $r (instantiate $r))")
        parts.append(self.callee(function, result))
        arguments = '(with "r" (instance $r))' if self.third else ""
        parts.append(f"(instance $b (instantiate $b {arguments}))")
        parts.append(self.caller(function))
        parts.append(f'(instance $a (instantiate $a {arguments} (with "b" (instance $b))))')
        parts.append('(export "run" (func $a "run")))')
        return "\n".join(parts)

    def function_type(self):
        types = self.types
        return ("(func" + (" async" if self.asynchronous else "")
                + "".join(f' (param "{name}" {types.text(t)})' for name, t in self.type.params)
                + "".join(f" (result {types.text(t)})" for t in self.type.result) + ")")

    def imported_resource(self):
        return ('(import "r" (instance $r (export "r" (type $R (sub resource)))\n'
                '  (export "make" (func (param "rep" u32) (result (own $R))))))\n(alias export $r "r" (type $R))')

    def callee(self, function, result):
        b, params, results = self.b, self.lifted_type.params, self.lifted_type.results
        body = [logged(core, f"(local.get {i})") for i, core in enumerate(params)]
        body += [f"(call $put32 (call $make (i32.const {_signed(rep)})))" for rep in self.b_reps]
        body += [f"(call $drop (i32.const {i}))" for i in self.dropped]
        values = " ".join(constant(core, bits) for core, bits in result) if result is not None else "unreachable"
        if self.lift == "sync":
            end = f"(call $seal) {values}"
        elif result is None:
            end = "unreachable"
        else:
            end = f"(call $return {values}) (call $seal)" + (" (i32.const 0)" if self.lift == "callback" else "")
        flat_result = self.d.flatten_types(self.type.result, b.options())
        returned = flat_result if len(flat_result) <= 16 else ["i32"]
        canon_result = "".join(f" (result {self.types.text(t)})" for t in self.type.result)
        task_return = "" if self.lift == "sync" else (
            f'(core func $return (canon task.return{canon_result} (memory (core memory $memory "memory")) '
            f'string-encoding={ENCODING_TEXT[b.encoding]}))')
        post = ""
        if self.post_return:
            logs = " ".join(logged(core, f"(local.get {i})") for i, core in enumerate(results))
            post = f'(func (export "post") {_signature(results, [])} {logs} (call $seal))'
        resource = self.imported_resource() if self.third else '(type $r (resource (rep i32)))\n(export $R "r" (type $r))'
        make = ('(core func $make (canon lower (func $r "make")))' if self.third
                else "(core func $make (canon resource.new $R))")
        own_make = "" if self.third else (
            '(func (export "make") (param "rep" u32) (result (own $R)) (canon lift (core func $m "make")))')
        options = b.canon_options()
        if self.lift != "sync":
            options += " async"
        if self.lift == "callback":
            options += ' (callback (core func $m "callback"))'
        if self.post_return:
            options += ' (post-return (core func $m "post"))'
        imports = '(export "make" (func $make)) (export "drop" (func $drop))'
        if task_return:
            imports += ' (export "return" (func $return))'
        return f"""
(component $b
  {resource}
  {self.types.definitions()}
  {b.memory_module()}
  {make}
  (core func $drop (canon resource.drop $R))
  {task_return}
  (core module $m
    {_MEMORY_IMPORTS}
    (import "" "make" (func $make (param i32) (result i32)))
    (import "" "drop" (func $drop (param i32)))
    {f'(import "" "return" (func $return {_signature(returned, [])}))' if task_return else ""}
    (func (export "make") (param i32) (result i32) (call $make (local.get 0)))
    (func (export "callback") (param i32 i32 i32) (result i32) unreachable)
    {post}
    (func (export "f") {_signature(params, results)}
      {" ".join(body)}
      {end}))
  (core instance $m (instantiate $m (with "m" (instance $memory)) (with "" (instance {imports}))))
  {own_make}
  (type $f {function})
  (func (export "f") (type $f) (canon lift (core func $m "f") {options})))"""

    def caller(self, function):
        a, params, results = self.a, self.flat_type.params, self.flat_type.results
        body = [f"(call $put32 (call $make (i32.const {_signed(rep)})))" for rep in self.reps]
        if self.argument_values is None:
            body.append("unreachable")
        else:
            call = f"(call $f {' '.join(constant(core, bits) for core, bits in self.argument_values)})"
            body.append(logged(results[0], call) if results else call)
        options = a.canon_options() + (" async" if self.lower == "async" else "")
        if self.third:
            resource = self.imported_resource()
            declared = "(alias outer 1 $R (type $R))"
            maker = "$r"
        else:
            resource = ""
            declared = ('(export "r" (type $R (sub resource)))\n'
                        '(export "make" (func (param "rep" u32) (result (own $R))))')
            maker = "$b"
        return f"""
(component $a
  {resource}
  (import "b" (instance $b
    {declared}
    {self.types.declarations()}
    (type $f {function}) (export "f" (func (type $f)))))
  {a.memory_module()}
  (core func $make (canon lower (func {maker} "make")))
  (core func $f (canon lower (func $b "f") {options}))
  (core module $m
    {_MEMORY_IMPORTS}
    (import "" "make" (func $make (param i32) (result i32)))
    (import "" "f" (func $f {_signature(params, results)}))
    (func (export "run")
      {" ".join(body)}
      (call $seal)))
  (core instance $m (instantiate $m (with "m" (instance $memory))
    (with "" (instance (export "make" (func $make)) (export "f" (func $f))))))
  (func (export "run") (canon lift (core func $m "run"))))"""

    def compare(self, trapped, answer):
        """What differs, or None."""
        if "error" in answer or "died" in answer:
            return f"ours cannot run it: {answer}"
        if not answer["finished"]:
            return "ours never comes to an end"
        ours = answer["trap"]
        if trapped != (ours is not None):
            return f"the definitions {'trap' if trapped else 'do not trap'}, ours: {ours or 'no trap'}"
        if trapped:
            return None
        instances = answer["instances"][1:]
        guests = ([("r", self.r, None)] if self.third else []) + [
            ("b", self.b.instance, self.b.memory), ("a", self.a.instance, self.a.memory)]
        if len(instances) != len(guests):
            return f"ours has {len(instances)} instances, not {len(guests)}"
        for (name, instance, memory), got in zip(guests, instances):
            if memory is not None:
                image = bytes.fromhex(got["memory"])
                image += bytes([got["fill"]]) * (got["size"] - len(image))
                if image != memory:
                    at = next(i for i in range(len(memory)) if i >= len(image) or image[i] != memory[i])
                    return (f"memory of ${name} differs at {at}: the definitions {memory[at:at + 16].hex()}, "
                            f"ours {image[at:at + 16].hex()}")
            handles = [[i, "own" if h.own else "borrow", h.rep, h.num_lends]
                       for i, h in enumerate(instance.handles.array) if h is not None]
            if handles != got["handles"]:
                return f"handles of ${name} differ: the definitions {handles}, ours {got['handles']}"
        return None


_MEMORY_IMPORTS = """(import "m" "memory" (memory 0))
    (import "m" "put" (func $put (param i64)))
    (import "m" "put32" (func $put32 (param i32)))
    (import "m" "seal" (func $seal))"""

_MAKER = """
  (type $r (resource (rep i32)))
  (export $R "r" (type $r))
  (core func $new (canon resource.new $R))
  (core module $m (import "" "new" (func $new (param i32) (result i32)))
    (func (export "make") (param i32) (result i32) (call $new (local.get 0))))
  (core instance $m (instantiate $m (with "" (instance (export "new" (func $new))))))
  (func (export "make") (param "rep" u32) (result (own $R)) (canon lift (core func $m "make")))"""


def _signed(bits):
    return bits


def _signature(params, results):
    text = f"(param {' '.join(params)})" if params else ""
    return text + (f" (result {' '.join(results)})" if results else "")
