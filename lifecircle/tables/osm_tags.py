"""What OpenStreetMap tags say: who may walk, what stops a walker, who lives there.

The walk filter, in this order:

1. ``highway`` values that are no built road (``construction``, ``proposed``,
   ``services``, ``bus_stop``, …) give no road at all; of ``a;b`` the first counts.
2. ``foot`` = no, private, use_sidepath: not walkable. ``foot`` = yes, designated,
   permissive, destination, customers, permit: walkable, whatever else is said.
3. ``access`` = no, private, military, delivery, agricultural, forestry, emergency,
   ``service`` = private, ``motorroad`` = yes: not walkable. A private lane inside a
   compound is thereby closed to everyone; who maps compounds should say
   ``foot=permissive`` or give the compound's gates.
4. motorways, their links, trunk links, raceways and busways are not walkable, unless
   (motorways and raceways aside) ``sidewalk`` is both, left, right or yes.
5. every other road is walkable, cycleways and tracks too. ``sidewalk=separate`` or
   ``no`` does not close a street: it may be crossed and is often the only line drawn.

``area=yes`` is kept as its rim, which joins the streets that end at a square. Steps
are kept and marked. One-way signs do not bind walkers.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    Tags = Mapping[str, str]

__all__ = [
    "FACILITY_KEYS",
    "NAME_KEYS",
    "WALKED",
    "address",
    "barrier_kind",
    "gate_open",
    "households_if_none",
    "is_passable",
    "is_walkable",
    "name",
    "number",
    "road_class",
]

WALKED = frozenset(
    {
        *("trunk", "primary", "primary_link", "secondary", "secondary_link"),
        *("tertiary", "tertiary_link", "unclassified", "residential"),
        *("living_street", "service", "pedestrian", "footway", "path", "steps"),
        *("track", "cycleway", "bridleway", "corridor", "crossing", "road"),
        *("elevator", "platform"),
    }
)
SIDEWALK_ONLY = frozenset({"trunk_link", "busway", "bus_guideway"})
DRIVEN = frozenset({"motorway", "motorway_link", "raceway"})
FOOT_YES = frozenset(
    {"yes", "designated", "permissive", "destination", "customers", "permit"}
)
FOOT_NO = frozenset({"no", "private", "use_sidepath"})
ACCESS_NO = frozenset(
    {
        *("no", "private", "military", "delivery", "agricultural"),
        *("forestry", "emergency"),
    }
)
SIDEWALKS = frozenset({"both", "left", "right", "yes"})

GATES = frozenset(
    {
        *("gate", "entrance", "lift_gate", "swing_gate", "sliding_gate"),
        *("kissing_gate", "turnstile", "full-height_turnstile", "wicket_gate"),
        *("hampshire_gate", "sally_port", "stile", "swing_barrier"),
    }
)
WALLS = frozenset({"wall", "city_wall", "fence", "retaining_wall"})
RIVERS = frozenset({"river", "canal"})
RAILS = frozenset({"rail", "light_rail", "narrow_gauge", "subway"})

NAME_KEYS = ("name:zh", "name:zh-Hans", "name")
"""Keys of names, the one to take first."""

FACILITY_KEYS = (
    *("amenity", "education", "emergency", "highway", "landuse", "leisure"),
    *("office", "place", "public_transport", "railway", "shop"),
)
"""Keys that may make a place a facility; the catalogue decides."""

NOT_LIVED_IN = frozenset(
    {
        *("barn", "bridge", "bunker", "bus_station", "cabin", "carport", "cathedral"),
        *("chapel", "church", "civic", "college", "commercial", "conservatory"),
        *("cowshed", "farm_auxiliary", "fire_station", "garage", "garages"),
        *("gatehouse", "government", "grandstand", "greenhouse", "hangar", "hospital"),
        *("hotel", "industrial", "kindergarten", "kiosk", "mosque", "museum"),
        *("office", "parking", "pavilion", "public", "religious", "retail", "roof"),
        *("riding_hall", "school", "service", "shed", "shrine", "silo"),
        *("sports_centre", "sports_hall", "stable", "stadium", "storage_tank"),
        *("supermarket", "synagogue", "temple", "toilets", "train_station"),
        *("transformer_tower", "transportation", "university", "warehouse"),
        *("water_tower",),
    }
)


def road_class(tags: Tags) -> str | None:
    """The road class: the first ``highway`` value, if it is a built road.

    Parameters
    ----------
    tags : Mapping[str, str]
        Of a way.

    Returns
    -------
    str or None
        None = no road.

    Examples
    --------
    >>> road_class({"highway": "unclassified;tertiary"})
    'unclassified'
    >>> road_class({"highway": "proposed"}) is None
    True
    """
    value = tags.get("highway", "").split(";")[0].strip().lower()
    return value if value in WALKED | SIDEWALK_ONLY | DRIVEN else None


def is_walkable(tags: Tags) -> bool:
    """Whether anyone may walk along a road; the filter at the head of this module.

    Parameters
    ----------
    tags : Mapping[str, str]
        Of a way with a ``road_class``.

    Returns
    -------
    bool
        True = walkable.

    Examples
    --------
    >>> is_walkable({"highway": "service", "access": "private"})
    False
    >>> is_walkable({"highway": "service", "access": "private", "foot": "yes"})
    True
    >>> is_walkable({"highway": "trunk_link", "sidewalk": "right"})
    True
    """
    foot = tags.get("foot")
    if foot in FOOT_NO or foot in FOOT_YES:
        return foot in FOOT_YES
    closed = (
        tags.get("access") in ACCESS_NO
        or tags.get("service") == "private"
        or tags.get("motorroad") == "yes"
    )
    value = road_class(tags)
    if closed or value in DRIVEN:
        return False
    return value in WALKED or bool(
        SIDEWALKS
        & {tags.get(f"sidewalk{side}", "") for side in ("", ":both", ":left", ":right")}
    )


def barrier_kind(tags: Tags) -> str | None:
    """What a line stops a walker as, if it does.

    Parameters
    ----------
    tags : Mapping[str, str]
        Of a way.

    Returns
    -------
    {"river", "railway", "expressway", "wall"} or None
        What runs on a bridge, in a tunnel or in a culvert stops no one; streams,
        trams and slip roads do not either.

    Examples
    --------
    >>> barrier_kind({"waterway": "river"})
    'river'
    >>> barrier_kind({"railway": "rail", "bridge": "viaduct"}) is None
    True
    """
    if spans(tags, "bridge") or tags.get("tunnel", "no") != "no":
        return None
    if tags.get("waterway") in RIVERS:
        return "river"
    if tags.get("railway") in RAILS:
        return "railway"
    if tags.get("highway") == "motorway":
        return "expressway"
    return "wall" if tags.get("barrier") in WALLS else None


def spans(tags: Tags, key: str) -> bool:
    """Whether a way is a bridge or a tunnel.

    Parameters
    ----------
    tags : Mapping[str, str]
        Of a way.
    key : {"bridge", "tunnel"}
        Which.

    Returns
    -------
    bool
        A passage through a building runs at street level and is no tunnel.

    Examples
    --------
    >>> spans({"bridge": "viaduct"}, "bridge")
    True
    >>> spans({"tunnel": "building_passage"}, "tunnel")
    False
    """
    return tags.get(key, "no") not in ("no", "building_passage")


def is_passable(tags: Tags) -> bool:
    """Whether a barrier may be passed at a node: crossing, ford, public gate.

    Parameters
    ----------
    tags : Mapping[str, str]
        Of a node.

    Returns
    -------
    bool
        A gate that is locked or private is not passable.

    Examples
    --------
    >>> is_passable({"railway": "level_crossing"})
    True
    >>> is_passable({"barrier": "gate", "access": "private"})
    False
    """
    if tags.get("railway") in ("level_crossing", "crossing"):
        return tags.get("foot") != "no"
    if tags.get("ford", "no") != "no":
        return True
    is_gate = tags.get("barrier") in GATES or "entrance" in tags
    private = "private" in (tags.get("foot"), tags.get("access"))
    return is_gate and gate_open(tags) and (not private or tags.get("foot") == "yes")


def gate_open(tags: Tags) -> bool:
    """Whether a compound's own people can use a gate.

    Parameters
    ----------
    tags : Mapping[str, str]
        Of a gate.

    Returns
    -------
    bool
        A private gate is open to those who live behind it; one that is locked, shut
        to walkers or an emergency exit is not.

    Examples
    --------
    >>> gate_open({"barrier": "gate", "access": "private"})
    True
    >>> gate_open({"barrier": "gate", "locked": "yes"})
    False
    """
    if tags.get("locked") == "yes" or tags.get("entrance") == "emergency":
        return False
    return (tags.get("foot") or tags.get("access")) != "no"


def households_if_none(tags: Tags) -> float | None:
    """0 for a building in which nobody lives by its kind, else None: not known.

    Parameters
    ----------
    tags : Mapping[str, str]
        Of a building.

    Returns
    -------
    float or None
        Never a guess: ``building=yes`` is not known.

    Examples
    --------
    >>> households_if_none({"building": "school"})
    0.0
    >>> households_if_none({"building": "apartments"}) is None
    True
    """
    return 0.0 if tags.get("building") in NOT_LIVED_IN else None


def name(tags: Tags) -> str | None:
    """The Chinese name, else the local one.

    Parameters
    ----------
    tags : Mapping[str, str]
        Of anything.

    Returns
    -------
    str or None
        None = unnamed.

    Examples
    --------
    >>> name({"name": "Dukou Road", "name:zh": "渡口路"})
    '渡口路'
    """
    return next(filter(None, map(tags.get, NAME_KEYS)), None)


def address(tags: Tags) -> str | None:
    """The address, from the largest part to the smallest.

    Parameters
    ----------
    tags : Mapping[str, str]
        Of a place or building.

    Returns
    -------
    str or None
        None = none given.

    Examples
    --------
    >>> address({"addr:street": "渡口路", "addr:housenumber": "8号"})
    '渡口路8号'
    """
    keys = ("city", "district", "subdistrict", "street", "housenumber")
    parts = "".join(tags.get(f"addr:{key}", "") for key in keys)
    return tags.get("addr:full") or parts or None


def number(tags: Tags, key: str) -> float:
    """A number in a tag; of several the first.

    Parameters
    ----------
    tags : Mapping[str, str]
        Of anything.
    key : str
        Which tag.

    Returns
    -------
    float
        NaN = none that can be read.

    Examples
    --------
    >>> number({"layer": "-1;0"}, "layer"), number({"layer": "low"}, "layer")
    (-1.0, nan)
    """
    found = re.match(r"\s*([+-]?\d+(?:\.\d+)?)\s*(?:;|$)", tags.get(key, ""))
    return float(found[1]) if found else float("nan")
