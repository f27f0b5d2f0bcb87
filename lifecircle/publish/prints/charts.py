"""Charts to print: households by minutes, and how evenly the walks are shared out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from lifecircle.publish.class_labels import class_label
from lifecircle.publish.disclosure import disclosed
from lifecircle.publish.prints import tokens
from lifecircle.publish.prints.fonts import chinese_family, font, require_matplotlib
from lifecircle.publish.prints.paper import points
from lifecircle.publish.prints.sheet import save
from lifecircle.publish.wording import code_words, naming
from lifecircle.text import say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from pandas import DataFrame

    from lifecircle.model import Assessment
    from lifecircle.text import Language

__all__ = [
    "BAND_KEYS",
    "WIDE_MM",
    "heading",
    "lorenz_figure",
    "minutes_figure",
    "minutes_table",
    "plain_axes",
    "write_chart",
]

WIDE_MM, _ROW_MM = 180.0, 7.0
"""Width of every chart, and height of a row of bars."""
_NONE = "none"

BAND_KEYS = ("band_5", "band_10", "band_15", "band_20", "band_over", "band_none")
"""Words of the columns of ``minutes_table``."""


def minutes_table(study: Assessment, *, walker: str, weight: str) -> DataFrame:
    """Share of the district's people in every band of minutes, class by class.

    Classes of which no facility is listed are left out.

    Parameters
    ----------
    study : Assessment
        A finished study, disclosed.
    walker : str
        The walker profile.
    weight : {"households", "persons", "elderly"}
        Who is counted.

    Returns
    -------
    DataFrame
        One row a facility class (its index), one column a band: the upper end in
        minutes, ``inf`` beyond the last, ``none`` without a walk; shares that sum to
        1. Best reached first.
    """
    served = study.served
    listed = study.district.facility_classes["facility_class"]
    mine = served[
        (served["level"] == "district")
        & (served["walker"] == walker)
        & (served["weight"] == weight)
        & served["facility_class"].isin(listed)
    ]
    ends = mine["minutes_to"].astype(object).where(mine["minutes_to"].notna(), _NONE)
    table = mine.assign(end=ends).pivot_table(
        index="facility_class", columns="end", values="amount", aggfunc="sum"
    )
    order = [5.0, 10.0, 15.0, 20.0, float("inf"), _NONE]
    table = table.reindex(columns=order).fillna(0.0)
    shares = table.div(table.sum(axis=1), axis=0)
    near = shares[[5.0, 10.0, 15.0]].sum(axis=1)
    return shares.loc[near.sort_values(ascending=False, kind="stable").index]


def minutes_figure(
    study: Assessment, *, walker: str, weight: str = "households", lang: Language = "zh"
) -> Figure:
    """Bars of a hundred per cent, one a facility class: who walks how many minutes.

    Parameters
    ----------
    study : Assessment
        A finished study.
    walker : str
        The walker profile.
    weight : {"households", "persons", "elderly"}
        Who is counted.
    lang : {"zh", "en"}
        Language.

    Returns
    -------
    matplotlib.figure.Figure
        Classes that are reached best stand first; the share within 15 minutes is
        written at the end of each bar.

    Raises
    ------
    ResultError
        If matplotlib or a Chinese font is missing.

    Examples
    --------
    >>> minutes_figure(study, walker="elderly")  # doctest: +SKIP
    """
    require_matplotlib()
    from matplotlib.figure import Figure

    study = disclosed(study)
    table = minutes_table(study, walker=walker, weight=weight)
    high_mm = 30 + _ROW_MM * max(len(table), 1)
    figure = Figure(figsize=(WIDE_MM / 25.4, high_mm / 25.4))
    box = (0.26, 15 / high_mm, 0.62, 1 - 30 / high_mm)
    axes = figure.add_axes(box)
    codes = code_words(naming(study.district.communities), lang)
    said = {"who": codes["weight"](weight), "walker": codes["walker"](walker)}
    heading(figure, say("print.chart_minutes", lang, said), high_mm)
    _bars(axes, table, lang)
    complete = study.district.complete_classes
    names = [
        _class_name(code, lang) + ("" if code in complete else " *")
        for code in table.index
    ]
    words = say("print.incomplete", lang)
    note = figure.text(0.97, 3.4 / high_mm, words, fontproperties=font(2.6))
    note.set(ha="right", va="center", color=tokens.SECOND)
    axes.set_yticks(range(len(names)), names, fontproperties=font(3.0))
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.set_xlim(0, 1)
    axes.set_xticks([0, 0.25, 0.5, 0.75, 1])
    axes.set_xticklabels(["0", "25", "50", "75", "100%"], fontproperties=font(2.8))
    plain_axes(axes)
    return figure


def _bars(axes: Axes, table: DataFrame, lang: Language) -> None:
    bands = tokens.minute_bands(15.0)
    looks = [(band.fill, band.edge) for band in bands] + [tokens.NO_PATH]
    starts = pd.Series(0.0, index=table.index)
    rows = range(len(table))
    for column, (fill, edge), key in zip(table.columns, looks, BAND_KEYS, strict=True):
        widths = table[column]
        axes.barh(
            rows,
            widths.to_numpy(),
            left=starts.to_numpy(),
            height=0.66,
            color=fill,
            edgecolor=edge,
            linewidth=points(0.12),
            label=say(f"print.{key}", lang),
        )
        starts = starts + widths
    near = table[[5.0, 10.0, 15.0]].sum(axis=1)
    for row, share in enumerate(near):
        percent = axes.text(1.015, row, f"{share:.1%}", fontproperties=font(2.8))
        percent.set_verticalalignment("center_baseline")
    words = say("print.within_15", lang)
    head = axes.text(1.015, -0.95, words, fontproperties=font(2.6))
    head.set(va="bottom", color=tokens.SECOND)
    legend = axes.legend(
        loc="upper left",
        bbox_to_anchor=(-0.02, -6 / (_ROW_MM * max(len(table), 1))),
        ncols=6,
        frameon=False,
        prop=font(2.7),
        handlelength=1.2,
        columnspacing=1.2,
    )
    legend.set_zorder(5)


def lorenz_figure(
    curves: Mapping[str, tuple[DataFrame, float]], *, walker: str, lang: Language = "zh"
) -> Figure:
    """Lorenz curves of walking minutes: the nearer the diagonal, the more even.

    Parameters
    ----------
    curves : Mapping
        Facility class to its curve (``households_share``, ``minutes_share``) and its
        Gini coefficient, as computed by ``lifecircle.checks.equity``.
    walker : str
        The walker profile.
    lang : {"zh", "en"}
        Language.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    ResultError
        If matplotlib or a Chinese font is missing.

    Examples
    --------
    >>> lorenz_figure({"CHD.KG": (curve, 0.25)}, walker="adult")  # doctest: +SKIP
    """
    require_matplotlib()
    from matplotlib.figure import Figure

    high_mm = 128.0
    figure = Figure(figsize=(WIDE_MM / 25.4, high_mm / 25.4))
    axes = figure.add_axes((0.09, 16 / high_mm, 96 / WIDE_MM, 96 / high_mm))
    who = code_words("community", lang)["walker"](walker)
    heading(figure, say("print.chart_lorenz", lang, {"walker": who}), high_mm)
    axes.plot([0, 1], [0, 1], color=tokens.RULE, lw=points(0.3))
    colours = ["#2E6DA4", tokens.FAIL, "#4A5057", "#78A5D1", "#DE8A4A", "#6E1A10"]
    dashes = ["-", "--", "-.", ":"]
    ordered = sorted(curves.items(), key=lambda pair: (pair[1][1], pair[0]))
    for place, (code, (curve, coefficient)) in enumerate(ordered):
        axes.plot(
            curve["households_share"],
            curve["minutes_share"],
            color=colours[place % len(colours)],
            ls=dashes[place // len(colours) % len(dashes)],
            lw=points(0.5),
            label=f"{_class_name(code, lang)}  {coefficient:.2f}",
        )
    for side, key in (("x", "lorenz_x"), ("y", "lorenz_y")):
        axis = axes.xaxis if side == "x" else axes.yaxis
        axis.set_label_text(say(f"print.{key}", lang), fontproperties=font(2.8))
        axis.set_ticks([0, 0.25, 0.5, 0.75, 1], labels=["0", "25", "50", "75", "100%"])
        for label in axis.get_ticklabels():
            label.set_fontproperties(font(2.8))
    axes.set(xlim=(0, 1), ylim=(0, 1), aspect="equal")
    if ordered:
        legend = axes.legend(
            loc="upper left",
            bbox_to_anchor=(1.04, 1.0),
            frameon=False,
            prop=font(2.8),
            title=say("print.gini", lang),
        )
        legend.get_title().set_fontproperties(font(2.8))
    plain_axes(axes)
    return figure


def write_chart(figure: Figure, path: str | Path) -> None:
    """Write a chart; the same chart gives the same bytes.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        From this module.
    path : str or Path
        ``.pdf``, ``.svg`` or ``.png``.

    Raises
    ------
    ResultError
        If the file cannot be written.

    Examples
    --------
    >>> write_chart(figure, "minutes.svg")  # doctest: +SKIP
    """
    from matplotlib import rc_context

    with rc_context({"font.family": [chinese_family()]}):
        save(figure, Path(path))


def heading(figure: Figure, text: str, high_mm: float) -> None:
    """Write the title of a chart.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        The chart.
    text : str
        Its title.
    high_mm : float
        Its height.
    """
    look: dict[str, Any] = {"fontproperties": font(4.2, weight="bold")}
    figure.text(0.03, 1 - 7 / high_mm, text, va="center", color=tokens.INK, **look)


def _class_name(code: str, lang: Language) -> str:
    label = class_label(code)
    return label.zh if lang == "zh" else label.en


def plain_axes(axes: Axes) -> None:
    """Leave the two axes that are read, thin, without ticks.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Of a chart.
    """
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set_color(tokens.RULE)
        axes.spines[side].set_linewidth(points(0.2))
    axes.tick_params(length=0)
