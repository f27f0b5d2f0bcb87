"""Names of gap areas: the community, and where in it the area lies."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import shapely

from lifecircle.publish.wording import short_name, unit_names
from lifecircle.text import say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lifecircle.model import Assessment
    from lifecircle.text import Language

__all__ = ["community_ids_of", "gap_names", "gap_numbers"]

_CENTRE = 1 / 6
"""Nearer to the middle than this share of the extent: neither north nor south."""

_SIDES: Mapping[tuple[int, int], str] = {
    (0, 0): "centre",
    (0, 1): "north",
    (1, 1): "north_east",
    (1, 0): "east",
    (1, -1): "south_east",
    (0, -1): "south",
    (-1, -1): "south_west",
    (-1, 0): "west",
    (-1, 1): "north_west",
}
"""Keys of the sentences ``publish.side.*``."""


def community_ids_of(cell: object) -> Sequence[str]:
    """Ids in a cell: a sequence, or a text parted by semicolons.

    Examples
    --------
    >>> community_ids_of("C1; C2")
    ['C1', 'C2']
    """
    if isinstance(cell, str):
        return [part.strip() for part in cell.split(";") if part.strip()]
    return [str(part) for part in cell] if isinstance(cell, list | tuple) else []


def gap_numbers(study: Assessment) -> list[int]:
    """Numbers of the gap areas within their rule, as map, list and workbook show.

    Parameters
    ----------
    study : Assessment
        A finished study.

    Returns
    -------
    list of int
        From 1, in the order of the frame: most households first.
    """
    seen: Counter[str] = Counter()
    numbers = []
    for rule in study.gaps.areas["rule_id"].astype(str):
        seen[rule] += 1
        numbers.append(seen[rule])
    return numbers


def gap_names(study: Assessment, lang: Language) -> list[str]:
    """Names of all gap areas, no two of a rule alike.

    Parameters
    ----------
    study : Assessment
        A finished study.
    lang : {"zh", "en"}
        Language; names of communities stay as they are.

    Returns
    -------
    list of str
        The communities; where a community has several areas, the side of it where
        the area's centre lies; a number besides if that is not enough.

    Examples
    --------
    >>> gap_names(study, "zh")[0]  # doctest: +SKIP
    '望溪东片'
    """
    areas, communities = study.gaps.areas, study.district.communities
    shapes = dict(
        zip(communities["community_id"], communities.geometry.to_numpy(), strict=True)
    )
    names = {key: short_name(name) for key, name in unit_names(communities).items()}
    places = [
        [one for one in community_ids_of(cell) if one in shapes]
        for cell in areas["community_ids"]
    ]
    keys = [
        (str(rule), _joined([names[one] for one in ids], lang))
        for rule, ids in zip(areas["rule_id"], places, strict=True)
    ]
    alike = Counter(keys)
    sides = [
        _side(area, [shapes[one] for one in ids]) if alike[key] > 1 and ids else ""
        for area, ids, key in zip(areas.geometry, places, keys, strict=True)
    ]
    return _told_apart(keys, sides, lang)


def _joined(names: Sequence[str], lang: Language) -> str:
    if not names:
        return ""
    more = say("publish.and_more", lang) if names[2:] else ""
    return "—".join(names[:2]) + more


def _side(area: shapely.Geometry, homes: Sequence[shapely.Geometry]) -> str:
    """Where in its communities the middle of an area lies."""
    west, south, east, north = shapely.total_bounds(homes)
    middle = shapely.centroid(area)
    return _SIDES[_third(middle.x, west, east), _third(middle.y, south, north)]


def _third(value: float, low: float, high: float) -> int:
    place = (value - low) / (high - low) - 0.5 if high > low else 0.0
    return 0 if abs(place) <= _CENTRE else 1 if place > 0 else -1


def _told_apart(
    keys: list[tuple[str, str]], sides: list[str], lang: Language
) -> list[str]:
    """Numbers for areas that share community and side."""
    whole = list(zip(keys, sides, strict=True))
    alike = Counter(whole)
    seen: Counter[object] = Counter()
    names = []
    for key in whole:
        (_, name), side = key
        seen[key] += 1
        values = {
            "name": name or say("publish.gap_area", lang),
            "side": say(f"publish.side.{side}", lang) if side else "",
            "n": seen[key] if alike[key] > 1 else "",
        }
        form = "gap_place" if name else "gap_place_nowhere"
        names.append(" ".join(say(f"publish.{form}", lang, values).split()))
    return names
