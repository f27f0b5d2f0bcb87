"""Buildings (or compounds in their place): where they lie, how many live there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from lifecircle.tables.households import Estimate, estimate_households, estimate_persons
from lifecircle.tables.many import leave_out_many
from lifecircle.tables.part import whole
from lifecircle.tables.places import containing, largest_overlap, shapes_of
from lifecircle.tables.repeats import warn_many, warn_repeated_buildings, warn_repeats
from lifecircle.tables.schemas import SCHEMAS

if TYPE_CHECKING:
    import numpy.typing as npt
    from geopandas import GeoDataFrame

    from lifecircle.model import DistrictConfig
    from lifecircle.tables.ledger import Ledger

__all__ = ["relate_demand"]


def _report_outside(
    frame: pd.DataFrame,
    key: str,
    lies_in: npt.NDArray[np.object_],
    *,
    ledger: Ledger,
) -> None:
    off = np.flatnonzero(pd.isna(lies_in) & ~shapely.is_missing(shapes_of(frame)))
    few = leave_out_many(
        frame,
        off,
        ("buildings_outside", "building_outside"),
        column=key,
        ledger=ledger,
    )
    points = shapely.point_on_surface(shapes_of(frame)[few])
    x, y = shapely.get_x(points), shapely.get_y(points)
    shown = [
        {"value": value, "x": f"{east:.1f}", "y": f"{north:.1f}"}
        for value, east, north in zip(frame[key].iloc[few], x, y, strict=True)
    ]
    ledger.flag(frame, few, "building_outside", shown, column=key)


def _with_communities(
    table: str, tables: dict[str, Any], *, outside: bool, ledger: Ledger
) -> GeoDataFrame:
    """Community of each row: declared, else where it (or most of it) lies."""
    frame, key = tables[table], SCHEMAS[table].key
    every = whole(tables, "communities")
    lies_in = containing(shapes_of(frame), every, "community_id")
    if table == "compounds":
        most = largest_overlap(shapes_of(frame), every, "community_id")
        lies_in = np.where(pd.isna(most), lies_in, most)
    if outside:
        _report_outside(frame, key, lies_in, ledger=ledger)
    declared = frame["community_id"]
    found = pd.Series(lies_in, index=frame.index, dtype=object)
    placed: GeoDataFrame = frame.assign(
        community_id=declared.where(declared.notna(), found)
    )
    return placed


def _demand_from_compounds(compounds: GeoDataFrame) -> GeoDataFrame:
    """Compounds as demand rows, where no buildings are known."""
    planned = compounds["planned_dwellings"]
    by_plan = (
        compounds["households"].isna()
        & compounds["units"].isna()
        & planned.notna()
        & (compounds["household_basis"] == "")
    )
    none = dict.fromkeys(("address", "grid_id", "households_method"))
    unknown = dict.fromkeys(
        ("persons", "elderly", "floors", "children_0_3", "cases"), np.nan
    )
    return compounds.assign(
        building_id=compounds["compound_id"],
        units=compounds["units"].fillna(planned),
        household_basis=compounds["household_basis"].where(~by_plan, "planned"),
        **none,
        **unknown,
    )


def _report_totals(
    tables: dict[str, pd.DataFrame], estimate: Estimate, *, ledger: Ledger
) -> None:
    """Totals that were not spread over the buildings that lack a figure, and why."""
    for table, frame in tables.items():
        key = SCHEMAS[table].key
        ids, bases = frame[key].to_numpy(), frame["household_basis"].to_numpy()
        excess = estimate.overdrawn[table]
        over = np.flatnonzero(frame[key].isin(excess) & ledger.standing(frame))
        shown = [{"value": ids[at], "excess": f"{excess[ids[at]]:g}"} for at in over]
        ledger.flag(
            frame,
            over,
            "total_overdrawn",
            shown,
            column="households",
            severity="warning",
        )
        mixed = frame[key].isin(estimate.mixed[table])
        other = np.flatnonzero(mixed & ledger.standing(frame))
        shown = [{"value": ids[at], "basis": bases[at]} for at in other]
        ledger.flag(
            frame,
            other,
            "total_of_other_basis",
            shown,
            column="households",
            severity="warning",
        )


def _footprints(buildings: pd.DataFrame) -> npt.NDArray[np.float64]:
    """Square metres of ground that each building covers; NaN for points."""
    area: npt.NDArray[np.float64] = shapely.area(shapes_of(buildings))
    return np.where(area > 0.0, area, np.nan)


def _leave_out_unknown(buildings: pd.DataFrame, *, ledger: Ledger) -> None:
    """Rows that no household figure can be given for: counted, and left out.

    Those that only lack the declared area per household are told apart.
    """
    unknown = buildings["households"].isna()
    sized = buildings["floor_area_m2"].fillna(
        buildings["floors"] * _footprints(buildings)
    )
    ids = buildings["building_id"].to_numpy()
    places = buildings[["_origin", "_row"]].to_numpy()
    for at in np.flatnonzero(unknown.to_numpy()):
        key = "households_no_ratio" if sized.iloc[at] > 0.0 else "households_unknown"
        origin, row = (int(number) for number in places[at])
        ledger.report(
            key,
            {"value": ids[at]},
            origin=origin,
            row=row,
            column="households",
            severity="warning",
        )
        ledger.leave_out(origin, row, key)


def _warn_elderly(buildings: pd.DataFrame, *, ledger: Ledger) -> None:
    older = np.flatnonzero((buildings["elderly"] > buildings["persons"]).to_numpy())
    pairs = buildings[["elderly", "persons"]].iloc[older].to_numpy()
    shown = [
        {"value": f"{elderly:g}", "persons": f"{persons:g}"}
        for elderly, persons in pairs
    ]
    ledger.flag(
        buildings,
        older,
        "elderly_exceed_persons",
        shown,
        column="elderly",
        severity="warning",
    )


def _check_totals(
    communities: pd.DataFrame,
    buildings: pd.DataFrame,
    left_out: pd.Series[int],
    *,
    ledger: Ledger,
) -> None:
    """Declared community totals against the sums of their buildings."""
    sums = buildings.groupby("community_id")["households"].sum()
    declared = communities["households"]
    summed = communities["community_id"].map(sums).fillna(0.0)
    differ = declared.notna() & (declared != summed)
    places = np.flatnonzero(differ.to_numpy() & ledger.standing(communities))
    shown = [
        {
            "value": f"{declared.iloc[at]:.0f}",
            "sum": f"{summed.iloc[at]:.0f}",
            "difference": f"{summed.iloc[at] - declared.iloc[at]:+.0f}",
            "id": communities["community_id"].iloc[at],
            "left_out": int(left_out.get(communities["community_id"].iloc[at], 0)),
        }
        for at in places
    ]
    ledger.flag(
        communities,
        places,
        "totals_differ",
        shown,
        column="households",
        severity="warning",
    )


def relate_demand(
    tables: dict[str, Any],
    config: DistrictConfig,
    *,
    located: bool,
    ledger: Ledger,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Give compounds and buildings their community, households and persons.

    Parameters
    ----------
    tables : dict
        ``communities``, ``compounds``, ``buildings`` as read.
    config : DistrictConfig
        Whether buildings are known, and the ratios for estimates.
    located : bool
        Whether every community's place is known; if not, nothing is reported as
        outside.
    ledger : Ledger
        Takes the problems; rows without any household figure are left out.

    Returns
    -------
    tuple of DataFrame
        Compounds and buildings that stand; where the district file names no
        buildings, the compounds are the buildings (``building_id`` is the
        ``compound_id``).
    """
    by_building = any(source.table == "buildings" for source in config.sources)
    compounds = _with_communities(
        "compounds", tables, outside=located and not by_building, ledger=ledger
    )
    compounds = ledger.kept(compounds)
    if by_building:
        buildings = _with_communities(
            "buildings", tables, outside=located, ledger=ledger
        )
        lies_in = containing(shapes_of(buildings), compounds, "compound_id")
        said = buildings["compound_id"]
        found = pd.Series(lies_in, index=said.index, dtype=object)
        buildings = buildings.assign(compound_id=said.where(said.notna(), found))
    else:
        buildings = _demand_from_compounds(compounds)
    warn_many(buildings, ledger=ledger)
    all_counts = buildings["community_id"].value_counts()
    buildings = ledger.kept(buildings)
    totals = {
        "compounds": compounds if by_building else compounds.iloc[:0],
        "communities": tables["communities"],
    }
    estimate = estimate_households(
        buildings.assign(footprint_m2=_footprints(buildings)),
        **totals,
        floor_area_per_household_m2=config.floor_area_per_household_m2,
    )
    _report_totals(totals, estimate, ledger=ledger)
    filled = estimate_persons(estimate.buildings, config)
    _leave_out_unknown(filled, ledger=ledger)
    _warn_elderly(filled, ledger=ledger)
    known = filled["households"].notna()
    filled = (filled if known.all() else filled[known]).assign(role="inside")
    warn = warn_repeated_buildings if by_building else warn_repeats
    warn(filled, ledger=ledger)
    if located:
        counts = filled["community_id"].value_counts()
        left_out = all_counts.sub(counts, fill_value=0).astype(int)
        _check_totals(tables["communities"], filled, left_out, ledger=ledger)
    return compounds, filled
