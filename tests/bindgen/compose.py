"""Components put together, in the binary format: one's exported interface is what another imports (Component Model, Binary.md)."""

PREAMBLE = b"\0asm\x0d\x00\x01\x00"
COMPONENT, INSTANCE, ALIAS, EXPORT = 4, 5, 6, 11
SORTS = {"func": b"\x01", "instance": b"\x05"}


def number(value):
    out = bytearray()
    while True:
        out.append(value & 0x7F | (0x80 if value > 0x7F else 0))
        value >>= 7
        if not value:
            return bytes(out)


def name(text):
    return number(len(text.encode())) + text.encode()


def section(kind, content):
    return bytes([kind]) + number(len(content)) + content


def compose(parts, exports, functions=()):
    """A component of `parts`, each a component with what it imports: {name: number of an earlier part that exports it}.

    `exports` is what the whole exports: {name: number of the part that does}. All are interfaces, but for the names in
    `functions`.
    """
    text = PREAMBLE + b"".join(section(COMPONENT, data) for data, _ in parts)
    counts, made = {"func": 0, "instance": 0}, []

    def item_of(part, key):
        nonlocal text
        kind = "func" if key in functions else "instance"
        text += section(ALIAS, b"\x01" + SORTS[kind] + b"\x00" + number(made[part]) + name(key))
        counts[kind] += 1
        return SORTS[kind] + number(counts[kind] - 1)

    for index, (_, imports) in enumerate(parts):
        given = b"".join(name(key) + item_of(part, key) for key, part in imports.items())
        text += section(INSTANCE, b"\x01\x00" + number(index) + number(len(imports)) + given)
        made.append(counts["instance"])
        counts["instance"] += 1
    listed = b"".join(b"\x00" + name(key) + item_of(part, key) + b"\x00" for key, part in exports.items())
    return text + section(EXPORT, number(len(exports)) + listed)
