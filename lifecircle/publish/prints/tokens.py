"""Colours of printed sheets: those of the review map, the same values."""

from __future__ import annotations

import math
from dataclasses import dataclass

__all__ = [
    "BLUES",
    "INK",
    "LAND",
    "NO_PATH",
    "ROAD_WIDTHS_M",
    "SECOND",
    "SHORT",
    "VERDICTS",
    "WARMS",
    "Band",
    "minute_bands",
    "short_colour",
]

INK, SECOND, RULE = "#1B1F23", "#5B636B", "#D5D8DB"
FAIL, FAIL_TEXT, STAMP = "#B5420E", "#9A360A", "#B3261E"
GROUND, WATER, BANK = "#ECEAE4", "#CFE0E6", "#9DBBC6"
ROAD, CASING, BRIDGE, VEIL = "#FFFFFF", "#D3CEC3", "#7E7A72", "#EFEDE8"
GAP_FILL, GAP = "#F6DFCB", "#B5420E"
PLAIN, PLAIN_EDGE = "#E2DED5", "#C9C3B6"
COMMUNITY, SUBDISTRICT = "#6F767D", "#4A5057"
UNDER, OVER = "#DDD8EA", "#F3D0B3"

LAND = {
    "other": "#F1EEE8",
    "industrial": "#EEEBE4",
    "vacant": "#F1EFE6",
    "village": "#F8F5EE",
    "residential": "#F8F5EE",
    "green": "#DFE9D6",
    "nonresidential_building": PLAIN,
}
"""Kinds of land, in the order they are painted; water comes after them."""

ROAD_WIDTHS_M = {
    **dict.fromkeys(("motorway", "trunk", "primary"), 24.0),
    "secondary": 18.0,
    **dict.fromkeys(("tertiary", "motorway_link", "trunk_link"), 12.0),
    **dict.fromkeys(("primary_link", "secondary_link"), 12.0),
    **dict.fromkeys(("unclassified", "residential", "living_street"), 7.0),
    "pedestrian": 6.0,
    **dict.fromkeys(("service", "track"), 4.0),
    **dict.fromkeys(("footway", "path", "steps", "cycleway"), 2.4),
}
"""True widths by class; any other road has 7 m."""

VERDICTS = {
    "fail": FAIL,
    "pass": "#2E6DA4",
    "not_assessed": COMMUNITY,
    "benchmark": INK,
    "reference": INK,
}

BLUES = {
    1: (("#AFCBE5", "#7D9DBD"),),
    2: (("#DCE8F3", "#8FA8C0"), ("#78A5D1", "#4F7FAE")),
    3: (("#DCE8F3", "#8FA8C0"), ("#AFCBE5", "#7D9DBD"), ("#78A5D1", "#4F7FAE")),
    4: (
        *(("#DCE8F3", "#8FA8C0"), ("#AFCBE5", "#7D9DBD")),
        *(("#78A5D1", "#4F7FAE"), ("#4A7DB0", "#2C5A89")),
    ),
}
WARMS = {
    1: (("#6E1A10", "#4A100A"),),
    2: (("#C4560F", "#8F3D08"), ("#6E1A10", "#4A100A")),
    3: (("#DE8A4A", "#A85A1E"), ("#B5480C", "#843206"), ("#6E1A10", "#4A100A")),
    4: (
        *(("#E9A873", "#B5733C"), ("#D0671E", "#984510")),
        *(("#A33A0C", "#742806"), ("#6E1A10", "#4A100A")),
    ),
}
NO_PATH = "#3A4047", "#1B1F23"

SHORT = ((0.0, "#DCE8F3"), (0.1, "#F3D0B3"), (0.3, "#DE8A4A"), (math.inf, "#8F3D08"))
"""Shortfall as share of the standard, up to and with, and its colour."""


@dataclass(frozen=True, slots=True)
class Band:
    """Walks of one colour: over ``after_min`` and up to ``to_min``."""

    after_min: float
    to_min: float
    fill: str
    edge: str
    within: bool


def minute_bands(limit_min: float) -> tuple[Band, ...]:
    """Bands of minutes whose hue flips at a rule's limit.

    Parameters
    ----------
    limit_min : float
        Minutes that the rule allows.

    Returns
    -------
    tuple of Band
        Ascending; the last one has no end.

    Examples
    --------
    >>> [band.to_min for band in minute_bands(15.0)]
    [5.0, 10.0, 15.0, 20.0, inf]
    >>> [band.within for band in minute_bands(8.0)]
    [True, True, False, False, False]
    """
    breaks = [5.0, 10.0, 15.0, 20.0]
    if limit_min not in breaks:
        breaks = sorted([*breaks, limit_min])
        spare = 5.0 if limit_min > 20 else 20.0
        breaks = [one for one in breaks if one == limit_min or one != spare]
    ends = [*breaks, math.inf]
    below = sum(one <= limit_min for one in breaks)
    looks = [*BLUES[below], *WARMS[len(ends) - below]]
    return tuple(
        Band(after, to, fill, edge, to <= limit_min)
        for after, to, (fill, edge) in zip([0.0, *breaks], ends, looks, strict=True)
    )


def short_colour(share: float) -> str:
    """Colour of a shortfall, as share of the standard.

    Examples
    --------
    >>> short_colour(0.0), short_colour(0.31)
    ('#DCE8F3', '#8F3D08')
    """
    return next(colour for up_to, colour in SHORT if share <= up_to)
