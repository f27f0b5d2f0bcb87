"""What a printed map tells of a rule: minutes of buildings, shortfalls, grids."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from lifecircle.publish.headline import own_rows, rules_by_id
from lifecircle.publish.prints import tokens
from lifecircle.publish.prints.shapes import fill, hatch, stroke

if TYPE_CHECKING:
    import numpy.typing as npt
    from geopandas import GeoDataFrame
    from matplotlib.axes import Axes

    from lifecircle.model import Assessment, Rule
    from lifecircle.publish.prints.paper import Frame

__all__ = ["Theme", "draw_theme", "gaps_of", "limit_of", "theme_of", "walks_of"]

Theme = Literal["minutes", "grids", "units"]

_SLACK_MIN = 1e-9


def theme_of(rule: Rule) -> Theme:
    """What the colours of a rule's map mean.

    Parameters
    ----------
    rule : Rule
        Any rule.

    Returns
    -------
    {"minutes", "grids", "units"}
        Minutes on foot of every building; grids by the band of their households;
        communities by their shortfall.

    Examples
    --------
    >>> from lifecircle.model import RuleBook
    >>> theme_of(study_rule)  # doctest: +SKIP
    """
    if rule.kind.startswith("walk"):
        return "minutes"
    return "grids" if rule.level == "grid" else "units"


def limit_of(rule: Rule) -> float:
    """Minutes at which the hue flips: the rule's own, else 15."""
    timed = rule.kind == "walk_minutes_coverage"
    limit = rule.value_max or rule.value_min
    return float(limit) if timed and limit else 15.0


def walks_of(study: Assessment, rule: Rule) -> npt.NDArray[np.float64]:
    """Minutes of every building to the nearest facility that the rule counts.

    Parameters
    ----------
    study : Assessment
        A finished study.
    rule : Rule
        A walking rule.

    Returns
    -------
    float array
        In the order of ``district.buildings``; NaN = no walk.
    """
    access = study.access
    mine = access[
        access["facility_class"].isin(rule.classes)
        & (access["walker"] == rule.walker)
        & (access["status_set"] == "+".join(rule.statuses))
    ]
    nearest = mine.groupby("building_id")["walk_min"].min()
    return study.district.buildings["building_id"].map(nearest).to_numpy(dtype=float)


def gaps_of(study: Assessment, rule_id: str) -> GeoDataFrame:
    """Gap areas of a rule that are large enough to be drawn, numbered as everywhere.

    Parameters
    ----------
    study : Assessment
        A finished study.
    rule_id : str
        The rule.

    Returns
    -------
    GeoDataFrame
        Rows of ``gaps.areas``, their index kept.
    """
    areas = study.gaps.areas
    least = study.district.config.smallest_gap_households
    households = areas["households"]
    return areas[(areas["rule_id"] == rule_id) & ~(households.fillna(np.inf) < least)]


def draw_theme(axes: Axes, study: Assessment, rule_id: str, frame: Frame) -> None:
    """Colour the map by a rule.

    Parameters
    ----------
    axes : Axes
        The map, in metres.
    study : Assessment
        A finished study.
    rule_id : str
        The rule.
    frame : Frame
        Scale of the map.
    """
    rule = rules_by_id(study.findings)[rule_id]
    theme = theme_of(rule)
    if theme == "minutes":
        _gap_areas(axes, gaps_of(study, rule_id), frame)
        _minutes(axes, study, rule, frame)
    elif theme == "grids":
        _plain_buildings(axes, study)
        _grids(axes, study, rule_id, frame)
    else:
        _units(axes, study, rule_id, frame)
        _plain_buildings(axes, study)


def _gap_areas(axes: Axes, gaps: GeoDataFrame, frame: Frame) -> None:
    shapes = gaps.geometry.to_numpy()
    step_m = 1.5 * frame.scale / 1000
    fill(axes, shapes, tokens.GAP_FILL, alpha=0.55, order=3.0)
    pen = {"step_m": step_m, "width_mm": 0.24}
    hatch(axes, shapes, tokens.GAP, **pen, angle_deg=45.0, order=3.05)
    stroke(axes, shapes, tokens.GAP, 0.4, order=3.1)


def _minutes(axes: Axes, study: Assessment, rule: Rule, frame: Frame) -> None:
    """Buildings by minutes; those the rule does not speak of stay plain."""
    shapes = study.district.buildings.geometry.to_numpy()
    walks = walks_of(study, rule)
    spoken = _spoken_of(study, rule)
    edge_mm = 0.12 if frame.scale <= 10_000 else 0.06
    fill(
        axes,
        shapes[~spoken],
        tokens.PLAIN,
        edge=tokens.PLAIN_EDGE,
        edge_mm=edge_mm,
        order=3.3,
    )
    for band in tokens.minute_bands(limit_of(rule)):
        chosen = walks <= band.to_min + _SLACK_MIN
        if band.after_min:
            chosen &= walks > band.after_min + _SLACK_MIN
        fill(
            axes,
            shapes[chosen & spoken],
            band.fill,
            edge=band.edge,
            edge_mm=edge_mm,
            order=3.31,
        )
    colour, edge = tokens.NO_PATH
    none = shapes[np.isnan(walks) & spoken]
    fill(axes, none, colour, edge=edge, edge_mm=edge_mm, order=3.32)


def _spoken_of(study: Assessment, rule: Rule) -> npt.NDArray[np.bool_]:
    """Homes in communities that the rule judges, benchmarks or refers to."""
    rows = own_rows(study.findings, rule.rule_id)
    told = rows[rows["verdict"] != "not_assessed"]
    buildings = study.district.buildings
    lived_in: npt.NDArray[np.bool_] = (buildings["households"] > 0).to_numpy()
    if rule.level != "community":
        return lived_in
    return lived_in & buildings["community_id"].isin(told["unit_id"]).to_numpy()


def _plain_buildings(axes: Axes, study: Assessment) -> None:
    shapes = study.district.buildings.geometry.to_numpy()
    fill(
        axes,
        shapes,
        tokens.PLAIN,
        edge=tokens.PLAIN_EDGE,
        edge_mm=0.06,
        alpha=0.9,
        order=3.2,
    )


def _grids(axes: Axes, study: Assessment, rule_id: str, frame: Frame) -> None:
    rows = own_rows(study.findings, rule_id).set_index("unit_id")
    grids = study.district.grids
    for_grid = grids["grid_id"].map
    measured, low, high = (
        for_grid(rows[name]).to_numpy(dtype=float)
        for name in ("measured", "threshold_min", "threshold_max")
    )
    shapes = grids.geometry.to_numpy()
    pen = {"step_m": 1.7 * frame.scale / 1000, "width_mm": 0.15}
    for out, colour, line, angle in (
        (measured < low, tokens.UNDER, "#8A80AE", 0.0),
        (measured > high, tokens.OVER, "#B5733C", 90.0),
    ):
        fill(axes, shapes[out], colour, alpha=0.7, order=3.0)
        hatch(axes, shapes[out], line, **pen, angle_deg=angle, order=3.05)
    stroke(axes, shapes, "#6A7077", 0.3, dash_mm=(1.0, 0.7), order=3.9)


def _units(axes: Axes, study: Assessment, rule_id: str, frame: Frame) -> None:
    """Communities by their shortfall; those that fall short are hatched besides."""
    rows = own_rows(study.findings, rule_id)
    rows = rows[(rows["level"] == "community") & (rows["verdict"] != "not_assessed")]
    worst = rows.groupby("unit_id")["shortfall_share"].max()
    failing = set(rows.loc[rows["verdict"] == "fail", "unit_id"])
    communities = study.district.communities
    shapes, keys = communities.geometry.to_numpy(), communities["community_id"]
    shares = keys.map(worst).fillna(0.0).to_numpy()
    told = keys.isin(rows["unit_id"]).to_numpy()
    short = keys.isin(failing).to_numpy()
    for _, colour in tokens.SHORT:
        mine = told & (np.array([tokens.short_colour(one) for one in shares]) == colour)
        fill(axes, shapes[mine], colour, alpha=0.45, order=2.9)
    pen = {"step_m": 2.2 * frame.scale / 1000, "width_mm": 0.12}
    hatch(axes, shapes[short], tokens.GAP, **pen, angle_deg=45.0, order=2.95)
