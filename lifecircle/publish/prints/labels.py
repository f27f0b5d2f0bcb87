"""Marks and names on a printed map: what matters first, nothing over another."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from lifecircle.publish.class_labels import class_label
from lifecircle.publish.figures import in_percent
from lifecircle.publish.gap_names import gap_numbers
from lifecircle.publish.headline import own_rows, rules_by_id
from lifecircle.publish.prints import tokens
from lifecircle.publish.prints.fonts import font, width_em
from lifecircle.publish.prints.marks import facility_mark, verdict_mark
from lifecircle.publish.prints.paper import points
from lifecircle.publish.prints.theme import gaps_of
from lifecircle.publish.wording import short_name, unit_names

if TYPE_CHECKING:
    from collections.abc import Iterable

    from matplotlib.axes import Axes

    from lifecircle.model import Assessment
    from lifecircle.publish.prints.paper import Frame, Paper

__all__ = ["draw_marks", "draw_unit_names"]

_HALO_MM = 0.75
_STEEP_DEG = 60.0
_LANES_UP_TO = 5_000
"""Scale up to which lanes are named, not only main roads."""
Box = tuple[float, float, float, float]


@dataclass(slots=True)
class _Board:
    """A map on paper: the ground in millimetres, and what is taken already."""

    axes: Axes
    frame: Frame
    extent_m: Box
    symbols: float
    taken: list[Box] = field(default_factory=list)

    def metres(self, millimetres: float) -> float:
        return millimetres * self.frame.scale / 1000

    def free(self, box: Box) -> bool:
        west, south, east, north = self.extent_m
        inside = box[0] > west and box[1] > south and box[2] < east and box[3] < north
        return inside and not any(
            box[0] < other[2]
            and box[2] > other[0]
            and box[1] < other[3]
            and box[3] > other[1]
            for other in self.taken
        )

    def box(self, x: float, y: float, text: str, size_mm: float) -> Box:
        """Ground that a text of one or more lines covers, with a little air."""
        lines = text.split("\n")
        wide = self.metres(size_mm * (max(map(width_em, lines)) + 0.3)) / 2
        high = self.metres(size_mm * 1.25 * len(lines)) / 2
        return x - wide, y - high, x + wide, y + high

    def write(self, x: float, y: float, text: str, size_mm: float, **look: Any) -> None:
        from matplotlib.patheffects import withStroke

        weight = look.pop("weight", "normal")
        halo = withStroke(linewidth=points(_HALO_MM), foreground="white")
        self.axes.text(
            x,
            y,
            text,
            fontproperties=font(size_mm, weight=weight),
            ha="center",
            va=look.pop("va", "center_baseline"),
            path_effects=[halo],
            zorder=look.pop("order", 7.0),
            linespacing=1.15,
            parse_math=False,
            **{"color": tokens.INK, **look},
        )


def draw_marks(
    axes: Axes,
    study: Assessment,
    rule_id: str,
    frame: Frame,
    paper: Paper,
) -> None:
    """Facilities of the rule, numbers of gap areas, names of communities and roads.

    Parameters
    ----------
    axes : Axes
        The map, in metres.
    study : Assessment
        A finished study.
    rule_id : str
        The rule.
    frame : Frame
        Scale and place of the map.
    paper : Paper
        Its symbols are drawn at this size.
    """
    board = _Board(axes, frame, frame.extent_m(paper), paper.symbols)
    _facilities(board, study, rule_id)
    _gap_numbers(board, study, rule_id)
    _communities(board, study, rule_id)
    _waters(board, study)
    _roads(board, study)


def draw_unit_names(
    axes: Axes,
    study: Assessment,
    units: Iterable[tuple[Any, str, bool]],
    frame: Frame,
    paper: Paper,
) -> None:
    """Names of units in the middle of each, of waters and roads.

    Parameters
    ----------
    axes : Axes
        The map, in metres.
    study : Assessment
        A finished study.
    units : iterable of tuple
        Shape, text and whether it is bold; the first ones take their place first.
        A bold one is named in any case.
    frame : Frame
        Scale and place of the map.
    paper : Paper
        Its symbols are drawn at this size.
    """
    board = _Board(axes, frame, frame.extent_m(paper), paper.symbols)
    homes = shapely.STRtree(study.district.buildings.geometry.to_numpy())
    for shape, text, bold in units:
        for size_mm in (2.7 * board.symbols, 2.1 * board.symbols):
            place = _place(board, shape, homes, text, size_mm)
            if place is None and bold and size_mm < 2.7 * board.symbols:
                # What matters is named even where it is too small to hold its name.
                inside = shapely.point_on_surface(shape)
                place = (inside.x, inside.y)
            if place is not None:
                board.taken.append(board.box(*place, text, size_mm))
                weight = "bold" if bold else "normal"
                board.write(*place, text, size_mm, weight=weight, va="center")
                break
    _waters(board, study)
    _roads(board, study)


def _facilities(board: _Board, study: Assessment, rule_id: str) -> None:
    classes = rules_by_id(study.findings)[rule_id].classes
    offered = study.district.facility_classes
    mine = set(offered.loc[offered["facility_class"].isin(classes), "facility_id"])
    frame = study.district.facilities
    frame = frame[frame["facility_id"].isin(mine)]
    side_mm = 4.2 * board.symbols
    side = board.metres(side_mm)
    row: Any
    for row in frame.itertuples(index=False):
        place = row.geometry.representative_point()
        box = (place.x - side / 2, place.y - side / 2)
        box4 = (*box, place.x + side / 2, place.y + side / 2)
        code = row.facility_class if row.facility_class in classes else classes[0]
        mark = class_label(str(code)).symbol
        status = str(row.status or "built")
        west, south, east, north = board.extent_m
        if west < place.x < east and south < place.y < north:
            facility_mark(
                board.axes,
                *((place.x, place.y), mark, status),
                side=side,
                size_mm=side_mm,
            )
            board.taken.append(box4)


def _gap_numbers(board: _Board, study: Assessment, rule_id: str) -> None:
    numbers = dict(zip(study.gaps.areas.index, gap_numbers(study), strict=True))
    gaps = gaps_of(study, rule_id)
    radius = board.metres(2.0 * board.symbols)
    for index, shape in gaps.geometry.items():
        number = numbers[index]
        inside = shapely.point_on_surface(shape)
        board.axes.plot(
            [inside.x],
            [inside.y],
            marker="o",
            ms=points(4.0 * board.symbols),
            mfc=tokens.GAP,
            mec="white",
            mew=points(0.35),
            zorder=6.4,
        )
        board.axes.text(
            inside.x,
            inside.y,
            str(number),
            fontproperties=font(2.5 * board.symbols, weight="bold"),
            color="white",
            ha="center",
            va="center_baseline",
            zorder=6.5,
        )
        ends = (inside.x - radius, inside.y - radius)
        board.taken.append((*ends, inside.x + radius, inside.y + radius))


def _communities(board: _Board, study: Assessment, rule_id: str) -> None:
    """Failing communities first, in bold with their figure."""
    rows = in_percent(own_rows(study.findings, rule_id))
    rows = rows[rows["level"] == "community"].drop_duplicates("unit_id")
    told: dict[str, Any] = {
        str(row.unit_id): row for row in rows.itertuples(index=False)
    }
    names = unit_names(study.district.communities)
    homes = shapely.STRtree(study.district.buildings.geometry.to_numpy())
    rank = {"fail": 0, "not_assessed": 1}
    size_mm = 3.5 * board.symbols
    communities: list[Any] = list(
        study.district.communities[["community_id", "geometry"]].itertuples(index=False)
    )
    communities.sort(
        key=lambda row: (
            rank.get(getattr(told.get(row.community_id), "verdict", ""), 2),
            row.community_id,
        )
    )
    for row in communities:
        finding = told.get(row.community_id)
        name = short_name(names[row.community_id])
        failing = finding is not None and finding.verdict == "fail"
        unknown = finding is not None and finding.verdict == "not_assessed"
        text = f"{name}\n{_figure(finding)}" if failing else name
        place = _place(board, row.geometry, homes, text, size_mm)
        if place is None:
            continue
        x, y = place
        board.taken.append(board.box(x, y, text, size_mm))
        if not failing:
            board.write(x, y, name, size_mm, color="#3A4047")
        else:
            line = board.metres(size_mm * 0.62)
            board.write(x, y + line, name, size_mm, weight="bold")
            board.write(
                *(x, y - line, _figure(finding), size_mm * 0.92),
                weight="bold",
                color=tokens.FAIL_TEXT,
            )
        if finding is not None and (failing or unknown):
            beside = board.metres(size_mm * (width_em(name) / 2 + 0.75))
            level = y + (board.metres(size_mm * 0.62) if failing else 0)
            verdict_mark(
                *(board.axes, (x - beside, level), finding.verdict),
                size_mm=size_mm * 0.95,
            )


def _figure(finding: Any) -> str:
    about = "≈" if finding.estimated_share > 0 else ""
    unit = "%" if finding.unit_of_measure == "%" else ""
    return f"{about}{finding.measured:,.1f}{unit}"


def _place(
    board: _Board, shape: Any, homes: shapely.STRtree, text: str, size_mm: float
) -> tuple[float, float] | None:
    """Of five places inside, the free one that covers the fewest buildings."""
    seen = shapely.intersection(shape, shapely.box(*board.extent_m))
    if shapely.is_empty(seen):
        return None
    inside = shapely.point_on_surface(seen)
    west, south, east, north = shapely.bounds(seen)
    places = [(inside.x, inside.y)] + [
        (west + (east - west) * across, south + (north - south) * up)
        for across, up in ((0.5, 0.5), (0.5, 0.7), (0.5, 0.3), (0.35, 0.5), (0.65, 0.5))
    ]
    best, fewest = None, np.inf
    for x, y in places:
        box = board.box(x, y, text, size_mm)
        if not shapely.contains_xy(seen, x, y) or not board.free(box):
            continue
        covered = len(homes.query(shapely.box(*box)))
        if covered < fewest:
            best, fewest = (x, y), covered
    return best


def _waters(board: _Board, study: Assessment) -> None:
    """A water's name down its middle, if it stands upright, else level."""
    land = study.district.land
    water = land[(land["land_kind"] == "water") & land["name"].notna()]
    for name, part in water.groupby("name", sort=True):
        shape = shapely.union_all(part.geometry.to_numpy())
        seen = shapely.intersection(shape, shapely.box(*board.extent_m))
        if not name or shapely.is_empty(seen):
            continue
        west, south, east, north = shapely.bounds(seen)
        tall = north - south > east - west
        size_mm = 4.0 * board.symbols
        for place, sign in enumerate(str(name)):
            share = (place + 1) / (len(str(name)) + 1)
            x, y = _middle_of(seen, share, tall=tall)
            board.write(x, y, sign, size_mm, color="#4C7C8E", order=3.95)


def _middle_of(shape: Any, share: float, *, tall: bool) -> tuple[float, float]:
    """The middle of a shape on a line across it, a share of the way down or along."""
    west, south, east, north = shapely.bounds(shape)
    if tall:
        level = north - (north - south) * share
        across = shapely.LineString([(west - 1, level), (east + 1, level)])
    else:
        along = west + (east - west) * share
        across = shapely.LineString([(along, south - 1), (along, north + 1)])
    parts = shapely.get_parts(shapely.intersection(across, shape))
    middle = shapely.centroid(parts[np.argmax(shapely.length(parts))])
    return float(middle.x), float(middle.y)


def _roads(board: _Board, study: Assessment) -> None:
    """Names of main roads along them; upright where the road runs north and south."""
    roads = study.district.roads
    named = roads[roads["name"].notna() & (roads["name"] != "")]
    least_m = 7.0 if board.frame.scale <= _LANES_UP_TO else 12.0
    widths_m = named["road_class"].map(tokens.ROAD_WIDTHS_M).fillna(7.0)
    named = named[widths_m >= least_m]
    view = shapely.box(*board.extent_m)
    size_mm = 2.6 * board.symbols
    for name, part in named.groupby("name", sort=True):
        merged = shapely.line_merge(shapely.union_all(part.geometry.to_numpy()))
        seen = shapely.get_parts(shapely.intersection(merged, view))
        seen = seen[shapely.get_dimensions(seen) == 1]
        if not len(seen):
            continue
        line = seen[np.argmax(shapely.length(seen))]
        if line.length < board.metres(size_mm * (width_em(str(name)) + 2)):
            continue
        _along(board, line, str(name), size_mm)


def _along(board: _Board, line: Any, name: str, size_mm: float) -> None:
    half = board.metres(size_mm * width_em(name)) / 2
    for share in (0.5, 0.35, 0.65, 0.2, 0.8):
        at = line.length * share
        before, middle, after = (
            shapely.line_interpolate_point(line, min(max(where, 0), line.length))
            for where in (at - half, at, at + half)
        )
        angle = float(np.degrees(np.arctan2(after.y - before.y, after.x - before.x)))
        angle = (angle + 90) % 180 - 90
        steep = abs(angle) > _STEEP_DEG and width_em(name) == len(name)
        text = "\n".join(name) if steep else name
        box = shapely.box(*board.box(middle.x, middle.y, text, size_mm))
        if not steep:
            box = shapely.affinity.rotate(box, angle)
        bounds = shapely.bounds(box)
        if not board.free(tuple(bounds)):
            continue
        board.write(
            *(middle.x, middle.y, text, size_mm),
            color="#6B6A64",
            rotation=0.0 if steep else angle,
            rotation_mode="default",
            va="center",
            order=4.6,
        )
        board.taken.append(tuple(bounds))
        return
