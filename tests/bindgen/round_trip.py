"""Values of every type go from the host into guests in C and C++, from one to another, and come back."""

import functools
import pathlib
import re
import tempfile

from bindgen.compose import compose
from bindgen.tools import link, link_cpp, run as run_program, succeed, wasm_tools, wit_folder
from harness.suite import Skip

TYPES = """  record point { x: s32, y: s64, name: string }
  record bits { a: u8, b: u16, c: u32, d: u64, e: s8, f: s16, g: f32, h: f64, i: bool, j: char }
  flags few { a, b, c }
  flags many { f0, f1, f2, f3, f4, f5, f6, f7, f8, f9, f10, f11, f12, f13, f14, f15, f16, f17, f18 }
  enum color { red, green, blue }
  variant mixed { nothing, integer(u8), single(f32), wide(s64), double(f64), text(string), place(point), hue(color) }
  variant floats { first(f32), second(u32), third(f64), fourth(u64) }
  type names = list<string>;
  type triple = list<u64, 3>;
"""
S = '(str.const "{}")'.format
POINT = '(record.const (field "x" (s32.const -5)) (field "y" (s64.const -9000000000)) (field "name" (str.const "here")))'
BITS = (
    '(record.const (field "a" (u8.const 1)) (field "b" (u16.const 2)) (field "c" (u32.const 3)) (field "d" (u64.const 4)) '
    '(field "e" (s8.const -5)) (field "f" (s16.const -6)) (field "g" (f32.const 7.5)) (field "h" (f64.const -8.5)) '
    '(field "i" (bool.const true)) (field "j" (char.const "k")))'
)
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
    ("list<bool>", ["(list.const (bool.const true) (bool.const false))"]),
    ("list<color>", ['(list.const (enum.const "blue") (enum.const "red"))']),
    ("list<bits>", [f"(list.const {BITS} {BITS})"]),
    ("bits", [BITS]),
    ("list<list<string>>", ["(list.const (list.const {}) (list.const))".format(S("deep"))]),
    ("list<option<few>>", ['(list.const (option.some (flags.const "b")) (option.none))']),
    ("result<result<u8, string>, option<char>>", ['(result.ok (result.err {}))'.format(S("e")),
                                                  '(result.err (option.some (char.const "x")))']),
    ("map<string, u32>", None),
    ("list<u8, 4>", [f"(list.const {' '.join(f'(u8.const {n})' for n in (1, 2, 3, 255))})"]),
    ("triple", ["(list.const (u64.const 1) (u64.const 0) (u64.const 18446744073709551615))"]),
    ("list<string, 2>", ["(list.const {} {})".format(S("left"), S(""))]),
    ("list<point, 2>", [f"(list.const {POINT} {POINT})"]),
    # More core values than fit parameters.
    ("list<f32, 20>", [f"(list.const {' '.join(f'(f32.const {n}.5)' for n in range(20))})"]),
    ("list<list<u16, 3>>", ["(list.const (list.const (u16.const 1) (u16.const 2) (u16.const 3)))", "(list.const)"]),
    ("list<list<char, 2>, 2>", ['(list.const (list.const (char.const "a") (char.const "b")) (list.const (char.const "c") (char.const "d")))']),
    ("option<list<mixed, 2>>", ["(option.none)",
                                '(option.some (list.const (variant.const "text" (str.const "w")) (variant.const "wide" (s64.const 5))))']),
    ("result<triple, list<bool, 1>>", ["(result.ok (list.const (u64.const 4) (u64.const 5) (u64.const 6)))",
                                       "(result.err (list.const (bool.const true)))"]),
]  # fmt: skip
INTERFACE = "test:round/trip"


IMPORTED, EXPORTED = "test_round_trip_", "exports_test_round_trip_"


def functions():
    return [(f"value{number}", wit, values or []) for number, (wit, values) in enumerate(VALUES)]


# ---- guests: one that answers with what it is given, one that asks another for that


def declaration(header, name):
    """Its text, and what is before and in the parentheses."""
    found = re.search(rf"^(?:extern )?((\S.*\b{name})\((.*)\));$", header, re.M)
    assert found, name
    return found[1], found[2], found[3]


def c_answer(header, name):
    declared, head, params = declaration(header, EXPORTED + name)
    names = [re.search(r"(\w+)$", param)[1] for param in params.split(", ")]
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


def c_ask(header, name):
    """The structs of the two sides are alike, but have other names."""
    declared, head, params = declaration(header, EXPORTED + name)
    arguments = [("(void*) " if "*" in param else "") + re.search(r"(\w+)$", param)[1] for param in params.split(", ")]
    result = "" if head.startswith("void ") else "return "
    return f"{declared} {{ {result}{IMPORTED}{name}({', '.join(arguments)}); }}"


def cpp_type(header, name, exported):
    parts = header.split("namespace exports::test::round::trip {")
    found = re.search(rf"^(\S.*) {name}\((.*) x\);$", parts[-1] if exported else parts[0], re.M)
    assert found, name
    return found[1]


def cpp_answer(header, name):
    kind = cpp_type(header, name, True)
    return f"namespace exports::test::round::trip {{ {kind} {name}({kind} x) {{ return x; }} }}"


def cpp_ask(header, name):
    kind = cpp_type(header, name, True)
    # A std::vector<bool> has no bools to refer to.
    if kind == "std::vector<bool>":
        return (
            f"namespace exports::test::round::trip {{ {kind} {name}({kind} x) {{\n"
            f"  auto all = std::make_unique<bool[]>(x.size());\n  for (size_t i = 0; i < x.size(); ++i) all[i] = x[i];\n"
            f"  return ::test::round::trip::{name}(std::span<const bool>(all.get(), x.size()));\n}} }}"
        )
    return (
        f"namespace test::round::trip {{ using Of{name} = {cpp_type(header, name, False)}; }}\n"
        f"namespace exports::test::round::trip {{ {kind} {name}({kind} x) {{\n"
        f"  auto result = ::test::round::trip::{name}(reinterpret_cast<::test::round::trip::Of{name}&>(x));\n"
        f"  return std::move(reinterpret_cast<{kind}&>(result));\n}} }}"
    )


def component(suite, folder, language, asks, *options):
    lines = [f"  {name}: func(x: {wit}) -> {wit};" for name, wit, _ in functions()]
    world = "world w { " + ("import trip; " if asks else "") + "export trip; }\n"
    folder.mkdir()
    wit = wit_folder(folder / "wit", "package test:round;\ninterface trip {\n" + TYPES + "\n".join(lines) + "\n}\n" + world)
    succeed(suite.options.weir, "bindgen", language, wit, "--world", "w", "-o", folder, *options)
    ending, body = {"c": ("h", c_ask if asks else c_answer), "cpp": ("hpp", cpp_ask if asks else cpp_answer)}[language]
    header = (folder / f"w.{ending}").read_text()
    source = folder / f"guest.{language}"
    source.write_text(f'#include "w.{ending}"\n' + "\n".join(body(header, name) for name, _, _ in functions()) + "\n")
    if language == "c":
        link(folder, "w", folder / "core.wasm", source)
    else:
        # The two sides' structs are taken for one another.
        link_cpp(folder, "w", folder / "core.wasm", source, flags=("-fno-strict-aliasing",))
    succeed(suite.options.weir, "component", "new", folder / "core.wasm", "-o", folder / "x.wasm")
    return (folder / "x.wasm").read_bytes()


# ---- scripts


def component_of(data):
    return '(component binary "' + "".join(f"\\{byte:02x}" for byte in data) + '")'


def check(program, folder, component_text):
    script = [component_text]
    for name, _, values in functions():
        script += [f'(assert_return (invoke "{INTERFACE}#{name}" {value}) {value})' for value in values]
    (folder / "w.wast").write_text("\n".join(script) + "\n")
    text = succeed(program, "-v", folder / "w.wast")
    assert f"{len(script)} passed, 0 failed, 0 skipped" in text, text


def wast(suite):
    program = pathlib.Path(suite.options.weir).parent / "weir-wast"
    if not program.exists():
        raise Skip("weir-wast is not built")
    return program


def run(suite):
    with tempfile.TemporaryDirectory() as name:
        trip = Trip(suite, pathlib.Path(name))
        for language in ("c", "cpp"):
            suite.run(f"round trip: every type, from the host through {language} and back", lambda l=language: trip.alone(l))
        for language in ("c", "cpp"):
            title = f"round trip: every type, through a guest in {language} whose strings are UTF-16"
            suite.run(title, lambda l=language: utf16(suite, l))
        suite.run("round trip: lists of a fixed length are behind their gate", trip.gated)
        for asks, answers in (("c", "cpp"), ("cpp", "c"), ("cpp", "cpp")):
            suite.run(
                f"round trip: every type, from the host through {asks} to {answers} and back",
                lambda a=asks, b=answers: trip.through(a, b),
            )


def utf16(suite, language):
    """Strings of a guest in UTF-16, asked by one in UTF-8."""
    program = wast(suite)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        wide = component(suite, folder / "wide", language, False, "--string-encoding", "utf16")
        header, text = {"c": ("w.h", "uint16_t *ptr;"), "cpp": ("w.hpp", "std::u16string")}[language]
        assert text in (folder / "wide" / header).read_text()
        check(program, folder, component_of(wide))
        narrow = component(suite, folder / "narrow", "c", True)
        both = compose([(wide, {}), (narrow, {INTERFACE: 0})], {INTERFACE: 1})
        check(program, folder, component_of(both))


class Trip:
    def __init__(self, suite, folder):
        self.suite, self.folder = suite, folder

    @functools.cache
    def component(self, language, asks):
        return component(self.suite, self.folder / f"{language}-{'asks' if asks else 'answers'}", language, asks)

    def alone(self, language):
        program = wast(self.suite)
        check(program, self.folder, component_of(self.component(language, False)))

    def gated(self):
        """As in the peer: a component with such lists is not valid where they are off."""
        name = self.folder / "gated.wasm"
        name.write_bytes(self.component("c", False))
        gates = ("cm-map", "cm-fixed-length-lists")
        succeed(wasm_tools(), "validate", "--features", ",".join(gates), name)
        assert run_program(wasm_tools(), "validate", "--features", gates[0], name).returncode != 0
        (self.folder / "gated.wast").write_text(component_of(name.read_bytes()))
        text = succeed(wast(self.suite), "-v", "--gate", "fixed-lists=off", self.folder / "gated.wast")
        assert "0 passed, 0 failed, 1 skipped" in text and "fixed length lists" in text, text

    def through(self, asks, answers):
        program = wast(self.suite)
        both = compose([(self.component(answers, False), {}), (self.component(asks, True), {INTERFACE: 0})], {INTERFACE: 1})
        check(program, self.folder, component_of(both))
