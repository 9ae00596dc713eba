#!/usr/bin/env python3
"""Packs the official WIT packages into one compressed file, which the program embeds.

Usage: tools/wit/pack.py FOLDER OUTPUT
What it holds, once inflated: for each file a line `RELEASE/NAME SIZE` and so many bytes of text.
"""

import pathlib
import sys
import zlib

folder, output = map(pathlib.Path, sys.argv[1:])
content = b""
for path in sorted(folder.glob("*/deps/*.wit")):
    text = path.read_bytes()
    content += f"{path.parent.parent.name}/{path.stem} {len(text)}\n".encode() + text
if not content:
    sys.exit(f"error: there is no WIT in {folder}")
output.parent.mkdir(parents=True, exist_ok=True)
output.write_bytes(zlib.compress(content, 9))
