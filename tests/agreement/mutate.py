"""Changes of a component that leave its sections in frame: of bytes and of whole sections, at any depth."""

CORE_MODULE, COMPONENT = 1, 4
HEADER = b"\0asm\x0d\0\1\0"


def leb(value):
    out = bytearray()
    while True:
        byte = value & 0x7F
        value >>= 7
        out.append(byte | (0x80 if value else 0))
        if not value:
            return bytes(out)


def read_leb(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return value, at


def parse(data):
    """Sections as [id, bytes or, of a component, sections]; None if it is not framed well."""
    if data[:8] != HEADER:
        return None
    sections, at = [], 8
    try:
        while at < len(data):
            kind = data[at]
            size, at = read_leb(data, at + 1)
            if at + size > len(data):
                return None
            content = data[at:at + size]
            at += size
            inner = parse(content) if kind == COMPONENT else None
            sections.append([kind, inner if inner is not None else bytearray(content)])
    except IndexError:
        return None
    return sections


def encode(sections):
    out = bytearray(HEADER)
    for kind, content in sections:
        body = encode(content) if isinstance(content, list) else bytes(content)
        out += bytes([kind]) + leb(len(body)) + body
    return bytes(out)


def lists(sections):
    """Every list of sections, at any depth."""
    yield sections
    for _, content in sections:
        if isinstance(content, list):
            yield from lists(content)


def change_bytes(rng, sections):
    contents = [s for found in lists(sections) for s in found
                if isinstance(s[1], bytearray) and s[0] != CORE_MODULE and len(s[1]) > 0]
    if not contents:
        return
    content = rng.choice(contents)[1]
    at = rng.randrange(len(content))
    letters = [i for i, byte in enumerate(content) if 0x2D <= byte < 0x7B]
    match rng.randrange(9):
        case 7 | 8 if letters:
            # Most likely of a name.
            content[rng.choice(letters)] = rng.choice(b"aAzZ09-:/@.[]")
        case 0 | 7 | 8:
            content[at] ^= 1 << rng.randrange(8)
        case 1 | 2:
            content[at] = (content[at] + rng.choice([-1, 1])) & 0xFF
        case 3:
            content[at] = rng.randrange(12)
        case 4:
            content[at] = rng.randrange(0x40, 0x80)
        case 5:
            content.insert(at, rng.choice([0, 1, 2, rng.randrange(256)]))
        case 6:
            del content[at]


def change_sections(rng, sections, other):
    place = rng.choice(list(lists(sections)))
    match rng.randrange(4):
        case 0 if place:
            del place[rng.randrange(len(place))]
        case 1 if place:
            place.insert(rng.randrange(len(place) + 1), copied(rng.choice(place)))
        case 2 if len(place) > 1:
            i, j = rng.sample(range(len(place)), 2)
            place[i], place[j] = place[j], place[i]
        case _:
            donors = [s for found in lists(other) for s in found]
            if donors:
                place.insert(rng.randrange(len(place) + 1), copied(rng.choice(donors)))


def copied(section):
    kind, content = section
    return [kind, [copied(s) for s in content] if isinstance(content, list) else bytearray(content)]


def mutant(rng, data, other):
    sections, donors = parse(data), parse(other)
    if sections is None:
        changed = bytearray(data)
        if changed:
            changed[rng.randrange(len(changed))] = rng.randrange(256)
        return bytes(changed)
    for _ in range(rng.choice([1, 1, 1, 2, 3])):
        if rng.random() < 0.75:
            change_bytes(rng, sections)
        else:
            change_sections(rng, sections, donors or [])
    return encode(sections)
