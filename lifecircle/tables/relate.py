"""Between tables: ids that must exist, where things lie, sums that must agree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from lifecircle.model import MOST_OUTSIDE
from lifecircle.tables.astray import check_district_crs, drop_far_layers
from lifecircle.tables.demand import relate_demand
from lifecircle.tables.duplicates import merge_duplicates, point_to_kept
from lifecircle.tables.facts import schema_of
from lifecircle.tables.fits import check_fits
from lifecircle.tables.ledger import HIDDEN
from lifecircle.tables.nesting import check_nesting
from lifecircle.tables.outlines import sort_outlines
from lifecircle.tables.part import keep_part, whole
from lifecircle.tables.places import (
    check_gates,
    containing,
    gate_compounds,
    largest_overlap,
    outside_share,
    shapes_of,
)
from lifecircle.tables.references import check_references, rows_of_known
from lifecircle.tables.registers import complete_registers, known_units
from lifecircle.tables.roads import complete_roads, take_apart
from lifecircle.tables.schemas import SCHEMAS
from lifecircle.tables.services import (
    check_serves,
    classes_of,
    complete_rooms,
    complete_serves,
)
from lifecircle.tables.texts import rises
from lifecircle.tables.topology_checks import check_topology
from lifecircle.tables.topology_repairs import repair_topology

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lifecircle.model import DistrictConfig
    from lifecircle.tables.ledger import Ledger

__all__ = ["check_layers", "relate"]


def _check_unique(table: str, frame: pd.DataFrame, ledger: Ledger) -> None:
    key = SCHEMAS[table].fields[0]
    if not key.unique:
        return
    if rises(frame[key.name].to_numpy(dtype=object)):
        return
    named = frame[frame[key.name].notna().to_numpy()]
    again = np.flatnonzero(named.duplicated(key.name).to_numpy())
    if not len(again):
        return
    first = named.drop_duplicates(key.name).set_index(key.name)
    shown = []
    for place in again:
        value = named[key.name].iloc[place]
        number, row = (int(first[name][value]) for name in HIDDEN)
        other = ledger.origins[number].file
        shown.append({"value": value, "other": other, "other_row": row})
    ledger.flag(named, again, "duplicate_id", shown, column=key.name)


def _fill_ids(table: str, frame: pd.DataFrame) -> pd.DataFrame:
    """Ids for rows of tables that may lack them: source and row."""
    key = schema_of(table).fields[0]
    if key.kind != "id" or key.required:
        return frame
    ids = frame[key.name].astype(object)
    lacking = frame[ids.isna().to_numpy()]
    ids[ids.isna()] = [
        f"{origin + 1}-{row:06d}"
        for origin, row in zip(lacking["_origin"], lacking["_row"], strict=True)
    ]
    return frame.assign(**{key.name: ids})


def _relate_services(tables: dict[str, Any], *, ledger: Ledger) -> None:
    facilities = tables["facilities"]
    every = whole(tables, "communities")
    lies_in = containing(shapes_of(facilities), every, "community_id")
    ours = tables["communities"]["community_id"]
    home = pd.Series(lies_in, index=facilities.index, dtype=object)
    inside = home.isin(ours.dropna())
    facilities = facilities.assign(
        community_id=home.where(inside, None),
        role=np.where(inside, "inside", "context"),
    )
    facilities = ledger.kept(facilities).reset_index(drop=True)
    declared = ledger.kept(tables["serves"])
    check_serves(declared, ledger=ledger)
    known = facilities["facility_id"]
    rooms, serves = (
        rows_of_known(tables[name], known, ledger=ledger)
        for name in ("rooms", "serves")
    )
    classes = classes_of(facilities, rooms)
    tables["facility_classes"] = classes
    tables["rooms"] = complete_rooms(facilities, classes, rooms, ledger=ledger)
    tables["serves"] = complete_serves(facilities, serves, ledger=ledger)
    first = facilities["facility_class"].str.split(";").str[0]
    tables["facilities"] = facilities.assign(facility_class=first.astype(object))


def _relate_grids(tables: dict[str, Any], *, ledger: Ledger) -> None:
    grids = tables["grids"]
    found = largest_overlap(shapes_of(grids), tables["communities"], "community_id")
    declared = grids["community_id"]
    grids = grids.assign(
        community_id=declared.where(declared.notna(), pd.Series(found, grids.index))
    )
    lost = np.flatnonzero(grids["community_id"].isna() & ledger.standing(grids))
    ids = grids["grid_id"].to_numpy()
    shown = [{"value": ids[place]} for place in lost]
    ledger.flag(
        grids, lost, "grid_outside", shown, column="grid_id", severity="warning"
    )
    tables["grids"] = grids


def _relate_circles(tables: dict[str, Any], *, ledger: Ledger) -> None:
    """Say how much of every circle's ground lies outside the communities."""
    circles = tables["circles"]
    share = outside_share(shapes_of(circles), shapes_of(tables["communities"]))
    tables["circles"] = circles.assign(outside_share=share)
    out = np.flatnonzero((share > MOST_OUTSIDE) & ledger.standing(circles))
    ids = circles["circle_id"].to_numpy()
    shown = [
        {"value": ids[place], "percent": f"{100 * share[place]:.0f}"} for place in out
    ]
    ledger.flag(
        circles, out, "circle_outside", shown, column="circle_id", severity="warning"
    )


def check_layers(
    tables: Mapping[str, pd.DataFrame],
    *,
    crs: str,
    unread: frozenset[str],
    ledger: Ledger,
) -> dict[str, Any]:
    """Check what hangs on the files as a whole, whatever part of them is the district.

    Parameters
    ----------
    tables : Mapping[str, DataFrame]
        Every table as read, with the hidden columns.
    crs : str
        The district's metric CRS.
    unread : frozenset of str
        Tables of which a source could not be read.
    ledger : Ledger
        Takes the problems: layers in a wrong place, ids that stand twice.

    Returns
    -------
    dict
        The tables, every row of them with an id.
    """
    made: dict[str, Any] = {
        name: _fill_ids(name, frame) for name, frame in tables.items()
    }
    if len(made["communities"]) and "communities" not in unread:
        made = drop_far_layers(made, crs=crs, ledger=ledger)
        check_fits(made, crs=crs, ledger=ledger)
    for name in SCHEMAS:
        if len(made[name]):
            _check_unique(name, made[name], ledger)
    return made


def relate(
    tables: Mapping[str, pd.DataFrame],
    config: DistrictConfig,
    *,
    unread: frozenset[str],
    ledger: Ledger,
) -> dict[str, Any]:
    """Check tables against each other and derive what they say of each other.

    Parameters
    ----------
    tables : Mapping[str, DataFrame]
        Every table as ``check_layers`` leaves it.
    config : DistrictConfig
        The district's defaults and ratios.
    unread : frozenset of str
        Tables of which a source could not be read: what points to them is not
        checked, so that one fault gives one problem.
    ledger : Ledger
        Takes the problems; rows with an error are left out.

    Returns
    -------
    dict
        Every table with its derived columns, rows left out gone, and
        ``facility_classes``; ``registers`` in long form.
    """
    made: dict[str, Any] = dict(tables)
    communities = made["communities"]
    if len(communities) and "communities" not in unread:
        check_district_crs(
            communities, crs=config.crs, file=config.path.name, ledger=ledger
        )
    if config.part and len(communities) and "communities" not in unread:
        tables = keep_part(made, config, ledger=ledger)
        made, communities = dict(tables), tables["communities"]
    made = sort_outlines(made, config, ledger=ledger)
    made["facilities"] = merge_duplicates(
        made["facilities"], within_m=config.merge_within_m, ledger=ledger
    )
    for name in ("rooms", "serves"):
        made[name] = point_to_kept(made[name], ledger)
    check_references(made, unread=unread, ledger=ledger)
    said = communities["settlement"]
    made["communities"] = communities.assign(
        settlement=said.where(said.notna(), config.settlement)
    )
    made = repair_topology(
        made, repair=config.repair, gap_m2=config.repair_gap_m2, ledger=ledger
    )
    check_topology(made, crs=config.crs, ledger=ledger)
    located = (
        "communities" not in unread
        and len(communities) > 0
        and not bool(shapely.is_missing(shapes_of(communities)).any())
    )
    made["compounds"], made["buildings"] = relate_demand(
        made, config, located=located, ledger=ledger
    )
    _relate_services(made, ledger=ledger)
    _relate_grids(made, ledger=ledger)
    _relate_circles(made, ledger=ledger)
    by_building = any(source.table == "buildings" for source in config.sources)
    check_nesting(made, by_building=by_building, ledger=ledger)
    made["compounds"] = whole(made, "compounds")
    gates = made["gates"]
    compounds = made["compounds"]
    made["gates"] = gates.assign(compound_id=gate_compounds(gates, compounds))
    if "gates" not in unread and "compounds" not in unread:
        check_gates(made["gates"], compounds, ledger=ledger)
    made["roads"] = take_apart(complete_roads(made["roads"], ledger=ledger))
    made["barriers"] = take_apart(made["barriers"])
    units = known_units({**tables, "buildings": made["buildings"]}, config, unread)
    made["registers"] = complete_registers(tables["registers"], units, ledger=ledger)
    for name in sorted({*SCHEMAS} - {"buildings", "compounds", "rooms", "serves"}):
        made[name] = ledger.kept(made[name])
    return made
