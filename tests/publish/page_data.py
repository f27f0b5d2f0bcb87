"""The data of a page, unpacked by the description in publish/pack.py alone."""

from __future__ import annotations

import base64
import json
import re
import zlib


def data_of(text):
    found = re.search(
        r'id="lc-data" data-size="(\d+)">([A-Za-z0-9+/=]*)</script>', text
    )
    whole = zlib.decompress(base64.b64decode(found[2]))
    assert len(whole) == int(found[1])
    length = int.from_bytes(whole[:4], "little")
    return restored(json.loads(whole[4 : 4 + length]), whole[4 + length :])


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
    """The points of every part, in millionths of a degree."""
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
