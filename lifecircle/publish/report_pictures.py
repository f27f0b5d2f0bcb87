"""Pictures of the report, drawn as elements: no script, no library, sharp in print."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.etree import ElementTree as Tree

from lifecircle.publish.class_labels import class_label
from lifecircle.publish.elements import element
from lifecircle.publish.grid_sizes import STATES, grid_sizes, in_range_counts
from lifecircle.publish.prints import tokens
from lifecircle.publish.prints.charts import BAND_KEYS, minutes_table
from lifecircle.publish.prints.grid_chart import LOOKS, share_sentence
from lifecircle.publish.wording import code_words, naming
from lifecircle.text import say

if TYPE_CHECKING:
    from pandas import DataFrame

    from lifecircle.model import Assessment, GridPlan
    from lifecircle.text import Language

__all__ = ["draw_grids", "draw_minutes"]

_WIDE = 900.0
_BARS_WIDE, _ROW = 560.0, 15.5
_NAME, _END = 140.0, 46.0
"""Room for names left of the bars, and for the share right of them."""


def draw_grids(parent: Tree.Element, plan: GridPlan, lang: Language) -> None:
    """Today's grids beside the proposed ones, by households, the band shaded.

    Parameters
    ----------
    parent : Element
        Where the picture goes.
    plan : GridPlan
        The plan.
    lang : {"zh", "en"}
        Language.
    """
    table, counts = grid_sizes(plan), in_range_counts(plan)
    picture = _picture(parent, _WIDE, 190.0)
    most = max(int(table[list(STATES)].to_numpy().max()), 1)
    for place, state in enumerate(STATES):
        left = place * (_WIDE / 2 + 10)
        _text(
            picture, left, 14, share_sentence(state, counts[state], lang), look="bold"
        )
        _columns(picture, table, state, left, most)
    words = say("print.grids_households", lang)
    _text(picture, _WIDE / 2, 187, words, anchor="middle", look="quiet")


def _columns(
    picture: Tree.Element, table: DataFrame, state: str, left: float, most: int
) -> None:
    floor, high = 158.0, 118.0
    step = (_WIDE / 2 - 10) / len(table)
    within = table.index[table["place"] == "within"]
    band = (left + step * within[0], floor - high - 14, step * len(within), high + 14)
    _box(picture, band, "#EEF3F8")
    for row, bin_ in enumerate(table.itertuples(index=False)):
        x, count = left + row * step, int(getattr(bin_, state))
        fill, edge, _ = LOOKS[str(bin_.place)]
        if count:
            tall = high * count / most
            _box(picture, (x + 2, floor - tall, step - 4, tall), fill, edge)
            middle = x + step / 2
            _text(picture, middle, floor - tall - 3, f"{count:,}", anchor="middle")
        if row % 2 == 0:
            ends = f"{bin_.households_from:,.0f}"
            anchor = "middle" if row else "start"
            _text(picture, x, floor + 14, ends, anchor=anchor, look="quiet")
    _box(picture, (left, floor, _WIDE / 2 - 10, 0.8), tokens.INK)


def draw_minutes(
    parent: Tree.Element, study: Assessment, *, walker: str, weight: str, lang: Language
) -> None:
    """Bars of a hundred per cent: who walks how long to each class of facility.

    Parameters
    ----------
    parent : Element
        Where the picture goes.
    study : Assessment
        A finished study, disclosed.
    walker : str
        The walker profile.
    weight : {"households", "persons", "elderly"}
        Who is counted.
    lang : {"zh", "en"}
        Language.
    """
    table = minutes_table(study, walker=walker, weight=weight)
    picture = _picture(parent, _BARS_WIDE, 46 + _ROW * len(table))
    who = code_words(naming(study.district.communities), lang)
    said = {"who": who["weight"](weight), "walker": who["walker"](walker)}
    _text(picture, 0, 12, say("print.chart_minutes", lang, said), look="bold")
    bands = tokens.minute_bands(15.0)
    looks = [(band.fill, band.edge) for band in bands] + [tokens.NO_PATH]
    for place, ((fill, edge), key) in enumerate(zip(looks, BAND_KEYS, strict=True)):
        left = 78.0 * place
        _box(picture, (left, 24, 11, 9), fill, edge)
        _text(picture, left + 15, 33, say(f"print.{key}", lang), look="quiet")
    words = say("print.within_15", lang)
    _text(picture, _BARS_WIDE, 33, words, anchor="end", look="quiet")
    complete = study.district.complete_classes
    for row, (code, shares) in enumerate(table.iterrows()):
        label = class_label(str(code))
        name = (label.zh if lang == "zh" else label.en) + "*" * (code not in complete)
        top = 42 + row * _ROW
        _text(picture, _NAME - 6, top + 9.5, name, anchor="end")
        left, room = _NAME, _BARS_WIDE - _NAME - _END
        for share, (fill, edge) in zip(shares, looks, strict=True):
            if share > 0:
                _box(picture, (left, top, room * share, _ROW - 4), fill, edge)
            left += room * share
        near = f"{shares[[5.0, 10.0, 15.0]].sum():.1%}"
        _text(picture, _BARS_WIDE, top + 9.5, near, anchor="end")


def _picture(parent: Tree.Element, wide: float, high: float) -> Tree.Element:
    figure = element(parent, "figure")
    return element(figure, "svg", viewBox=f"0 0 {wide:g} {high:g}", role="img")


def _box(
    picture: Tree.Element,
    place: tuple[float, float, float, float],
    fill: str,
    edge: str = "none",
) -> None:
    named = zip(("x", "y", "width", "height"), place, strict=True)
    box = {name: f"{value:.2f}" for name, value in named}
    element(picture, "rect", **box, fill=fill, stroke=edge)


def _text(
    picture: Tree.Element,
    x: float,
    y: float,
    text: str,
    *,
    anchor: str = "start",
    look: str = "",
) -> None:
    node = element(picture, "text", text, x=f"{x:.2f}", y=f"{y:.2f}")
    node.set("text-anchor", anchor)
    if look:
        node.set("class", look)
