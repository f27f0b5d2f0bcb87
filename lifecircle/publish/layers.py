"""Assessment -> labelled, rounded layers in degrees, as plain JSON columns.

Nothing is computed here that a frame does not say: coordinates are turned to WGS 84,
boundaries that coincide are kept once at their highest level, figures are rounded.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame

from lifecircle.publish.class_labels import class_label
from lifecircle.publish.detours import passed
from lifecircle.publish.encode import (
    COARSE,
    FINE,
    geometry_columns,
    numbers,
    positions,
    texts,
)
from lifecircle.publish.gap_names import (
    community_ids_of,
    gap_names,
    gap_numbers,
)
from lifecircle.publish.outlines import borders, outline, readable
from lifecircle.publish.plan_layers import plan_columns
from lifecircle.publish.walk_columns import walk_columns
from lifecircle.publish.wording import LANGUAGES, unit_names

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pandas import DataFrame, Series

    from lifecircle.model import Assessment, District

__all__ = ["in_degrees", "map_layers"]

Columns = dict[str, Any]

WGS84 = "EPSG:4326"
GAP_EDGE_M = 5.0
"""Edges of gap areas, yards grown round houses, are drawn to this precision."""


def map_layers(study: Assessment) -> dict[str, Columns]:
    """Every layer of the map.

    Parameters
    ----------
    study : Assessment
        A finished study, disclosed.

    Returns
    -------
    dict
        Layer name to columns; geometry under ``geom`` (see ``geometry_columns``).
        References between layers are positions, -1 where there is none.

    Examples
    --------
    >>> map_layers(study)["communities"]["name"]  # doctest: +SKIP
    """
    study = _neighbours_together(study)
    district = study.district
    return {
        "district": _outline(district),
        "boundaries": _boundaries(district),
        "communities": _communities(district),
        "compounds": _compounds(district),
        "buildings": _buildings(district),
        "walks": walk_columns(study),
        "facilities": _facilities(district),
        "roads": _roads(district.roads),
        "roadNames": _road_names(district.roads),
        "land": _named(district.land, "land_kind"),
        "barriers": _named(district.barriers, "barrier_kind"),
        "gates": _named(district.gates, "open"),
        "grids": _grids(district),
        "gaps": _gaps(study),
        "isochrones": _isochrones(study.isochrones),
        "routes": _routes(study),
        "classes": _classes(study),
        **_plan(study),
    }


def _neighbours_together(study: Assessment) -> Assessment:
    """The study with its buildings along a Hilbert curve, those of a compound together.

    Their columns then take the fewest bytes, for a compound's buildings walk by one
    gate, and they are drawn from near memory.
    """
    buildings = study.district.buildings
    if buildings.empty:
        return study
    along = buildings.hilbert_distance()
    compound = buildings["compound_id"].fillna(buildings["building_id"]).astype(str)
    first = along.groupby(compound).transform("min")
    order = np.lexsort((buildings["building_id"].astype(str), compound, first))
    ordered = buildings.iloc[order].reset_index(drop=True)
    return replace(study, district=replace(study.district, buildings=ordered))


def _geom(frame: GeoDataFrame, *, per: int = FINE) -> Columns:
    if frame.empty or frame.crs is None:
        return geometry_columns([None] * len(frame))
    return geometry_columns(frame.geometry.to_crs(WGS84), per=per)


def in_degrees(shape: Any, crs: str) -> Any:
    """One shape in WGS 84.

    Parameters
    ----------
    shape : shapely geometry
        In ``crs``.
    crs : str
        Metric.

    Returns
    -------
    shapely geometry
        Longitude, latitude.

    Examples
    --------
    >>> import shapely
    >>> in_degrees(shapely.Point(500_000, 0), "EPSG:4548").x
    117.0
    """
    return GeoDataFrame(geometry=[shape], crs=crs).geometry.to_crs(WGS84).iloc[0]


def _lines(shapes: Iterable[Any], crs: str) -> Columns:
    return _geom(GeoDataFrame(geometry=list(shapes), crs=crs))


def _outline(district: District) -> Columns:
    frame = GeoDataFrame(geometry=[outline(district.communities)], crs=district.crs)
    return {
        "geom": _geom(frame),
        "bounds": [round(x, 6) for x in frame.to_crs(WGS84).total_bounds.tolist()],
    }


def _boundaries(district: District) -> Columns:
    lines = borders(district.communities)
    return {"level": list(lines), "geom": _lines(lines.values(), district.crs)}


def _communities(district: District) -> Columns:
    frame = district.communities
    names = unit_names(frame)
    subdistricts = frame.drop_duplicates("subdistrict_id").sort_values("subdistrict_id")
    return {
        "id": texts(frame["community_id"]),
        "name": [names[key] for key in frame["community_id"]],
        "sub": positions(frame["subdistrict_id"], subdistricts["subdistrict_id"]),
        "subId": texts(subdistricts["subdistrict_id"]),
        "subName": texts(subdistricts["subdistrict_name"]),
        "kind": texts(frame["unit_kind"]),
        "settlement": texts(frame["settlement"]),
        "households": numbers(frame["households"]),
        "elderly": numbers(frame["elderly"]),
        "basis": texts(frame["household_basis"]),
        "geom": _geom(frame),
    }


def _compounds(district: District) -> Columns:
    frame = district.compounds
    return {
        "name": texts(frame["name"]),
        "gated": texts(frame["gated"]),
        "geom": _geom(frame),
    }


def _buildings(district: District) -> Columns:
    frame = district.buildings
    columns: Columns = {
        "id": texts(frame["building_id"]),
        "name": texts(frame["name"]),
        "community": positions(
            frame["community_id"], district.communities["community_id"]
        ),
        "compound": positions(frame["compound_id"], district.compounds["compound_id"]),
        "households": numbers(frame["households"]),
        "estimated": _guessed(frame["households_method"]),
        "floors": numbers(frame["floors"]),
        "geom": _geom(_oriented(frame)),
    }
    if district.config.disclosure == "internal":
        columns["elderly"] = numbers(frame["elderly"])
        columns["elderlyEstimated"] = _guessed(frame["elderly_method"])
    return columns


def _oriented(frame: GeoDataFrame) -> GeoDataFrame:
    """Holes turn the other way, so that buildings that overlap stay filled."""
    shapes = shapely.orient_polygons(frame.geometry.to_numpy())
    return GeoDataFrame(geometry=shapes, crs=frame.crs)


def _guessed(method: Series[Any]) -> list[int]:
    """1 where a figure is not declared but estimated."""
    return [int(not pd.isna(one) and one != "declared") for one in method]


def _facilities(district: District) -> Columns:
    frame = district.facilities
    offered = district.facility_classes.groupby("facility_id")["facility_class"]
    classes = offered.agg(lambda names: sorted(set(names))).to_dict()
    return {
        "id": texts(frame["facility_id"]),
        "name": texts(frame["name"]),
        "class": texts(frame["facility_class"]),
        "classes": [
            classes.get(key, [first])
            for key, first in zip(
                frame["facility_id"], frame["facility_class"], strict=True
            )
        ],
        "status": texts(frame["status"]),
        "opened": numbers(frame["opened"]),
        "area": numbers(frame["floor_area_m2"]),
        "role": texts(frame["role"]),
        "geom": _points(frame),
    }


def _points(frame: GeoDataFrame) -> Columns:
    inside = frame.geometry.representative_point()
    return _geom(GeoDataFrame(geometry=inside, crs=frame.crs))


def _roads(roads: GeoDataFrame) -> Columns:
    kinds = sorted(roads["road_class"].dropna().unique())
    return {
        "kinds": kinds,
        "kind": positions(roads["road_class"], kinds),
        "bridge": (roads["bridge"] == "yes").astype(int).tolist(),
        "tunnel": (roads["tunnel"] == "yes").astype(int).tolist(),
        "geom": _geom(roads),
    }


def _road_names(roads: GeoDataFrame) -> Columns:
    """Named roads joined to long lines, to write names along; bridges apart."""
    named = roads[roads["name"].notna() & (roads["name"] != "")]
    names: list[str] = []
    kinds: list[str] = []
    bridges: list[int] = []
    lines = []
    for (name, bridge), part in named.groupby(["name", "bridge"], sort=True):
        merged = shapely.line_merge(shapely.union_all(part.geometry.to_numpy()))
        names.append(str(name))
        kinds.append(str(part["road_class"].mode().iloc[0]))
        bridges.append(int(bridge == "yes"))
        lines.append(shapely.simplify(merged, 2.0))
    crs = str(roads.crs)
    return {"name": names, "kind": kinds, "bridge": bridges, "geom": _lines(lines, crs)}


def _named(frame: GeoDataFrame, kind: str) -> Columns:
    return {
        "kind": texts(frame[kind]),
        "name": texts(frame["name"]),
        "geom": _geom(frame),
    }


def _grids(district: District) -> Columns:
    frame = district.grids
    return {
        "id": texts(frame["grid_id"]),
        "name": texts(frame["name"]),
        "community": positions(
            frame["community_id"], district.communities["community_id"]
        ),
        "locked": (frame["locked"] == "yes").astype(int).tolist(),
        "geom": _geom(frame),
    }


def _plan(study: Assessment) -> dict[str, Columns]:
    """The grid plan, if there is one."""
    layers = plan_columns(study)
    if layers and study.grid_plan is not None:
        layers["planGrids"]["geom"] = _geom(study.grid_plan.grids)
    if "planUnits" in layers and study.community_plan is not None:
        layers["planUnits"]["geom"] = _geom(study.community_plan.units)
    return layers


def _gaps(study: Assessment) -> Columns:
    frame = study.gaps.areas
    named = [gap_names(study, lang) for lang in LANGUAGES]
    keys = study.district.communities["community_id"]
    return {
        "id": texts(frame["gap_id"]),
        "rule": texts(frame["rule_id"]),
        "limit": numbers(frame["limit_min"]),
        "households": numbers(frame["households"]),
        "persons": numbers(frame["persons"]),
        "elderly": numbers(frame["elderly"]),
        "buildings": numbers(frame["buildings"]),
        "number": gap_numbers(study),
        "name": [list(pair) for pair in zip(*named, strict=True)],
        "estimated": numbers(frame["estimated_share"], digits=3),
        "communities": [
            positions(pd.Series(ids, dtype="str"), keys)
            for ids in map(community_ids_of, frame["community_ids"])
        ],
        "geom": _geom(frame.set_geometry(frame.simplify(GAP_EDGE_M)), per=COARSE),
    }


def _isochrones(frame: GeoDataFrame) -> Columns:
    drawn = readable(frame)
    return {
        "class": texts(frame["facility_class"]),
        "walker": texts(frame["walker"]),
        "limit": numbers(frame["limit_min"]),
        "geom": _geom(drawn, per=COARSE),
    }


def _routes(study: Assessment) -> Columns:
    frame, district = study.routes, study.district
    return {
        "gap": positions(_gap_key(frame), _gap_key(study.gaps.areas)),
        "rule": texts(frame["rule_id"]),
        "building": positions(frame["building_id"], district.buildings["building_id"]),
        "facility": positions(frame["facility_id"], district.facilities["facility_id"]),
        "m": numbers(frame["walk_m"]),
        "min": numbers(frame["walk_min"], digits=2),
        "straight": numbers(frame["straight_m"]),
        "via": passed(frame, district.roads, district.gates),
        "geom": _geom(frame),
    }


def _gap_key(frame: DataFrame) -> Series[str]:
    """Gap areas are numbered within a rule."""
    return frame["rule_id"].astype(str) + "|" + frame["gap_id"].astype(str)


def _classes(study: Assessment) -> Columns:
    """Names and map characters of the classes that the study speaks of."""
    ordered = sorted(_codes(study.access) | _codes(study.district.facility_classes))
    labels = [class_label(code) for code in ordered]
    return {
        "code": ordered,
        "zh": [label.zh for label in labels],
        "en": [label.en for label in labels],
        "mark": [label.symbol for label in labels],
    }


def _codes(frame: DataFrame) -> set[str]:
    return set(frame["facility_class"].dropna().unique())
