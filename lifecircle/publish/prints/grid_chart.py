"""The chart of a grid plan: grids by households, before and after."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifecircle.publish.grid_sizes import STATES, grid_sizes, in_range_counts
from lifecircle.publish.prints import tokens
from lifecircle.publish.prints.charts import WIDE_MM, heading, plain_axes
from lifecircle.publish.prints.fonts import font, require_matplotlib
from lifecircle.publish.prints.paper import points
from lifecircle.text import say

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from pandas import DataFrame

    from lifecircle.model import GridPlan
    from lifecircle.text import Language

__all__ = ["LOOKS", "grids_figure", "share_sentence"]

LOOKS = {
    "under": (tokens.UNDER, "#6B5FA0", "---"),
    "within": ("#78A5D1", "#4F7FAE", ""),
    "over": (tokens.OVER, tokens.FAIL, "|||"),
}
"""Place against the band to fill, edge and hatch: the hatches of the review map, so
that grey prints tell them apart too."""

_HIGH_MM = 120.0


def grids_figure(plan: GridPlan, *, lang: Language = "zh") -> Figure:
    """Today's grids above, the proposed ones below, on one scale, the band shaded.

    Parameters
    ----------
    plan : GridPlan
        The plan.
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
    >>> grids_figure(study.grid_plan)  # doctest: +SKIP
    """
    require_matplotlib()
    from matplotlib.figure import Figure

    low, high = plan.settings.households
    table, counts = grid_sizes(plan), in_range_counts(plan)
    figure = Figure(figsize=(WIDE_MM / 25.4, _HIGH_MM / 25.4))
    heading(
        figure, say("print.chart_grids", lang, {"low": low, "high": high}), _HIGH_MM
    )
    most = int(table[list(STATES)].to_numpy().max())
    for state, bottom_mm in zip(STATES, (64.0, 14.0), strict=True):
        box = (0.08, bottom_mm / _HIGH_MM, 0.89, 36 / _HIGH_MM)
        axes = figure.add_axes(box)
        _bars(axes, table, state)
        axes.set_ylim(0, most * 1.15)
        said = share_sentence(state, counts[state], lang)
        title = axes.set_title(said, fontproperties=font(3.2, weight="bold"))
        title.set(ha="left", position=(0, 1))
        words = say("print.grids_count", lang)
        axes.yaxis.set_label_text(words, fontproperties=font(2.8))
    words = say("print.grids_households", lang)
    axes.xaxis.set_label_text(words, fontproperties=font(2.8))
    return figure


def share_sentence(state: str, counts: tuple[int, int], lang: Language) -> str:
    """How many grids of a state lie within the band.

    Parameters
    ----------
    state : {"today", "proposed"}
        Which grids.
    counts : tuple of int
        Those within the band, and all.
    lang : {"zh", "en"}
        Language.

    Returns
    -------
    str

    Examples
    --------
    >>> share_sentence("today", (42, 104), "en")
    'Today: 42 of 104 within the band (40.4%)'
    """
    fine, every = counts
    share = f"{fine / every:.1%}" if every else "–"
    told = {"n": f"{every:,}", "fine": f"{fine:,}", "share": share}
    return say(f"print.grids_{state}", lang, told)


def _bars(axes: Axes, table: DataFrame, state: str) -> None:
    for place, (fill, edge, hatch) in LOOKS.items():
        mine = table.index[table["place"] == place]
        axes.bar(
            mine + 0.5,
            table.loc[mine, state],
            width=0.86,
            color=fill,
            edgecolor=edge,
            hatch=hatch,
            linewidth=points(0.2),
        )
    for row, count in enumerate(table[state]):
        if count:
            text = axes.text(row + 0.5, count, str(count), fontproperties=font(2.6))
            text.set(ha="center", va="bottom")
    within = table.index[table["place"] == "within"]
    axes.axvspan(within[0], within[-1] + 1, color="#EEF3F8", zorder=0)
    axes.set_xlim(0, len(table))
    ends = [f"{start:,.0f}" for start in table["households_from"]]
    ends[-1] = f"≥{ends[-1]}"
    axes.set_xticks(range(len(ends)), ends, fontproperties=font(2.6))
    for label in axes.get_yticklabels():
        label.set_fontproperties(font(2.6))
    plain_axes(axes)
