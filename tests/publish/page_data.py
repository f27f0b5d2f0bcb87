"""The data of a page, unpacked by the description in publish/pack.py alone."""

from __future__ import annotations

import json
import re
import zlib

ESCAPED = [0, 8, 9, 10, 11, 12, 13, 26, 27, 38, 60, 127]


def data_of(text):
    found = re.search(r'id="lc-data" data-bytes="(\d+),(\d+)">([^<&]*)</script>', text)
    stream = bytes_of(found[3], int(found[1]))
    whole = zlib.decompress(stream)
    assert len(whole) == int(found[2])
    length = int.from_bytes(whole[:4], "little")
    return restored(json.loads(whole[4 : 4 + length]), whole[4 + length :])


def bytes_of(text, length):
    """The bytes of a text of seven bits a character."""
    bits = []
    for code in map(ord, text):
        if code >= 256:
            bits.append(f"{ESCAPED[(code - 256) // 128]:07b}")
        bits.append(f"{code % 128:07b}")
    joined = "".join(bits)
    assert set(joined[8 * length :]) <= {"0"}
    assert len(joined) - 8 * length < 14
    return int(joined[: 8 * length], 2).to_bytes(length, "big") if length else b""


def restored(value, columns):
    if isinstance(value, list):
        return [restored(one, columns) for one in value]
    if not isinstance(value, dict):
        return value
    if "#" in value:
        patterns, which, *slots = (restored(one, columns) for one in value["#"])
        given = [iter(slot) for slot in slots]
        return [_filled(patterns[place], given) for place in which]
    if "$" not in value:
        return {key: restored(one, columns) for key, one in value.items()}
    start, count, width, form = value["$"]
    numbers, last = [], 0
    for k in range(count):
        planes = (columns[start + w * count + k] << 8 * w for w in range(width))
        folded = sum(planes)
        told = -(folded + 1) // 2 if folded % 2 else folded // 2
        last = last + told if form & 1 else told
        numbers.append(last)
    return [one - 1 if one else None for one in numbers] if form & 2 else numbers


def _filled(pattern, given):
    if pattern is None:
        return None
    head, *pieces = pattern.split("\ue000")
    numbers = (f"{next(slot)}" for slot in given)
    return head + "".join(next(numbers) + piece for piece in pieces)


def points_of(geom):
    """The points of every part, in steps of which a degree has ``per``."""
    steps = zip(geom["dx"], geom["dy"], strict=True)
    starts = zip(geom["x"], geom["y"], strict=True)
    parts = []
    for size in geom["sizes"]:
        part = [next(starts)]
        for k in range(1, size):
            x, y = next(steps)
            if geom["turned"] and k >= 3:
                x += part[k - 3][0] - part[k - 2][0]
                y += part[k - 3][1] - part[k - 2][1]
            part.append((part[-1][0] + x, part[-1][1] + y))
        parts.append(part)
    return parts
