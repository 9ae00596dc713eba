"""Random values of a type as a guest may represent them: in its memory, and as core values. Bits that lifting has to
ignore are random; once in a while something is wrong that lifting has to refuse."""


class GuestValues:
    """`memory` is what the guest's memory has from `base` on, up to `limit`; `handles` are indices to choose from."""

    def __init__(self, d, rng, memory, base, limit, encoding, handles, wrong):
        self.d, self.rng, self.memory, self.next, self.limit = d, rng, memory, base, limit
        self.encoding, self.handles, self.wrong = encoding, handles, wrong
        self.budget = 400

    def bad(self):
        return self.rng.random() < self.wrong

    def bits(self, width):
        rng = self.rng
        return rng.choice([
            0, 1, (1 << width) - 1, 1 << (width - 1), (1 << (width - 1)) - 1, rng.getrandbits(width),
            rng.getrandbits(width), rng.getrandbits(7),
        ]) & ((1 << width) - 1)

    def float_bits(self, width):
        rng = self.rng
        exponent = {32: 0x7F80_0000, 64: 0x7FF0_0000_0000_0000}[width]
        return rng.choice([0, 1 << (width - 1), exponent, exponent | 1, exponent | exponent >> 1,
                           rng.getrandbits(width), rng.getrandbits(width)])

    def allocate(self, size, align):
        at = (self.next + align - 1) // align * align
        # Sometimes more aligned than needed, sometimes not.
        if self.rng.random() < 0.3:
            at += align * self.rng.randint(0, 3)
        if at + size > self.limit:
            raise MemoryError
        self.next = at + size
        return at

    def pointer(self, at, align):
        if self.bad():
            return self.rng.choice([at + 1, 0xFFFF_FFFF, len(self.memory), len(self.memory) - 1, 1 << 31])
        return at

    def length(self, count):
        if self.bad():
            return self.rng.choice([count + 1, 1 << 28, 0xFFFF_FFFF, len(self.memory), 0x8000_0000 | count])
        return count

    def put(self, at, value, size):
        self.memory[at:at + size] = value.to_bytes(size, "little")

    def handle(self):
        if not self.handles or self.bad():
            return self.rng.choice([0, 1, 2, 77, 0xFFFF_FFFF])
        return self.rng.choice(self.handles)

    def own(self):
        if not self.handles or self.bad():
            return self.handle()
        return self.handles.pop(self.rng.randrange(len(self.handles)))

    def character(self):
        rng = self.rng
        if self.bad():
            return rng.choice([0xD800, 0xDFFF, 0x110000, 0xFFFF_FFFF])
        return self.scalar(rng.choice([0x7F, 0xFF, 0xFFFF, 0x10FFFF]))

    def scalar(self, top):
        while True:
            value = self.rng.randint(0, top)
            if not 0xD800 <= value <= 0xDFFF:
                return value

    def count(self, most):
        rng = self.rng
        count = rng.choice([0, 0, 1, 2, 3, rng.randint(0, 6), rng.randint(0, most)])
        count = min(count, max(self.budget, 0))
        self.budget -= count
        return count

    def string(self):
        """(pointer, tagged length)"""
        rng = self.rng
        count = rng.choice([0, 1, 2, rng.randint(0, 10), rng.randint(0, 40), rng.choice([5, 900])])
        tops = rng.choice([[0x7F], [0xFF], [0x7F, 0xFF], [0xFFFF], [0x7F] * 12 + [0xFFFF], [0xFF] * 9 + [0x10FFFF],
                           [0x7F, 0xFF, 0xFFFF, 0x10FFFF]])
        text = "".join(chr(self.scalar(rng.choice(tops))) for _ in range(count))
        tag, align = 0, 2
        if self.encoding == "utf8":
            data, align = text.encode(), 1
            units = len(data)
        elif self.encoding == "utf16":
            data = text.encode("utf-16-le")
            units = len(data) // 2
        elif all(ord(c) < 256 for c in text) and rng.random() < 0.7:
            data = text.encode("latin-1")
            units = len(data)
        else:
            data = text.encode("utf-16-le")
            units, tag = len(data) // 2, 1 << 31
        data = bytearray(data)
        if data and self.bad():
            data[rng.randrange(len(data))] = rng.choice([0x80, 0xD8, 0xDC, 0xC0, 0xFF, 0xED])
        at = self.allocate(len(data), align)
        self.memory[at:at + len(data)] = data
        return self.pointer(at, align), self.length(units) | tag

    def sequence(self, element):
        d = self.d
        size, align = d.elem_size(element, "i32"), d.alignment(element, "i32")
        count = self.count(300 if size <= 8 else 20)
        at = self.allocate(count * size, align)
        for i in range(count):
            self.store(element, at + i * size)
        return self.pointer(at, align), self.length(count)

    def case(self, cases):
        if self.bad():
            return self.rng.choice([len(cases), len(cases) + 1, 0xFF, 0xFFFF_FFFF])
        # Those with payloads come first.
        return self.rng.randrange(min(len(cases), 6)) if self.rng.random() < 0.8 else self.rng.randrange(len(cases))

    def store(self, t, at):
        d, rng = self.d, self.rng
        t = d.despecialize(t)
        size = d.elem_size(t, "i32")
        match t:
            case d.BoolType():
                self.put(at, rng.choice([0, 1, 1, rng.getrandbits(8)]), 1)
            case d.F32Type() | d.F64Type():
                self.put(at, self.float_bits(size * 8), size)
            case d.CharType():
                self.put(at, self.character(), 4)
            case d.StringType():
                self.pair(at, self.string())
            case d.ListType(element, None):
                self.pair(at, self.sequence(element))
            case d.ListType(element, length):
                for i in range(length):
                    self.store(element, at + i * d.elem_size(element, "i32"))
            case d.RecordType(fields):
                for f in fields:
                    at = d.align_to(at, d.alignment(f.t, "i32"))
                    self.store(f.t, at)
                    at += d.elem_size(f.t, "i32")
            case d.VariantType(cases):
                width = d.elem_size(d.discriminant_type(cases), "i32")
                index = self.case(cases) & ((1 << 8 * width) - 1)
                self.put(at, index, width)
                if index < len(cases) and cases[index].t is not None:
                    self.store(cases[index].t, d.align_to(at + width, d.max_case_alignment(cases, "i32")))
            case d.OwnType():
                self.put(at, self.own(), 4)
            case d.BorrowType():
                self.put(at, self.handle(), 4)
            case _:
                self.put(at, self.bits(size * 8), size)

    def pair(self, at, values):
        self.put(at, values[0], 4)
        self.put(at + 4, values[1] & 0xFFFF_FFFF, 4)

    def flat(self, t):
        """Core values: pairs of core type and bits."""
        d, rng = self.d, self.rng
        t = d.despecialize(t)
        match t:
            case d.F32Type() | d.F64Type():
                width = 8 * d.elem_size(t, "i32")
                return [(f"f{width}", self.float_bits(width))]
            case d.S64Type() | d.U64Type():
                return [("i64", self.bits(64))]
            case d.CharType():
                return [("i32", self.character())]
            case d.StringType():
                return [("i32", v & 0xFFFF_FFFF) for v in self.string()]
            case d.ListType(element, None):
                return [("i32", v & 0xFFFF_FFFF) for v in self.sequence(element)]
            case d.ListType(element, length):
                return [v for _ in range(length) for v in self.flat(element)]
            case d.RecordType(fields):
                return [v for f in fields for v in self.flat(f.t)]
            case d.VariantType(cases):
                wanted = d.flatten_variant(cases, _I32)
                index = self.case(cases)
                values = [("i32", index)]
                if index < len(cases) and cases[index].t is not None:
                    for have, bits in self.flat(cases[index].t):
                        want = wanted[len(values)]
                        if want == "i64" and have in ("i32", "f32"):
                            bits |= rng.getrandbits(32) << 32
                        values.append((want, bits))
                for want in wanted[len(values):]:
                    values.append((want, rng.getrandbits(int(want[1:]))))
                return values
            case d.OwnType():
                return [("i32", self.own())]
            case d.BorrowType():
                return [("i32", self.handle())]
        return [("i32", rng.choice([self.bits(32), rng.getrandbits(3)]))]


class _I32:
    """What flattening asks its options: the width of addresses."""

    class memory:
        @staticmethod
        def ptr_type():
            return "i32"
