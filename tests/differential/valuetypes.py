"""Random value types, as the specification's objects and as component text."""


class TypeMaker:
    """Types of one case. Records, variants, enums and flags get names, which exports need."""

    def __init__(self, d, rng, resource):
        self.d, self.rng, self.resource = d, rng, resource
        # (object, text) of those with names, each mentioning only earlier ones.
        self.named = []
        self.texts = {}

    def primitive(self):
        d = self.d
        return self.rng.choice([
            d.BoolType, d.S8Type, d.U8Type, d.S16Type, d.U16Type, d.S32Type, d.U32Type, d.S64Type, d.U64Type,
            d.F32Type, d.F64Type, d.CharType, d.StringType, d.StringType,
        ])()

    def make(self, depth=3, borrow=True, handle=True):
        d, rng = self.d, self.rng
        kinds = ["primitive"] * 6
        if handle and self.resource:
            kinds += ["own", "borrow"] if borrow else ["own"]
        if depth > 0:
            kinds += ["list", "list", "record", "record", "variant", "variant", "tuple", "option", "result", "flags",
                      "enum", "fixed", "map", "again"]
        kind = rng.choice(kinds)
        inner = lambda: self.make(depth - 1, borrow, handle)  # noqa: E731
        if kind == "primitive":
            return self.primitive()
        if kind == "own":
            return d.OwnType(self.resource)
        if kind == "borrow":
            return d.BorrowType(self.resource)
        if kind == "list":
            return d.ListType(inner())
        if kind == "fixed":
            return d.ListType(inner(), rng.randint(1, 4))
        if kind == "tuple":
            return d.TupleType([inner() for _ in range(rng.randint(1, 4))])
        if kind == "option":
            return d.OptionType(inner())
        if kind == "result":
            return d.ResultType(rng.choice([None, inner()]), rng.choice([None, inner()]))
        if kind == "map":
            key = rng.choice([d.BoolType, d.U8Type, d.S16Type, d.U32Type, d.S64Type, d.CharType, d.StringType])()
            return d.MapType(key, self.make(depth - 1, False, False))
        if kind == "again":
            usable = [t for t, _ in self.named if not self.mentions_handle(t) or (borrow and handle)]
            return rng.choice(usable) if usable else self.primitive()
        if kind == "record":
            return self.name(d.RecordType([d.FieldType(f"f{i}", inner()) for i in range(rng.randint(1, 5))]))
        if kind == "variant":
            count = rng.choice([1, 2, 2, 3, 3, 4, 5, 257]) if depth > 1 else rng.randint(1, 5)
            cases = [d.CaseType(f"c{i}", rng.choice([None, inner()]) if i < 5 else None) for i in range(count)]
            return self.name(d.VariantType(cases))
        if kind == "enum":
            return self.name(d.EnumType([f"e{i}" for i in range(rng.choice([1, 2, 3, 7, 256, 300]))]))
        return self.name(d.FlagsType([f"b{i}" for i in range(rng.choice([1, 3, 8, 9, 16, 17, 31, 32]))]))

    def mentions_handle(self, t):
        d = self.d
        t = d.despecialize(t)
        match t:
            case d.OwnType() | d.BorrowType():
                return True
            case d.ListType(element):
                return self.mentions_handle(element)
            case d.RecordType(fields):
                return any(self.mentions_handle(f.t) for f in fields)
            case d.VariantType(cases):
                return any(c.t is not None and self.mentions_handle(c.t) for c in cases)
        return False

    def name(self, t):
        text = self.definition(t)
        self.texts[id(t)] = f"$n{len(self.named)}"
        self.named.append((t, text))
        return t

    def definition(self, t):
        d = self.d
        match t:
            case d.RecordType(fields):
                return "(record" + "".join(f' (field "{f.label}" {self.text(f.t)})' for f in fields) + ")"
            case d.VariantType(cases):
                return "(variant" + "".join(
                    f' (case "{c.label}"{" " + self.text(c.t) if c.t is not None else ""})' for c in cases) + ")"
            case d.EnumType(labels):
                return "(enum" + "".join(f' "{label}"' for label in labels) + ")"
            case d.FlagsType(labels):
                return "(flags" + "".join(f' "{label}"' for label in labels) + ")"

    def text(self, t):
        d = self.d
        if id(t) in self.texts:
            return self.texts[id(t)]
        match t:
            case d.ListType(element, None):
                return f"(list {self.text(element)})"
            case d.ListType(element, length):
                return f"(list {self.text(element)} {length})"
            case d.TupleType(parts):
                return "(tuple" + "".join(" " + self.text(p) for p in parts) + ")"
            case d.OptionType(part):
                return f"(option {self.text(part)})"
            case d.ResultType(ok, error):
                return ("(result" + (f" {self.text(ok)}" if ok is not None else "")
                        + (f" (error {self.text(error)})" if error is not None else "") + ")")
            case d.MapType(key, value):
                return f"(map {self.text(key)} {self.text(value)})"
            case d.OwnType():
                return "(own $R)"
            case d.BorrowType():
                return "(borrow $R)"
        return type(t).__name__.removesuffix("Type").lower()

    def definitions(self):
        """Declarations of a component that defines and exports the named ones."""
        return "".join(f'(type $d{i} {text}) (export $n{i} "n{i}" (type $d{i}))\n'
                       for i, (_, text) in enumerate(self.named))

    def declarations(self):
        """Declarations of an instance type with them."""
        return "".join(f'(type $d{i} {text}) (export "n{i}" (type $n{i} (eq $d{i})))\n'
                       for i, (_, text) in enumerate(self.named))
