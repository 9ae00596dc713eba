"""Components put together, in the binary format: one's exported interface is what another imports (Component Model, Binary.md)."""

PREAMBLE = b"\0asm\x0d\x00\x01\x00"
COMPONENT, INSTANCE, ALIAS, EXPORT = 4, 5, 6, 11
SORT_INSTANCE = b"\x05"


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


def instantiate(component, arguments):
    given = b"".join(name(key) + SORT_INSTANCE + number(instance) for key, instance in arguments)
    return section(INSTANCE, b"\x01\x00" + number(component) + number(len(arguments)) + given)


def exported_instance(instance, key):
    return section(ALIAS, b"\x01" + SORT_INSTANCE + b"\x00" + number(instance) + name(key))


def compose(provider, user, shared, wanted):
    """A component that exports the interfaces `wanted` of `user`, which is given the interface `shared` of `provider`."""
    text = PREAMBLE + section(COMPONENT, provider) + section(COMPONENT, user)
    # The instances: the provider 0, its interface 1, the user 2, its interfaces from 3 on.
    text += instantiate(0, []) + exported_instance(0, shared) + instantiate(1, [(shared, 1)])
    for key in wanted:
        text += exported_instance(2, key)
    exports = b"".join(b"\x00" + name(key) + SORT_INSTANCE + number(3 + i) + b"\x00" for i, key in enumerate(wanted))
    return text + section(EXPORT, number(len(wanted)) + exports)
