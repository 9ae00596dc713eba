"""The scripts of a schedule as component text; see schedules.py."""

PAGES = 2
SOURCE, TARGET = 0x4000, 0x8000
# Element types of streams and futures: their text, size and whether they are numbers.
ELEMENTS = [("", 1), ("u8", 1), ("u32", 4), ("(tuple u8 u16)", 4)]


def function_mark(function):
    return 1000 + 10 * (0 if function.name == "run" else int(function.name[1:]) + 1)


class ScriptText:
    """What `Schedule` needs to be text: `functions`, by name."""

    def text(self):
        functions = [f for f in self.functions.values() if f.name != "run"]
        main = self.functions["run"]
        exports = "".join(f'(export "{f.name}" (func {_function_text(f)}))\n' for f in functions)
        return f"""(component
(import "log" (func $log (param "a" u32) (param "b" u32) (param "c" u32)))
(component $b
  (import "log" (func $log (param "a" u32) (param "b" u32) (param "c" u32)))
  {self.guest(functions, [])})
(instance $b (instantiate $b (with "log" (func $log))))
(component $a
  (import "log" (func $log (param "a" u32) (param "b" u32) (param "c" u32)))
  (import "b" (instance $b {exports}))
  {self.guest([main], functions)})
(instance $a (instantiate $a (with "log" (func $log)) (with "b" (instance $b))))
(export "run" (func $a "run")))
"""

    def guest(self, functions, callees):
        ops = [op for f in functions for s in f.segments for op in s]
        canons, imports = {}, {}

        def need(name, canon, signature):
            canons[name] = f"(core func ${name} ({canon}))"
            imports[name] = f'(import "" "{name}" (func ${name} {signature}))'

        for f in functions:
            result = "" if f.result[0] == "none" else f" (result {_value_text(f.result)})"
            signature = "" if f.result[0] == "none" else "(param i32)"
            need(f"return-{f.name}", f'canon task.return{result} (memory (core memory $memory "memory"))', signature)
        need("log", 'canon lower (func $log)', "(param i32 i32 i32)")
        for callee in callees:
            params = (callee.param[0] != "none") + (callee.result[0] != "none")
            need(f"call-{callee.name}",
                 f'canon lower (func $b "{callee.name}") async (memory (core memory $memory "memory"))',
                 ("(param" + " i32" * params + ")" if params else "") + " (result i32)")
        for name, canon, signature in _BUILTINS:
            need(name, canon, signature)
        types = ""
        for kind in ("stream", "future"):
            for i, (element, _) in enumerate(ELEMENTS):
                types += f"(type ${kind}{i} ({kind} {element}))\n"
                for name, canon, signature in _copy_builtins(kind, i):
                    if any(op[0] in ("new", "copy", "cancel", "drop") and op[2] == kind and op[3] == i for op in ops):
                        need(name, canon, signature)
        variables = sorted({v for f in functions for v in _variables(f)})
        globals_ = "".join(f"(global $v-{v} (mut i32) (i32.const 0))\n" for v in variables)
        bodies = "".join(self.function(f) for f in functions)
        lifts = "".join(self.lift(f) for f in functions)
        return f"""
  (core module $memory
    (memory (export "memory") {PAGES})
    (func $start (local $i i32)
      (memory.fill (i32.const 0) (i32.const 0xa5) (i32.const {PAGES * 65536}))
      (local.set $i (i32.const {SOURCE}))
      (loop $next
        (i32.store8 (local.get $i) (i32.add (i32.mul (local.get $i) (i32.const 7)) (i32.shr_u (local.get $i) (i32.const 8))))
        (br_if $next (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const {TARGET})))))
    (start $start))
  (core instance $memory (instantiate $memory))
  {types}
  {chr(10).join(canons.values())}
  (core module $m
    (import "m" "memory" (memory 0))
    {chr(10).join(imports.values())}
    (global $packed (mut i64) (i64.const 0))
    (global $answer (mut i32) (i32.const 0))
    {globals_}
    {bodies})
  (core instance $m (instantiate $m (with "m" (instance $memory))
    (with "" (instance {" ".join(f'(export "{name}" (func ${name}))' for name in canons)}))))
  {lifts}"""

    def lift(self, f):
        options = '(memory (core memory $memory "memory"))'
        if f.style != "sync":
            options += " async"
        if f.style == "callback":
            options += f' (callback (core func $m "callback-{f.name}"))'
        return f'(func (export "{f.name}") {_function_text(f)} (canon lift (core func $m "{f.name}") {options}))\n'

    def segment(self, f, ops):
        # One that a trap cut short has no end.
        end = "" if ops and ops[-1][0] == "end" else " unreachable"
        return " ".join(_op_text(op, f, self.functions) for op in ops) + end

    def function(self, f):
        param = "" if f.param[0] == "none" else "(param i32)"
        gives = f.style == "callback" or (f.style == "sync" and f.result[0] != "none")
        result = "(result i32)" if gives else ""
        mark = function_mark(f)
        entry = "" if f.param[0] == "none" else (
            f"(global.set $v-{f.name}p (local.get 0)) "
            f"(call $log (i32.const {mark}) (local.get 0) (i32.const 0))")
        first = self.segment(f, f.segments[0]) if f.segments else "unreachable"
        text = f'(func (export "{f.name}") {param} {result} {entry} {first})\n'
        if f.style == "callback":
            turns = "".join(
                f"(if (i32.eq (global.get $turn-{f.name}) (i32.const {i})) "
                f"(then {self.segment(f, segment)} (return)))\n"
                for i, segment in enumerate(f.segments) if i > 0)
            text += f"""(global $turn-{f.name} (mut i32) (i32.const 0))
(func (export "callback-{f.name}") (param i32 i32 i32) (result i32)
  (call $log (i32.const {mark + 1}) (local.get 0) (local.get 1))
  (call $log (i32.const {mark + 2}) (local.get 2) (i32.const 0))
  (global.set $turn-{f.name} (i32.add (global.get $turn-{f.name}) (i32.const 1)))
  {turns} unreachable)
"""
        return text


def _value_text(what):
    kind, element = what
    if kind == "u32":
        return "u32"
    text = ELEMENTS[element][0]
    return f"({kind} {text})" if text else f"({kind})"


def _function_text(f):
    param = "" if f.param[0] == "none" else f' (param "p" {_value_text(f.param)})'
    result = "" if f.result[0] == "none" else f" (result {_value_text(f.result)})"
    return f"async{param}{result}"


_BUILTINS = [
    ("set-new", "canon waitable-set.new", "(result i32)"),
    ("set-wait", 'canon waitable-set.wait (memory (core memory $memory "memory"))', "(param i32 i32) (result i32)"),
    ("set-poll", 'canon waitable-set.poll (memory (core memory $memory "memory"))', "(param i32 i32) (result i32)"),
    ("set-drop", "canon waitable-set.drop", "(param i32)"),
    ("join", "canon waitable.join", "(param i32 i32)"),
    ("cancel-task", "canon subtask.cancel", "(param i32) (result i32)"),
    ("cancel-task-async", "canon subtask.cancel async", "(param i32) (result i32)"),
    ("drop-task", "canon subtask.drop", "(param i32)"),
    ("cancelled", "canon task.cancel", ""),
    ("yield", "canon thread.yield", "(result i32)"),
    ("inc", "canon backpressure.inc", ""),
    ("dec", "canon backpressure.dec", ""),
    ("get0", "canon context.get i32 0", "(result i32)"),
    ("get1", "canon context.get i32 1", "(result i32)"),
    ("set0", "canon context.set i32 0", "(param i32)"),
    ("set1", "canon context.set i32 1", "(param i32)"),
]


def _copy_builtins(kind, i):
    t = f"${kind}{i}"
    yield f"{kind}{i}-new", f"canon {kind}.new {t}", "(result i64)"
    params = "(param i32 i32 i32)" if kind == "stream" else "(param i32 i32)"
    for verb in ("read", "write"):
        for name, option in (("", ""), ("-async", " async")):
            yield (f"{kind}{i}-{verb}{name}", f'canon {kind}.{verb} {t}{option} (memory (core memory $memory "memory"))',
                   params + " (result i32)")
            yield f"{kind}{i}-cancel-{verb}{name}", f"canon {kind}.cancel-{verb} {t}{option}", "(param i32) (result i32)"
    for end in ("readable", "writable"):
        yield f"{kind}{i}-drop-{end}", f"canon {kind}.drop-{end} {t}", "(param i32)"


def _variables(f):
    if f.param[0] != "none":
        yield f"{f.name}p"
    for segment in f.segments:
        for kind, number, *rest in segment:
            if kind == "new":
                yield f"r{number}"
                yield f"w{number}"
            elif kind == "set":
                yield f"s{number}"
            elif kind == "call":
                yield f"t{number}"
            elif kind == "result":
                yield f"x{number}"


def _op_text(op, f, functions):
    kind, number, *rest = op

    def get(name):
        return f"(global.get $v-{name})" if name else "(i32.const 0)"

    def log(b="(i32.const 0)", c="(i32.const 0)"):
        return f"(call $log (i32.const {number}) {b} {c})"

    match kind:
        case "new":
            return (f"(global.set $packed (call ${rest[0]}{rest[1]}-new)) "
                    f"(global.set $v-r{number} (i32.wrap_i64 (global.get $packed))) "
                    f"(global.set $v-w{number} (i32.wrap_i64 (i64.shr_u (global.get $packed) (i64.const 32)))) "
                    + log(get(f"r{number}"), get(f"w{number}")))
        case "copy":
            what, element, verb, variable, address, count, async_ = rest
            length = f"(i32.const {count})" if what == "stream" else ""
            name = f"${what}{element}-{verb}{'-async' if async_ else ''}"
            return log(f"(call {name} {get(variable)} (i32.const {address}) {length})")
        case "cancel":
            what, element, verb, variable, async_ = rest
            return log(f"(call ${what}{element}-cancel-{verb}{'-async' if async_ else ''} {get(variable)})")
        case "drop":
            what, element, end, variable = rest
            return f"(call ${what}{element}-drop-{end} {get(variable)}) " + log()
        case "set":
            return f"(global.set $v-s{number} (call $set-new)) " + log(get(f"s{number}"))
        case "join":
            return f"(call $join {get(rest[0])} {get(rest[1])}) " + log()
        case "wait" | "poll":
            # The answer first: the words are there after it.
            return (f"(global.set $answer (call $set-{kind} {get(rest[0])} (i32.const {rest[1]}))) "
                    + log("(global.get $answer)", f"(i32.load (i32.const {rest[1]}))")
                    + " " + log(f"(i32.load (i32.const {rest[1] + 4}))"))
        case "drop-set":
            return f"(call $set-drop {get(rest[0])}) " + log()
        case "call":
            name, variable, address = rest
            arguments = get(variable) if functions[name].param[0] != "none" else ""
            if functions[name].result[0] != "none":
                arguments += f" (i32.const {address})"
            return (f"(global.set $answer (call $call-{name} {arguments})) "
                    f"(global.set $v-t{number} (i32.shr_u (global.get $answer) (i32.const 4))) "
                    + log("(global.get $answer)"))
        case "result":
            return (f"(global.set $v-x{number} (i32.load (i32.const {rest[0]}))) " + log(get(f"x{number}")))
        case "cancel-task":
            return log(f"(call $cancel-task{'-async' if rest[1] else ''} {get(rest[0])})")
        case "drop-task":
            return f"(call $drop-task {get(rest[0])}) " + log()
        case "return":
            value = "" if f.result[0] == "none" else (
                f"(i32.const {rest[0]})" if isinstance(rest[0], int) else get(rest[0]))
            return f"(call $return-{f.name} {value}) " + log()
        case "cancelled":
            return "(call $cancelled) " + log()
        case "yield":
            return "(drop (call $yield)) " + log()
        case "pressure":
            return f"(call ${rest[0]}) " + log()
        case "context":
            return f"(call $set{rest[0]} (i32.const {number})) " + log()
        case "context?":
            return log(f"(call $get{rest[0]})")
        case "end":
            if f.style == "callback":
                code = {"exit": 0, "yield": 1, "wait": 2}[rest[0]]
                return f"(i32.or (i32.const {code}) (i32.shl {get(rest[1])} (i32.const 4)))"
            if f.style == "stackful" or f.result[0] == "none":
                return ""
            return f"(i32.const {rest[1]})" if isinstance(rest[1], int) else get(rest[1])
    raise ValueError(kind)
