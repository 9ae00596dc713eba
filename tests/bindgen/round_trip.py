"""Values of every type go from the host into a C guest and come back."""

import pathlib
import re
import tempfile

from bindgen.tools import link, succeed, wit_folder
from harness.suite import ROOT, Skip

TYPES = """  record point { x: s32, y: s64, name: string }
  record bits { a: u8, b: u16, c: u32, d: u64, e: s8, f: s16, g: f32, h: f64, i: bool, j: char }
  flags few { a, b, c }
  flags many { f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16, f17, f18 }
  enum color { red, green, blue }
  variant mixed { nothing, integer(u8), single(f32), wide(s64), double(f64), text(string), place(point), hue(color) }
  variant floats { first(f32), second(u32), third(f64), fourth(u64) }
  type names = list<string>;
"""
S = '(str.const "{}")'.format
POINT = '(record.const (field "x" (s32.const -5)) (field "y" (s64.const -9000000000)) (field "name" (str.const "here")))'
# WIT type, literals of it.
VALUES = [
    ("bool", ["(bool.const true)", "(bool.const false)"]),
    ("u8", ["(u8.const 255)"]),
    ("s8", ["(s8.const -128)"]),
    ("u16", ["(u16.const 65535)"]),
    ("s16", ["(s16.const -32768)"]),
    ("u32", ["(u32.const 4294967295)"]),
    ("s32", ["(s32.const -2147483648)"]),
    ("u64", ["(u64.const 18446744073709551615)"]),
    ("s64", ["(s64.const -9223372036854775808)"]),
    ("f32", ["(f32.const -1.5)", "(f32.const inf)"]),
    ("f64", ["(f64.const 1e300)"]),
    ("char", ['(char.const "\\u{1f600}")']),
    ("string", [S(""), S("gr\\u{fc}n")]),
    ("list<u8>", ["(list.const)", "(list.const (u8.const 1) (u8.const 2))"]),
    ("list<string>", ["(list.const {} {})".format(S("a"), S(""))]),
    ("list<list<u64>>", ["(list.const (list.const (u64.const 7)) (list.const))"]),
    ("names", ["(list.const {})".format(S("alias"))]),
    ("tuple<u8, string, f64>", ["(tuple.const (u8.const 3) {} (f64.const 0.5))".format(S("t"))]),
    ("tuple<u8>", ["(tuple.const (u8.const 3))"]),
    ("option<u32>", ["(option.none)", "(option.some (u32.const 1))"]),
    ("option<option<string>>", ["(option.none)", "(option.some (option.none))", "(option.some (option.some {}))".format(S("x"))]),
    ("result", ["(result.ok)", "(result.err)"]),
    ("result<u32>", ["(result.ok (u32.const 4))", "(result.err)"]),
    ("result<_, string>", ["(result.ok)", "(result.err {})".format(S("no"))]),
    ("result<list<string>, u64>", ["(result.ok (list.const {}))".format(S("y")), "(result.err (u64.const 9))"]),
    ("few", ['(flags.const)', '(flags.const "a" "c")']),
    ("many", ['(flags.const "f0" "f18")']),
    ("color", ['(enum.const "blue")']),
    ("point", [POINT]),
    ("list<point>", [f"(list.const {POINT} {POINT})"]),
    ("mixed", ['(variant.const "nothing")', '(variant.const "integer" (u8.const 7))', '(variant.const "single" (f32.const 2.5))',
               '(variant.const "wide" (s64.const -1))', '(variant.const "double" (f64.const -0.25))',
               '(variant.const "text" (str.const "m"))', f'(variant.const "place" {POINT})',
               '(variant.const "hue" (enum.const "green"))']),
    ("floats", ['(variant.const "first" (f32.const 1.5))', '(variant.const "second" (u32.const 4000000000))',
                '(variant.const "third" (f64.const 3.25))', '(variant.const "fourth" (u64.const 18000000000000000000))']),
    ("list<mixed>", ['(list.const (variant.const "text" (str.const "q")) (variant.const "nothing"))']),
    ("option<mixed>", ['(option.some (variant.const "text" (str.const "z")))']),
    ("map<string, u32>", None),
]  # fmt: skip
INTERFACE = "test:round/trip"


def functions():
    made = []
    for number, (wit, values) in enumerate(VALUES):
        made.append((f"value{number}", wit, values))
    return made


def body(header, name):
    """The guest's function, by the declaration that the header gives it."""
    found = re.search(rf"^(\S.*exports_test_round_trip_{name})\((.*)\);$", header, re.M)
    assert found, name
    head, params = found[1], found[2]
    names = [re.search(r"(\w+)$", param)[1] for param in params.split(", ")]
    result_type = head.rsplit(" ", 1)[0]
    declared = f"{head}({params})"
    if names[0].startswith("maybe_"):
        return f"{declared} {{ if (!{names[0]}) return false; *ret = *{names[0]}; return true; }}"
    if "_result_" in params.split(" ")[0]:
        text = ""
        if "err" in names:
            text += "if (x->is_err) *err = x->val.err; "
        if "ret" in names:
            text += "if (!x->is_err) *ret = x->val.ok; "
        return f"{declared} {{ {text}return !x->is_err; }}"
    if names[-1] == "ret":
        return f"{declared} {{ *ret = *x; }}"
    return f"{declared} {{ return x; }}"


def run(suite):
    suite.run("round trip: every type, from the host through C and back", lambda: round_trip(suite))


def round_trip(suite):
    program = pathlib.Path(suite.options.weir).parent / "weir-wast"
    if not program.exists():
        raise Skip("weir-wast is not built")
    lines = [f"  {name}: func(x: {wit}) -> {wit};" for name, wit, _ in functions()]
    text = "package test:round;\ninterface trip {\n" + TYPES + "\n".join(lines) + "\n}\nworld w { export trip; }\n"
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        wit = wit_folder(folder / "wit", text)
        succeed(suite.options.weir, "bindgen", "c", wit, "--world", "w", "-o", folder)
        header = (folder / "w.h").read_text()
        source = folder / "guest.c"
        source.write_text('#include "w.h"\n' + "\n".join(body(header, name) for name, _, _ in functions()) + "\n")
        link(folder, "w", folder / "core.wasm", source)
        succeed(suite.options.weir, "component", "new", folder / "core.wasm", "-o", folder / "x.wasm")
        data = (folder / "x.wasm").read_bytes()
        script = ['(component binary "' + "".join(f"\\{byte:02x}" for byte in data) + '")']
        count = 0
        for name, _, values in functions():
            for value in values or []:
                script.append(f'(assert_return (invoke "{INTERFACE}#{name}" {value}) {value})')
                count += 1
        (folder / "w.wast").write_text("\n".join(script) + "\n")
        text = succeed(program, "-v", folder / "w.wast")
        assert f"{count + 1} passed, 0 failed, 0 skipped" in text, text
