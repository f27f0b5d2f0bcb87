"""The legend of a printed map: only what is drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifecircle.publish.class_labels import class_label
from lifecircle.publish.headline import own_rows, rules_by_id
from lifecircle.publish.prints import tokens
from lifecircle.publish.prints.ground import BORDERS
from lifecircle.publish.prints.marks import facility_mark, verdict_mark
from lifecircle.publish.prints.pen import cut
from lifecircle.publish.prints.theme import gaps_of, limit_of, theme_of
from lifecircle.text import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lifecircle.model import Assessment
    from lifecircle.publish.prints.pen import Pen

__all__ = ["draw_legend"]

_KEYS = {
    "units": tuple(
        (colour, f"short_{key}")
        for key, (_, colour) in zip(
            ("none", "10", "30", "over"), tokens.SHORT, strict=True
        )
    ),
    "grids": ((tokens.UNDER, "grid_under"), (tokens.OVER, "grid_over")),
}
"""Colours of a theme and the sentences that tell them."""


def draw_legend(pen: Pen, study: Assessment, rule_id: str) -> None:
    """What the colours and signs of a rule's map mean, and nothing else.

    Parameters
    ----------
    pen : Pen
        Where the legend begins.
    study : Assessment
        A finished study.
    rule_id : str
        The rule.
    """
    rule = rules_by_id(study.findings)[rule_id]
    theme = theme_of(rule)
    notes = {
        "minutes": say("publish.minutes_unit", pen.lang),
        "units": say("print.legend_share", pen.lang),
        "grids": say("publish.level.grid", pen.lang),
    }
    pen.head(say("print.legend", pen.lang), notes[theme])
    if theme == "minutes":
        _ramp(pen, limit_of(rule))
    else:
        _swatches(
            pen,
            [(colour, say(f"print.{key}", pen.lang)) for colour, key in _KEYS[theme]],
        )
    _symbols(pen, study, rule_id)


def _ramp(pen: Pen, limit_min: float) -> None:
    """Minutes: breaks under the edges, the limit in bold, what is within it named."""
    bands = tokens.minute_bands(limit_min)
    wide = (pen.right - pen.left) / len(bands)
    high = 4.2 * pen.size
    pen.top -= 1.2 * pen.size + high
    for place, band in enumerate(bands):
        x = pen.left + place * wide
        pen.box(x, pen.top, wide, high, fill=band.fill, edge=band.edge, edge_mm=0.2)
        strong = "bold" if band.after_min == limit_min else "normal"
        side = "center" if place else "left"
        number = f"{band.after_min:g}"
        pen.text(x, pen.top - 2.6 * pen.size, number, 2.6, ha=side, weight=strong)
    split = pen.left + sum(band.within for band in bands) * wide
    pen.top -= 5.2 * pen.size
    for x0, x1, key, colour in (
        (pen.left, split, "within", tokens.VERDICTS["pass"]),
        (split, pen.right, "beyond", tokens.FAIL_TEXT),
    ):
        pen.path([(x0 + 0.6, pen.top), (x1 - 0.6, pen.top)], colour, 0.25)
        word, level = say(f"print.{key}", pen.lang), pen.top - 2.2 * pen.size
        pen.text((x0 + x1) / 2, level, word, 2.5, ha="center", color=colour)
    pen.top -= 4.6 * pen.size


def _swatches(pen: Pen, items: Sequence[tuple[str, str]]) -> None:
    size, half = pen.size, (pen.right - pen.left) / 2
    for place, (colour, word) in enumerate(items):
        if place % 2 == 0:
            pen.top -= 4.9 * size
        x = pen.left + (place % 2) * half
        look = {"fill": colour, "edge": "#8A9096"}
        pen.box(x, pen.top - 1.6 * size, 6.5 * size, 3.2 * size, **look, edge_mm=0.15)
        pen.text(x + 8.4 * size, pen.top, word, 2.6)
    pen.top -= 2.8 * size


def _symbols(pen: Pen, study: Assessment, rule_id: str) -> None:
    """Two columns of what else is drawn."""
    rule = rules_by_id(study.findings)[rule_id]
    half = (pen.right - pen.left) / 2
    drawn: list[tuple[str, str, str]] = []
    if not gaps_of(study, rule_id).empty:
        drawn.append(("gap", "", say("publish.gap_area", pen.lang)))
    if rule.classes:
        label = class_label(rule.classes[0])
        name = label.zh if pen.lang == "zh" else label.en
        room = half / pen.size / 2.6 - 3.6
        drawn.append(("mark", label.symbol, cut(name, room)))
    told = set(own_rows(study.findings, rule_id)["verdict"])
    for verdict in ("fail", "not_assessed"):
        if verdict in told:
            drawn.append(("verdict", verdict, say(f"verdicts.{verdict}", pen.lang)))
    for level in BORDERS:
        drawn.append(("border", level, say(f"print.border_{level}", pen.lang)))
    for place, (kind, what, word) in enumerate(drawn):
        if place % 2 == 0:
            pen.top -= 4.9 * pen.size
        x = pen.left + (place % 2) * half
        _symbol(pen, x + 3.2 * pen.size, kind, what)
        pen.text(x + 8.4 * pen.size, pen.top, word, 2.6)
    pen.top -= 3.0 * pen.size


def _symbol(pen: Pen, x: float, kind: str, what: str) -> None:
    y, size = pen.top, pen.size
    left, low = x - 3.2 * size, y - 1.6 * size
    if kind == "mark":
        side = 3.6 * size
        facility_mark(pen.page, (x, y), what, "built", side=side, size_mm=side)
    elif kind == "verdict":
        verdict_mark(pen.page, (x, y), what, size_mm=3.0 * size)
    elif kind == "gap":
        wide, high = 6.5 * size, 3.2 * size
        look = {"fill": tokens.GAP_FILL, "edge": tokens.GAP}
        pen.box(left, low, wide, high, **look, edge_mm=0.3)
        for shift in range(4):
            start = left + shift * 1.6 * size
            run = min(high, left + wide - start)
            pen.path([(start, low), (start + run, low + run)], tokens.GAP, 0.24)
    else:
        colour, width_mm, dash_mm = BORDERS[what]
        pen.path([(left, y), (left + 6.5 * size, y)], colour, width_mm, dash_mm=dash_mm)
