"""The units that rules judge: communities and grids, with their households.

A community's households are its declared total if it has one, else the sum of its
buildings (RULES.md 0b.7); a sum is never mixed with a declared total.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

if TYPE_CHECKING:
    import numpy.typing as npt
    from geopandas import GeoDataFrame
    from pandas import DataFrame, Series

    from lifecircle.model import District, Rule

__all__ = [
    "ESTIMATE_RANGE",
    "community_units",
    "estimate_range",
    "estimated",
    "grid_claims",
    "grid_units",
    "households_per_unit",
    "in_scope",
    "representative_points",
    "scope_mask",
]

WEIGHT_METHODS = {
    "households": "households_method",
    "persons": "persons_method",
    "elderly": "elderly_method",
}
"""Weight of a building -> the column that says where it comes from."""

ESTIMATE_RANGE = {
    "units": 0.10,
    "compound_total": 0.10,
    "floor_area": 0.20,
    "footprint_floors": 0.30,
    "community_total": 0.30,
    "estimated": 0.20,
}
"""How far an estimate may be off, by its method, as a share. Ours, in no source:
used only to say whether a verdict holds, never to reach it."""


def estimated(buildings: DataFrame, weight: str) -> npt.NDArray[np.bool_]:
    """Whether a building's households, persons or elderly are estimated.

    Parameters
    ----------
    buildings : DataFrame
        ``households_method``, ``persons_method``, ``elderly_method``.
    weight : str
        ``households``, ``persons`` or ``elderly``; any other weight is declared.

    Returns
    -------
    bool array
        In the order of ``buildings``.

    Examples
    --------
    >>> estimated(toy.district.buildings, "households").any()
    np.False_
    """
    if weight not in WEIGHT_METHODS:
        return np.zeros(len(buildings), dtype=bool)
    method = buildings[WEIGHT_METHODS[weight]]
    return np.asarray(method.notna() & (method != "declared"), dtype=bool)


def estimate_range(buildings: DataFrame, weight: str) -> npt.NDArray[np.float64]:
    """How far the figure of every building may be off, as a share of it.

    Parameters
    ----------
    buildings : DataFrame
        As ``estimated``.
    weight : str
        ``households``, ``persons`` or ``elderly``; any other weight is declared.

    Returns
    -------
    float array
        ``ESTIMATE_RANGE`` of the method; 0 where declared.

    Examples
    --------
    >>> estimate_range(toy.district.buildings, "households").max()
    np.float64(0.0)
    """
    if weight not in WEIGHT_METHODS:
        return np.zeros(len(buildings))
    spread = buildings[WEIGHT_METHODS[weight]].map(ESTIMATE_RANGE)
    return np.asarray(spread.astype(float).fillna(0.0))


def representative_points(frame: GeoDataFrame) -> npt.NDArray[np.object_]:
    """One point inside every geometry.

    Parameters
    ----------
    frame : GeoDataFrame
        Polygons or points.

    Returns
    -------
    object array of shapely Point
        In the order of ``frame``.

    Examples
    --------
    >>> representative_points(toy.district.grids).shape
    (2,)
    """
    return np.asarray(shapely.point_on_surface(frame.geometry.to_numpy()), dtype=object)


def community_units(district: District) -> DataFrame:
    """Communities as units: households, basis, share estimated.

    Parameters
    ----------
    district : District
        The checked tables.

    Returns
    -------
    DataFrame
        As ``Inputs.communities``, with ``declared`` (households, NaN = none) and
        ``building_households`` (their sum, NaN = no building) and ``buildings_share``
        (what of that sum is estimated).

    Examples
    --------
    >>> community_units(toy.district)[["unit_id", "basis"]].iloc[0].tolist()
    ['C1', 'resident+declared_total']
    """
    communities = district.communities
    sums = _building_sums(district.buildings, district.buildings["community_id"])
    sums = sums.reindex(communities["community_id"]).reset_index(drop=True)
    declared = communities["households"].astype(float).reset_index(drop=True)
    total = declared.where(declared.notna(), sums["households"])
    units = pd.DataFrame(
        {
            "level": "community",
            "unit_id": communities["community_id"].to_numpy(),
            "unit_name": communities["name"].to_numpy(),
            "subdistrict_id": communities["subdistrict_id"].to_numpy(),
            "settlement": communities["settlement"].to_numpy(),
            "affiliation": communities["affiliation"].to_numpy(),
            "unit_kind": communities["unit_kind"].to_numpy(),
            "households": total.to_numpy(),
            "declared": declared.to_numpy(),
            "building_households": sums["households"].to_numpy(),
            "buildings_share": sums["estimated_share"].to_numpy(dtype=float),
            "buildings": sums["buildings"].fillna(0).to_numpy(dtype=int),
            "basis": np.where(
                declared.notna(),
                _join(communities["household_basis"], "declared_total"),
                _join(sums["basis"], "sum_of_buildings"),
            ),
            "estimated_share": sums["estimated_share"]
            .where(declared.isna(), 0.0)
            .to_numpy(),
        }
    )
    return units.sort_values("unit_id", ignore_index=True)


def households_per_unit(households: Series, unit_ids: Series) -> Series:
    """Households of every unit: the sum over its buildings.

    ``sum(households of the unit's buildings)``, in households (RULES.md 3.1).

    Parameters
    ----------
    households : Series
        Of every building.
    unit_ids : Series
        Of every building, in the same order; None belongs nowhere.

    Returns
    -------
    Series
        Indexed by unit id, sorted; units without buildings are absent.

    Examples
    --------
    Two buildings of 120 and 200 households in grid x, one of 90 in grid y.

    >>> households_per_unit(pd.Series([120.0, 200, 90]), pd.Series(["x", "x", "y"]))
    x    320.0
    y     90.0
    dtype: float64
    """
    return households.groupby(unit_ids.to_numpy(), sort=True).sum()


def _building_sums(buildings: DataFrame, keys: Series) -> DataFrame:
    """By key: households, buildings, basis, estimated_share."""
    households = buildings["households"].astype(float)
    guessed = households.where(estimated(buildings, "households"), 0.0)
    total = households_per_unit(households, keys)
    share = households_per_unit(guessed, keys) / total.where(total > 0)
    pairs = pd.DataFrame(
        {"key": keys.to_numpy(), "basis": buildings["household_basis"].to_numpy()}
    )
    named = pairs[pairs["basis"].notna() & (pairs["basis"] != "")]
    named = named.drop_duplicates().sort_values(["key", "basis"])
    bases: dict[str, str] = {}
    for key, basis in named.to_numpy():
        bases[key] = f"{bases[key]}+{basis}" if key in bases else str(basis)
    return pd.DataFrame(
        {
            "households": total,
            "buildings": pairs.groupby("key", sort=True).size(),
            "basis": pd.Series(bases, dtype=object).reindex(total.index, fill_value=""),
            "estimated_share": share.fillna(0.0),
        }
    )


def _join(bases: Series, origin: str) -> list[str]:
    return [
        f"{basis}+{origin}" if isinstance(basis, str) and basis else origin
        for basis in bases
    ]


def grid_claims(district: District) -> DataFrame:
    """Which grids claim which building, by declaration and by polygon.

    A declared ``grid_id`` that names no grid of the layer claims nothing. A
    building lies in every grid whose polygon holds its representative point,
    edges included.

    Parameters
    ----------
    district : District
        The checked tables.

    Returns
    -------
    DataFrame
        As ``Inputs.claims``, sorted by building, then grid.

    Examples
    --------
    >>> grid_claims(toy.district).values[0].tolist()
    ['B1', 'G1', True, True]
    """
    buildings, grids = district.buildings, district.grids
    grid_ids = grids["grid_id"].to_numpy(dtype=object)
    building_ids = buildings["building_id"].to_numpy(dtype=object)
    tree = shapely.STRtree(grids.geometry.to_numpy())
    row, grid = tree.query(representative_points(buildings), predicate="intersects")
    by_polygon = pd.DataFrame(
        {
            "building_id": building_ids[row],
            "grid_id": grid_ids[grid],
            "declared": False,
            "inside": True,
        }
    )
    named = buildings[buildings["grid_id"].isin(grid_ids)]
    by_name = pd.DataFrame(
        {
            "building_id": named["building_id"].to_numpy(dtype=object),
            "grid_id": named["grid_id"].to_numpy(dtype=object),
            "declared": True,
            "inside": False,
        }
    )
    claims = pd.concat([by_polygon, by_name], ignore_index=True)
    keys = ["building_id", "grid_id"]
    return claims.groupby(keys, sort=True, as_index=False)[["declared", "inside"]].any()


def grid_units(district: District, claims: DataFrame) -> DataFrame:
    """Grids as units: households of the buildings that belong to them.

    A building belongs to its declared grid; without one, to every grid that its
    representative point lies in.

    Parameters
    ----------
    district : District
        The checked tables.
    claims : DataFrame
        From ``grid_claims``.

    Returns
    -------
    DataFrame
        As ``Inputs.grids``, sorted by id.

    Examples
    --------
    >>> grid_units(toy.district, grid_claims(toy.district))["households"].tolist()
    [480.0, 120.0]
    """
    grids, communities = district.grids, district.communities
    named = set(claims.loc[claims["declared"], "building_id"])
    members = claims[claims["declared"] | ~claims["building_id"].isin(named)]
    buildings = members[["building_id", "grid_id"]].merge(
        pd.DataFrame(district.buildings).drop(columns=["grid_id", "geometry"]),
        on="building_id",
        how="left",
    )
    sums = _building_sums(buildings, buildings["grid_id"]).reindex(grids["grid_id"])
    home = communities.set_index("community_id")[
        ["subdistrict_id", "settlement", "affiliation"]
    ]
    home = home.reindex(grids["community_id"])
    default = district.config.settlement
    return pd.DataFrame(
        {
            "level": "grid",
            "unit_id": grids["grid_id"].to_numpy(),
            "unit_name": grids["name"].to_numpy(),
            "subdistrict_id": home["subdistrict_id"].to_numpy(),
            "settlement": home["settlement"].fillna(default).to_numpy(),
            "affiliation": home["affiliation"].to_numpy(),
            "unit_kind": grids["grid_kind"].to_numpy(),
            "community_id": grids["community_id"].to_numpy(),
            "households": sums["households"].to_numpy(dtype=float),
            "buildings": sums["buildings"].fillna(0).to_numpy(dtype=int),
            "basis": _join(sums["basis"], "sum_of_buildings"),
            "estimated_share": sums["estimated_share"].to_numpy(dtype=float),
        }
    ).sort_values("unit_id", ignore_index=True)


def scope_mask(units: DataFrame, rule: Rule) -> npt.NDArray[np.bool_]:
    """Which units a rule is about, by settlement and affiliation.

    Parameters
    ----------
    units : DataFrame
        ``settlement``; ``affiliation`` if the rule names one (unknown is out).
    rule : Rule
        ``settlement`` and ``affiliation``: ``any``, or several joined by ``+``.

    Returns
    -------
    bool array

    Examples
    --------
    >>> from lifecircle.standards.rulebook import read_rule_book
    >>> scope_mask(community_units(toy.district), read_rule_book("hefei").rules[0])
    array([ True,  True])
    """
    mask = np.ones(len(units), dtype=bool)
    for column in ("settlement", "affiliation"):
        wanted = getattr(rule, column, "any")
        if wanted != "any":
            mask &= np.asarray(units[column].isin(wanted.split("+")), dtype=bool)
    return mask


def in_scope(units: DataFrame, rule: Rule) -> DataFrame:
    """Units that the rule is about (``scope_mask``).

    Parameters
    ----------
    units : DataFrame
        Units or communities: ``settlement``.
    rule : Rule
        ``settlement``: ``any``, or one or more joined by ``+``.

    Returns
    -------
    DataFrame
        The rows in scope, with a new index.

    Examples
    --------
    >>> from lifecircle.standards.rulebook import read_rule_book
    >>> county = read_rule_book("hefei").rules[3]
    >>> len(in_scope(community_units(toy.district), county))
    0
    """
    return units[scope_mask(units, rule)].reset_index(drop=True)
