"""A plan as two sheets that lie over each other: units of today, and as proposed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from lifecircle.errors import ResultError
from lifecircle.publish.disclosure import disclosed
from lifecircle.publish.prints import tokens
from lifecircle.publish.prints.fonts import require_matplotlib
from lifecircle.publish.prints.furniture import draw_furniture
from lifecircle.publish.prints.ground import BORDERS, draw_borders, draw_ground
from lifecircle.publish.prints.labels import draw_unit_names
from lifecircle.publish.prints.paper import PAPERS
from lifecircle.publish.prints.pen import wrapped
from lifecircle.publish.prints.shapes import fill, hatch, stroke
from lifecircle.publish.prints.sheet import blank_sheet, save, sheet_frame
from lifecircle.text import say

if TYPE_CHECKING:
    import numpy.typing as npt
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from pandas import DataFrame

    from lifecircle.model import Assessment
    from lifecircle.publish.prints.paper import Frame, Paper
    from lifecircle.publish.prints.pen import Pen
    from lifecircle.text import Language

__all__ = ["PLAN_STATES", "PlanState", "plan_figure", "plan_title", "write_plan_map"]

PlanState = Literal["today", "proposed"]
PLAN_STATES: tuple[PlanState, ...] = ("today", "proposed")

_UNDER, _OVER, _CHANGED = "#8A80AE", "#B5733C", "#3A4047"
_LINE_MM = 0.45


@dataclass(frozen=True, slots=True, eq=False)
class _Units:
    """Grids of one sheet: shape, name, households, and how far outside the band."""

    shapes: npt.NDArray[np.object_]
    names: list[str]
    households: npt.NDArray[np.float64]
    outside: npt.NDArray[np.float64]
    judged: npt.NDArray[np.bool_]


def write_plan_map(
    study: Assessment,
    path: str | Path,
    *,
    state: PlanState,
    paper: Literal["A3", "A4"] = "A3",
    frame: Frame | None = None,
    lang: Language = "zh",
) -> Frame:
    """Draw today's grids, or those proposed, as a sheet to print.

    Both sheets of one frame and paper have the same extent: laid over each other
    they show what moves. Grids outside the band are hatched, level where they have
    too few households and upright where too many; buildings that change are dark.

    Parameters
    ----------
    study : Assessment
        A finished study with a plan of grids.
    path : str or Path
        ``.pdf``, ``.svg`` or ``.png``.
    state : {"today", "proposed"}
        Which of the two.
    paper : {"A3", "A4"}
        Landscape.
    frame : Frame, optional
        Scale and place; without it those at which the whole district fits.
    lang : {"zh", "en"}
        Language.

    Returns
    -------
    Frame
        What was shown, to draw the other sheet alike.

    Raises
    ------
    ResultError
        If the study has no plan, the format is not known, or matplotlib or a
        Chinese font is missing.

    Examples
    --------
    >>> write_plan_map(study, "today.pdf", state="today").scale  # doctest: +SKIP
    15000
    """
    require_matplotlib()
    study = disclosed(study)
    shown = frame or sheet_frame(study, paper=paper)
    figure = plan_figure(study, state, paper=PAPERS[paper], frame=shown, lang=lang)
    save(figure, Path(path))
    return shown


def plan_title(study: Assessment, state: PlanState, lang: Language) -> str:
    """Name of a sheet: the district, and today's grids or those proposed."""
    config = study.district.config
    name = config.name if lang == "zh" else config.name_en or config.name
    return f"{name} · {say(f'print.plan_{state}', lang)}"


def plan_figure(
    study: Assessment,
    state: PlanState,
    *,
    paper: Paper,
    frame: Frame,
    lang: Language = "zh",
) -> Figure:
    """A sheet of the plan as a matplotlib figure, at its true size.

    Parameters
    ----------
    study : Assessment
        A finished study, disclosed.
    state : {"today", "proposed"}
        Which of the two.
    paper : Paper
        The sheet.
    frame : Frame
        Scale and place of the map.
    lang : {"zh", "en"}
        Language.

    Returns
    -------
    matplotlib.figure.Figure
        The page's axes in millimetres, the map's in metres.

    Raises
    ------
    ResultError
        If the study has no plan of grids.
    """
    units = _units(study, state)
    with blank_sheet(paper, frame, lang) as (figure, axes, pen):
        draw_ground(axes, study.district, frame, frame.extent_m(paper))
        _draw_units(axes, study, units, frame)
        draw_borders(axes, study.district)
        # Grids outside the band take their place first.
        order = np.lexsort((np.arange(len(units.names)), units.outside == 0))
        draw_unit_names(
            axes,
            study,
            [
                (units.shapes[one], _label(units, one), units.outside[one] != 0)
                for one in order
            ],
            frame,
            paper,
        )
        _column(pen, study, units, state)
        draw_furniture(
            pen,
            study,
            title=plan_title(study, state, lang),
            number=f"G{PLAN_STATES.index(state) + 1}",
            paper=paper,
            frame=frame,
        )
    return figure


def _units(study: Assessment, state: PlanState) -> _Units:
    plan, grids = study.grid_plan, study.district.grids
    if plan is None or plan.grids.empty:
        raise ResultError(
            where="grid plan",
            what="the study has no plan of grids.",
            fix="Write it by `lifecircle regrid`.",
        )
    rows: DataFrame = plan.grids
    shapes = plan.grids.geometry.to_numpy()
    if state == "today":
        rows = plan.today[plan.today["grid_id"].isin(grids["grid_id"])]
        place = pd.Index(grids["grid_id"]).get_indexer(rows["grid_id"])
        shapes = grids.geometry.to_numpy()[place]
    outside = rows["outside_households"].fillna(0.0).to_numpy(dtype=float)
    return _Units(
        shapes,
        rows["grid_id"].astype(str).tolist(),
        rows["households"].to_numpy(dtype=float),
        outside,
        rows["in_range"].notna().to_numpy(),
    )


def _label(units: _Units, one: int) -> str:
    households = units.households[one]
    count = "" if np.isnan(households) else f"\n{households:,.0f}"
    return units.names[one] + count


def _draw_units(axes: Axes, study: Assessment, units: _Units, frame: Frame) -> None:
    step_m = 1.7 * frame.scale / 1000
    for out, colour, line, angle in (
        (units.outside < 0, tokens.UNDER, _UNDER, 0.0),
        (units.outside > 0, tokens.OVER, _OVER, 90.0),
    ):
        fill(axes, units.shapes[out], colour, alpha=0.7, order=3.0)
        hatch(
            *(axes, units.shapes[out], line),
            step_m=step_m,
            width_mm=0.15,
            angle_deg=angle,
            order=3.05,
        )
    buildings, plan = study.district.buildings, study.grid_plan
    changed = (
        np.zeros(len(buildings), dtype=bool)
        if plan is None
        else buildings["building_id"].isin(plan.changes["building_id"]).to_numpy()
    )
    homes = buildings.geometry.to_numpy()
    edge = tokens.PLAIN_EDGE
    fill(axes, homes[~changed], tokens.PLAIN, edge=edge, edge_mm=0.06, order=3.2)
    fill(axes, homes[changed], _CHANGED, order=3.25)
    stroke(axes, units.shapes, "#FFFFFF", _LINE_MM + 0.5, order=3.85)
    stroke(axes, units.shapes, tokens.INK, _LINE_MM, order=3.9)


def _column(pen: Pen, study: Assessment, units: _Units, state: PlanState) -> None:
    """Counts against the band, what changes, and the legend."""
    plan = study.grid_plan
    if plan is None:
        return
    low, high = plan.settings.households
    under, over = int((units.outside < 0).sum()), int((units.outside > 0).sum())
    judged = int(units.judged.sum())
    figures = {
        "n": f"{judged:,}",
        "fine": f"{judged - under - over:,}",
        "share": f"{1 - (under + over) / judged:.0%}" if judged else "–",
    }
    pen.head(
        say(f"print.plan_{state}", pen.lang),
        say("print.plan_band", pen.lang, {"low": low, "high": high}),
    )
    _lines(pen, say(f"print.grids_{state}", pen.lang, figures), bold=True)
    _lines(pen, say("print.plan_out", pen.lang, {"under": under, "over": over}))
    moved = plan.communities["changed_households"].sum(skipna=False)
    changed = {"buildings": f"{len(plan.changes):,}", "households": f"{moved:,.0f}"}
    key = "plan_changed_some" if np.isnan(moved) else "plan_changed_all"
    _lines(pen, say(f"print.{key}", pen.lang, changed))
    pen.head(say("print.legend", pen.lang))
    _legend(pen)


def _lines(pen: Pen, text: str, *, bold: bool = False) -> None:
    for line in wrapped(text, (pen.right - pen.left) / pen.size / 3.2):
        pen.top -= 2.6 * pen.size
        weight = "bold" if bold else "normal"
        pen.text(pen.left, pen.top, line, 3.2, weight=weight)
        pen.top -= 2.6 * pen.size


def _legend(pen: Pen) -> None:
    size = pen.size
    wide, high = 6.5 * size, 3.2 * size
    for key in ("grid", "grid_under", "grid_over", "changed", *BORDERS):
        pen.top -= 5.2 * size
        left, low = pen.left, pen.top - high / 2
        if key in BORDERS:
            colour, width_mm, dash_mm = BORDERS[key]
            ends = [(left, pen.top), (left + wide, pen.top)]
            pen.path(ends, colour, width_mm, dash_mm=dash_mm)
            word = say(f"print.border_{key}", pen.lang)
        else:
            filled = {
                "grid": "white",
                "grid_under": tokens.UNDER,
                "grid_over": tokens.OVER,
                "changed": _CHANGED,
            }[key]
            for share in (0.25, 0.5, 0.75):
                if key == "grid_under":
                    level = low + share * high
                    row = [(left, level), (left + wide, level)]
                    pen.path(row, _UNDER, 0.2)
                if key == "grid_over":
                    across = left + share * wide
                    pen.path([(across, low), (across, low + high)], _OVER, 0.2)
            edge_mm = 0.0 if key == "changed" else _LINE_MM
            pen.box(
                left, low, wide, high, fill=filled, edge=tokens.INK, edge_mm=edge_mm
            )
            word = say(f"print.plan_key_{key}", pen.lang)
        pen.text(left + 8.4 * size, pen.top, word, 2.8)
    pen.top -= 3.0 * size
