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
    if "$" not in value:
        return {key: restored(one, columns) for key, one in value.items()}
    start, count, width, form = value["$"]
    numbers, last = [], 0
    for k in range(count):
        planes = (columns[start + w * count + k] << 8 * w for w in range(width))
        folded = sum(planes)
        last += -(folded + 1) // 2 if folded % 2 else folded // 2
        numbers.append(last)
    return [one - 1 if one else None for one in numbers] if form & 2 else numbers
