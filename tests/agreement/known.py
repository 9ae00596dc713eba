"""Where Weir and wasm-tools disagree knowingly, and why."""

# (part of our error, or None where we accept; part of theirs, or None where they accept; why).
KNOWN = []


def reason(ours, theirs):
    for our_part, their_part, why in KNOWN:
        if (ours is None) != (our_part is None) or (theirs is None) != (their_part is None):
            continue
        if (our_part or "") in (ours or "") and (their_part or "") in (theirs or ""):
            return why
    return None
