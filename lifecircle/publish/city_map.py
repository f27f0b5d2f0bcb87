"""The city's map: districts in outline, coloured by a figure, each a link."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import shapely

from lifecircle.publish.elements import element
from lifecircle.publish.prints.fonts import width_em

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from xml.etree import ElementTree as Tree

    from lifecircle.publish.city_figures import MapFigure
    from lifecircle.publish.city_words import CityWords

__all__ = ["draw_bars", "draw_map", "hatch_box"]

_WIDE, _MOST_HIGH, _MARGIN = 620.0, 470.0, 22.0
_LEAST_R = 7.0
"""A district that would be drawn smaller is a disc of this size, px."""
_EM, _LINE = 12.0, 13.0
_BARS_WIDE, _ROW, _END, _BAR_EM = 400.0, 22.0, 62.0, 11.5
_LEAST_NAME, _MOST_NAME = 60.0, 190.0
"""Room for the names left of bars, px."""


def draw_map(
    parent: Tree.Element, told: CityWords, figures: Sequence[MapFigure]
) -> None:
    """Draw the districts that have results; those of an earlier run are hatched.

    Parameters
    ----------
    parent : Element
        Where the picture goes.
    told : CityWords
        The city and its language.
    figures : sequence of MapFigure
        What can be chosen; the first is shown.
    """
    rows = told.study.districts
    rows = rows[rows.geometry.notna() & ~rows.geometry.is_empty]
    at, high = _projection(rows.geometry.total_bounds)
    figure = element(parent, "figure", class_="wide")
    box = f"0 0 {_WIDE:g} {high:.0f}"
    picture = element(figure, "svg", viewBox=box, role="group")
    _hatch(element(picture, "defs"), "hatch")
    drawn = [(row, _on_page(row["geometry"], at)) for row in rows.to_dict("records")]
    # Small districts last, so that no larger one covers them.
    drawn.sort(key=lambda pair: (-pair[1].area, pair[0]["district_id"]))
    links = [_area(picture, row, shape, told, figures) for row, shape in drawn]
    for link, (row, shape) in zip(links, drawn, strict=True):
        _label(link, row, shape, told, figures)


def _projection(bounds: Any) -> tuple[Callable[[Any], Any], float]:
    """From degrees to the picture, whose height follows; shapes keep their form."""
    west, south, east, north = (float(one) for one in bounds)
    narrow = math.cos(math.radians((south + north) / 2))
    wide, tall = (east - west) * narrow, north - south
    room = _WIDE - 2 * _MARGIN, _MOST_HIGH - 2 * _MARGIN
    scale = min(room[0] / max(wide, 1e-9), room[1] / max(tall, 1e-9))
    left = (_WIDE - wide * scale) / 2

    def at(degrees: Any) -> Any:
        placed = degrees.copy()
        placed[:, 0] = left + (degrees[:, 0] - west) * narrow * scale
        placed[:, 1] = _MARGIN + (north - degrees[:, 1]) * scale
        return placed

    return at, tall * scale + 2 * _MARGIN


def _on_page(shape: Any, at: Callable[[Any], Any]) -> Any:
    drawn = shapely.simplify(shapely.transform(shape, at), 0.3)
    heart = shapely.maximum_inscribed_circle(drawn, tolerance=0.5)
    if heart.length < _LEAST_R:
        return shapely.Point(heart.coords[0]).buffer(_LEAST_R)
    return drawn


def _area(
    picture: Tree.Element,
    row: Any,
    shape: Any,
    told: CityWords,
    figures: Sequence[MapFigure],
) -> Tree.Element:
    key = row["district_id"]
    link = element(picture, "a", href=told.link(row["folder"], "review.html"))
    state = "" if row["state"] == "done" else told.say(f"state_{row['state']}")
    reason = told.failure(row)[2]
    about = [told.names[key], state, reason]
    element(link, "title", " · ".join(one for one in about if one))
    looks = "".join(one.looks.get(key, "n") for one in figures)
    path = {"d": _path(shape), "class_": f"area c{looks[:1]}", "data-look": looks}
    element(link, "path", **path)
    if row["state"] != "done":
        element(link, "path", d=path["d"], class_="over")
    return link


def _path(shape: Any) -> str:
    rings = [
        " L".join(f"{x:.1f} {y:.1f}" for x, y in shapely.get_coordinates(ring)[:-1])
        for part in shapely.get_parts(shape)
        if part.geom_type == "Polygon"
        for ring in shapely.get_rings(part)
    ]
    return "".join(f"M{ring}Z" for ring in rings)


def _label(
    link: Tree.Element,
    row: Any,
    shape: Any,
    told: CityWords,
    figures: Sequence[MapFigure],
) -> None:
    """Name and figure where they fit, else the number that tables and bars give."""
    key = row["district_id"]
    heart = shapely.maximum_inscribed_circle(shape, tolerance=0.5)
    x, y = heart.coords[0]
    name = told.names[key] + "†" * (row["state"] != "done")
    fits = width_em(name) * _EM <= 2.6 * heart.length and heart.length >= 1.4 * _LINE
    if not fits:
        number = told.numbered[key].split(".")[0]
        element(link, "text", number, x=f"{x:.1f}", y=f"{y + 4:.1f}")
        return
    element(link, "text", name, x=f"{x:.1f}", y=f"{y - 1:.1f}")
    said = [one.texts.get(key, "–") for one in figures]
    told_of = {"x": f"{x:.1f}", "y": f"{y + _LINE:.1f}", "data-said": "|".join(said)}
    element(link, "text", said[0] if said else "", class_="value", **told_of)


def _hatch(parent: Tree.Element, name: str) -> None:
    pattern = element(parent, "pattern", id=name, width="6", height="6")
    pattern.set("patternUnits", "userSpaceOnUse")
    pattern.set("patternTransform", "rotate(45)")
    line = {"x1": "0", "y1": "0", "x2": "0", "y2": "6", "stroke": "#1B1F23"}
    mark = element(pattern, "line", **line)
    mark.set("stroke-width", "1.6")


def hatch_box(parent: Tree.Element, look: str, *, hatched: bool) -> None:
    """A swatch of the legend.

    Parameters
    ----------
    parent : Element
        Entry of the legend.
    look : str
        Class of the figure.
    hatched : bool
        As districts whose results are not of this run.
    """
    swatch = element(parent, "svg", viewBox="0 0 18 12")
    box = {"x": "0.5", "y": "0.5", "width": "17", "height": "11"}
    element(swatch, "rect", **box, class_=f"area c{look}")
    if hatched:
        element(swatch, "rect", **box, class_="over")


def draw_bars(
    parent: Tree.Element,
    bars: Sequence[tuple[str, float, str, str]],
    *,
    full: float | None = None,
) -> None:
    """Draw a bar for every name, in the order given.

    Parameters
    ----------
    parent : Element
        Where the picture goes.
    bars : sequence of (str, float, str, str)
        Name, length (NaN = none), what is printed at its end, class of its colour.
    full : float, optional
        Length of the whole width; the longest bar if not given.
    """
    high = _ROW * len(bars) + 4
    box = f"0 0 {_BARS_WIDE:g} {high:g}"
    picture = element(parent, "svg", viewBox=box, role="img")
    known = [length for _, length, *_ in bars if not math.isnan(length)]
    most = full or max(known, default=0.0) or 1.0
    longest = max((width_em(name) for name, *_ in bars), default=0.0)
    left = min(max(longest * _BAR_EM + 8, _LEAST_NAME), _MOST_NAME)
    room = _BARS_WIDE - left - _END
    for place, (name, length, said, look) in enumerate(bars):
        top = place * _ROW + 4
        at = {"x": f"{left - 6:g}", "y": f"{top + 11:g}"}
        node = element(picture, "text", _cut(name, left - 8), **at)
        node.set("text-anchor", "end")
        element(node, "title", name)
        wide = 0.0 if math.isnan(length) else room * length / most
        if wide > 0:
            box_of = {"x": f"{left:g}", "y": f"{top:g}", "width": f"{wide:.1f}"}
            element(picture, "rect", **box_of, height="14", class_=f"area c{look}")
        element(picture, "text", said, x=f"{left + wide + 5:.1f}", y=f"{top + 11:g}")


def _cut(name: str, room: float) -> str:
    """As much of a name as there is room for."""
    if width_em(name) * _BAR_EM <= room:
        return name
    while name and width_em(f"{name}…") * _BAR_EM > room:
        name = name[:-1]
    return f"{name}…"
