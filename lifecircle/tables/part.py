"""One district's part of files of a whole city: what is its own, what is around it.

Every row of the city has one home: the community that it names, else the one that it
lies in, else the nearest. Rows at home in the district are judged. Streets, facilities
and whatever stops a walker are kept around it too, so that walks across the seam are
what they are in the whole city. All other rows are elsewhere: counted, not judged.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from lifecircle.model import Problem
from lifecircle.tables.cells import to_text
from lifecircle.tables.found import find_column
from lifecircle.tables.parse import nearest
from lifecircle.tables.places import (
    GATE_REACH_M,
    containing,
    largest_overlap,
    shapes_of,
)
from lifecircle.tables.registers import known_units
from lifecircle.tables.schemas import SCHEMAS
from lifecircle.unions import union_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from lifecircle.model import DistrictConfig
    from lifecircle.tables.ledger import Ledger

    Bools = npt.NDArray[np.bool_]
    Objects = npt.NDArray[np.object_]
    Places = npt.NDArray[np.intp]

__all__ = ["exact_to_m", "keep_part", "needed_m", "whole"]

WALK_M = 5000.0
"""Longest walk looked for in a study."""
DOWNHILL = 1.2
"""Gentle descents are walked a fifth faster: as far as that, minutes count."""
TOUCH_M = 100.0
"""What lies this near to a street that is kept may cut or join it, and is kept."""
_STOPPERS = ("roads", "barriers", "compounds", "gates")
_ABOVE = ("city", "district")
_GROUND = ("compounds", "grids", "circles")
_BEYOND = "beyond "
_FIGURES = ("households", "planned_dwellings", "units", "floor_area_m2")


def needed_m(config: DistrictConfig) -> float:
    """How far around the communities streets must be kept for walks to be exact.

    Parameters
    ----------
    config : DistrictConfig
        ``max_off_road_m``, ``elevation``.

    Returns
    -------
    float
        Metres: the longest walk, and twice the longest leg off the street.

    Examples
    --------
    >>> needed_m(toy.district.config)
    5200.0
    """
    longest_m = WALK_M * (1.0 if config.elevation is None else DOWNHILL)
    return longest_m + 2.0 * config.max_off_road_m


def exact_to_m(config: DistrictConfig) -> float:
    """Up to which length walks are those of the whole city.

    Parameters
    ----------
    config : DistrictConfig
        ``context_m``, ``max_off_road_m``, ``elevation``.

    Returns
    -------
    float
        Metres, 0 or more.

    Examples
    --------
    >>> from dataclasses import replace
    >>> exact_to_m(replace(toy.district.config, context_m=2200.0))
    2000.0
    """
    left_m = max(0.0, config.context_m - 2.0 * config.max_off_road_m)
    return left_m / (1.0 if config.elevation is None else DOWNHILL)


def keep_part(
    tables: Mapping[str, Any], config: DistrictConfig, *, ledger: Ledger
) -> dict[str, Any]:
    """Take a district's rows, and what is around it, from tables of a whole city.

    Parameters
    ----------
    tables : Mapping[str, DataFrame]
        Every table as read, with the hidden columns.
    config : DistrictConfig
        ``part``: the communities' own columns and the values that make the district;
        ``context_m``.
    ledger : Ledger
        Holds the communities as found. Takes the problems of the part, and which rows
        are elsewhere; what was said of these is forgotten, for their own district
        says it.

    Returns
    -------
    dict
        The tables without the rows that are elsewhere, and ``neighbours``: homes of
        others in compounds that are kept. Kept apart, for ``whole``:
        the communities of others, and those of their compounds that are kept for their
        walls, without figures.

    Notes
    -----
    A row of which neither community nor place is known is kept in every district.
    Communities that overlap: the lowest id, as in the whole city.
    """
    communities = tables["communities"]
    ours = _own_communities(communities, config, ledger=ledger)
    if not ours.any():
        return dict(tables)
    if config.context_m < needed_m(config):
        shown = {
            "context": f"{config.context_m:.0f}",
            "needed": f"{needed_m(config):.0f}",
            "exact": f"{exact_to_m(config):.0f}",
        }
        file = config.path.name
        ledger.problems.append(
            Problem("tables.part_context", shown, severity="warning", file=file)
        )
    part = _Part(tables, ours, config)
    part.take_own()
    part.take_around()
    part.take_rows_about()
    kept = part.kept
    neighbours = part.neighbours(ledger)
    gone = {
        name: frame.loc[~kept[name], ["_origin", "_row"]]
        for name, frame in tables.items()
        if name in kept
    }
    ledger.forget(pd.concat(list(gone.values())))
    made = {
        name: frame[kept[name]].reset_index(drop=True) if name in kept else frame
        for name, frame in tables.items()
    }
    made["neighbours"] = neighbours
    made[f"{_BEYOND}communities"] = communities[~ours]
    walls = part.own["compounds"][kept["compounds"]]
    compounds = made["compounds"]
    made["compounds"] = compounds[walls].reset_index(drop=True)
    blank = {name: np.nan for name in _FIGURES if name in compounds}
    others = compounds[~walls & ledger.standing(compounds)]
    made[f"{_BEYOND}compounds"] = others.assign(community_id=None, **blank)
    return made


def whole(tables: Mapping[str, Any], name: str) -> Any:
    """A table with the rows of others that are kept for what they do to this district.

    Parameters
    ----------
    tables : Mapping[str, DataFrame]
        As ``keep_part`` made them, or of a whole city.
    name : str
        ``communities`` or ``compounds``.

    Returns
    -------
    DataFrame
        The table itself where nothing is kept apart.

    Examples
    --------
    >>> tables = {"compounds": toy.district.compounds}
    >>> whole(tables, "compounds") is toy.district.compounds
    True
    """
    others = tables.get(f"{_BEYOND}{name}", ())
    if not len(others):
        return tables[name]
    return pd.concat([tables[name], others], ignore_index=True)


def _own_communities(
    communities: pd.DataFrame, config: DistrictConfig, *, ledger: Ledger
) -> Bools:
    """Rows of the communities that have the values asked for in the file's columns."""
    ours = np.ones(len(communities), dtype=bool)
    origins, rows = (communities[name].to_numpy() for name in ("_origin", "_row"))
    for column, wanted in config.part.items():
        values = np.full(len(communities), "", dtype=object)
        for number in np.unique(origins).tolist():
            found = ledger.found[number]
            places = find_column(column, found.names)
            if len(places) == 1:
                cells = pd.Series(list(found.cells[places[0]]), index=found.rows)
                here = origins == number
                said = cells.reindex(rows[here])
                values[here] = [to_text(cell) or "" for cell in said]
                continue
            names = [name for name in found.names if name]
            shown = {
                "value": column,
                "nearest": nearest(column, names),
                "columns": "、".join(names),
                "ours": "district.part",
            }
            key = "column_twice" if places else "column_missing"
            ledger.report(key, shown, origin=number)
            ours[origins == number] = False
        known = sorted({str(value) for value in values if value})
        for value in wanted if known else ():
            if value not in known:
                shown = {
                    "column": column,
                    "value": value,
                    "nearest": nearest(value, known),
                    "known": "、".join(known[:40]),
                }
                file = config.path.name
                ledger.problems.append(
                    Problem("tables.part_no_community", shown, file=file)
                )
        ours &= np.isin(values.astype(str), list(wanted))
    return ours


class _Part:
    """Which rows of which table are the district's own, and which are kept."""

    def __init__(
        self, tables: Mapping[str, Any], ours: Bools, config: DistrictConfig
    ) -> None:
        self.tables, self.config = tables, config
        self.communities = tables["communities"]
        self.our_ids = frozenset(self.communities.loc[ours, "community_id"].dropna())
        self.own: dict[str, Bools] = {"communities": ours}
        self.kept: dict[str, Bools] = {"communities": ours}

    def take_own(self) -> None:
        """Rows at home in the district, and what its buildings name."""
        for name in ("buildings", "compounds", "grids", "circles", "projects"):
            self.own[name] = self.kept[name] = self._at_home(name)
        for name in ("compounds", "grids"):
            column = SCHEMAS[name].key
            named = self.tables["buildings"].loc[self.own["buildings"], column]
            self.kept[name] = self.kept[name] | self._named(name, named)

    def _named(self, table: str, ids: pd.Series[str]) -> Bools:
        column = self.tables[table][SCHEMAS[table].key]
        return np.asarray(column.isin(ids.dropna()), dtype=bool)

    def _at_home(self, name: str) -> Bools:
        frame = self.tables[name]
        shapes = shapes_of(frame)
        home = containing(shapes, self.communities, "community_id")
        if name in _GROUND:
            most = largest_overlap(shapes, self.communities, "community_id")
            home = np.where(pd.isna(most), home, most)
        if "community_id" in frame:
            said = frame["community_id"]
            told = said.isin(self.communities["community_id"].dropna())
            home = np.where(told, said.to_numpy(dtype=object), home)
        lost = np.flatnonzero(pd.isna(home) & ~shapely.is_missing(shapes))
        home[lost] = self._nearest(shapes[lost])
        known = pd.Series(home, dtype=object)
        return np.asarray(known.isna() | known.isin(self.our_ids), dtype=bool)

    def _nearest(self, shapes: Objects) -> Objects:
        """The nearest community, the lowest id among equals."""
        tree = shapely.STRtree(shapes_of(self.communities))
        rows, places = tree.query_nearest(shapes, all_matches=True)
        ids = self.communities["community_id"].to_numpy(dtype=object)[places]
        pairs = pd.DataFrame({"row": rows, "id": ids}).dropna()
        first = pairs.groupby("row")["id"].min()
        return np.asarray(first.reindex(range(len(shapes))), dtype=object)

    def take_around(self) -> None:
        """What is near enough for walks, and what touches the streets kept."""
        grounds = self._grounds()
        for name in (*_STOPPERS, "facilities", "land"):
            shapes = shapes_of(self.tables[name])
            near = shapely.is_missing(shapes)
            for ground in grounds:
                near |= shapely.dwithin(ground, shapes, self.config.context_m)
            self.kept[name] = self.kept.get(name, np.zeros(len(near), bool)) | near
        streets = shapes_of(self.tables["roads"])[self.kept["roads"]]
        for name in _STOPPERS:
            rest = np.flatnonzero(~self.kept[name])
            near = self._near_to(streets, name, TOUCH_M, rows=rest)
            self.kept[name] = self.kept[name] | near
        gates, compounds = self.tables["gates"], self.tables["compounds"]
        standing = compounds[self.kept["compounds"]]
        walls = shapely.boundary(shapes_of(standing))
        named = gates["compound_id"].isin(compounds["compound_id"].dropna()).to_numpy()
        theirs = gates["compound_id"].isin(standing["compound_id"].dropna()).to_numpy()
        at_wall = self.kept["gates"] | self._near_to(walls, "gates", GATE_REACH_M)
        self.kept["gates"] = np.where(named, theirs, at_wall)
        serves = self.tables["serves"]
        ours = serves.loc[serves["unit_id"].isin(self.our_ids), "facility_id"]
        self.kept["facilities"] = self.kept["facilities"] | self._named(
            "facilities", ours
        )

    def _grounds(self) -> list[Any]:
        """The communities as one, and what of the district stands outside of them."""
        ours = shapes_of(self.communities)[self.own["communities"]]
        whole = union_of(ours)
        shapely.prepare(whole)
        homes = [
            shapes_of(self.tables[name])[self.own[name]]
            for name in ("buildings", "compounds")
        ]
        spots = shapely.point_on_surface(np.concatenate(homes))
        out = spots[~(shapely.is_missing(spots) | shapely.intersects(whole, spots))]
        apart = shapely.multipoints(out)
        shapely.prepare(apart)
        return [whole, apart]

    def _near_to(
        self, things: Objects, name: str, reach_m: float, *, rows: Places | None = None
    ) -> Bools:
        """Which rows, of those asked for, come near to one of the things."""
        shapes = shapes_of(self.tables[name])
        asked = np.arange(len(shapes)) if rows is None else rows
        tree = shapely.STRtree(things)
        found = np.zeros(len(shapes), dtype=bool)
        near = tree.query(shapes[asked], "dwithin", distance=reach_m)[0]
        found[asked[near]] = True
        return found

    def neighbours(self, ledger: Ledger) -> Any:
        """Homes of others within walls that are kept: paths lead from their doors.

        A walled compound without streets has a path from every door to every gate,
        and so a way through.
        """
        by_building = len(self.tables["buildings"]) > 0
        name = "buildings" if by_building else "compounds"
        homes = self.tables[name]
        walls = shapes_of(self.tables["compounds"])[self.kept["compounds"]]
        inside = self._near_to(walls, name, 0.0) & ledger.standing(homes)
        others = homes.loc[inside & ~self.own[name], [SCHEMAS[name].key, "geometry"]]
        return others.set_axis(["building_id", "geometry"], axis=1).reset_index(
            drop=True
        )

    def take_rows_about(self) -> None:
        """Rows about facilities and about units, unless these are elsewhere."""
        tables, kept = self.tables, self.kept
        facilities = tables["facilities"]["facility_id"]
        gone = facilities[~kept["facilities"]]
        for name in ("rooms", "serves"):
            kept[name] = ~tables[name]["facility_id"].isin(gone).to_numpy()
        registers = tables["registers"]
        every = known_units(tables, self.config, frozenset())
        mine = {name: tables[name][rows] for name, rows in kept.items()}
        ours = known_units({**tables, **mine}, self.config, frozenset())
        kept["registers"] = np.array(
            [
                unit in ours.get(level, ()) or unit not in every.get(level, (unit,))
                if level not in _ABOVE
                else unit == self.config.district_id
                for level, unit in zip(
                    registers["level"], registers["unit_id"], strict=True
                )
            ],
            dtype=bool,
        )
