"""Units of every level that a rule may name, with the people in them.

``units_at`` gives one row per unit: the columns of ``Inputs.communities`` and, for
households, persons, elderly and children, the total, its lowest and highest value
within the range of its estimates, and the share estimated (``persons_share``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from lifecircle.checks.circles import circle_facts, circle_mask
from lifecircle.checks.inputs import Inputs, cached
from lifecircle.checks.places import (
    canonical,
    centres,
    community_at,
    level_key,
    member_pairs,
)
from lifecircle.checks.serving import offered, serving
from lifecircle.checks.units import (
    estimate_range,
    estimated,
    representative_points,
    scope_mask,
)

if TYPE_CHECKING:
    import numpy.typing as npt
    from pandas import DataFrame, Index, Series

    from lifecircle.model import Rule

__all__ = [
    "LEVELS",
    "PEOPLE",
    "scoped",
    "settlement_of",
    "units_at",
]

PEOPLE = ("households", "persons", "elderly", "children_0_3")
"""What people are counted by."""

LEVELS = (
    *("city", "district", "subdistrict", "community", "compound", "grid"),
    *("building", "facility", "catchment", "circle"),
)
"""Levels with units here; ``catchment`` is the land nearest to each centre,
``circle`` the life circles of every tier."""

_WHOLE = ("city", "district")
_PLACED = ("compound", "facility", "catchment")
_SETTLEMENTS = ("urban", "county_town", "rural")


def units_at(inputs: Inputs, level: str, classes: tuple[str, ...] = ()) -> DataFrame:
    """Every unit of a level, sorted by id.

    Parameters
    ----------
    inputs : Inputs
        From ``prepare``.
    level : str
        Of ``LEVELS`` or another name of one.
    classes : tuple of str
        Facility classes whose sites are the centres of the catchments.

    Returns
    -------
    DataFrame
        No rows if there are no units of this level.

    Examples
    --------
    >>> from lifecircle.checks.inputs import prepare
    >>> inputs = prepare(toy.district, None)
    >>> units_at(inputs, "district")[["unit_id", "households", "persons"]].values
    array([['toy', 600.0, 1500.0]], dtype=object)
    """
    level = canonical(level)
    frame: DataFrame = cached(
        inputs,
        level_key("units", level, classes),
        lambda: _make(inputs, level, classes),
    )
    return frame


def _make(inputs: Inputs, level: str, classes: tuple[str, ...]) -> DataFrame:
    if level not in LEVELS:
        return _blank(inputs, [], level=level)
    if level in ("city", "district", "subdistrict"):
        return _sum_of_communities(inputs, level)
    made = _BASES[level](inputs, classes)
    pairs = member_pairs(inputs, level, classes)
    people = _people(inputs, pairs, len(made))
    fresh = [name for name in people if name not in made]
    # One piece in memory: rules take rows of these frames hundreds of times.
    made = pd.concat([made, people[fresh]], axis=1).copy()
    for weight in PEOPLE:
        declared = made.get(f"{weight}_declared")
        if declared is not None:
            _take_declared(made, weight, declared)
    return made


def _take_declared(made: DataFrame, weight: str, declared: Series) -> None:
    """A declared total is exact and stands instead of the sum of buildings."""
    known = declared.notna()
    for name in (weight, f"{weight}_min", f"{weight}_max"):
        made[name] = declared.where(known, made[name])
    made[f"{weight}_share"] = made[f"{weight}_share"].where(~known, 0.0)


def _people(
    inputs: Inputs, pairs: tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]], size: int
) -> DataFrame:
    """Sums over the buildings of every unit; NaN where one is unknown or none is."""
    buildings = inputs.district.buildings
    row, unit = pairs
    households = buildings["households"].to_numpy(dtype=float)
    count = np.bincount(unit, minlength=size)
    sums: dict[str, npt.NDArray[np.float64]] = {"buildings_count": count.astype(float)}
    for weight in PEOPLE:
        values = buildings[weight].to_numpy(dtype=float)
        # An empty building without a figure is empty, not unknown.
        values = np.where(np.isnan(values) & (households == 0), 0.0, values)
        spread = estimate_range(buildings, weight)
        guessed = np.where(estimated(buildings, weight), values, 0.0)
        parts = (values, values * (1 - spread), values * (1 + spread), guessed)
        total, low, high, guess = (
            np.where(count > 0, np.bincount(unit, part[row], minlength=size), np.nan)
            for part in parts
        )
        sums |= {weight: total, f"{weight}_min": low, f"{weight}_max": high}
        sums[f"{weight}_share"] = np.where(
            total > 0, guess / np.where(total > 0, total, 1.0), 0.0
        )
    return pd.DataFrame(sums)


def _community_base(inputs: Inputs, classes: tuple[str, ...]) -> DataFrame:
    del classes
    made = inputs.communities.copy()
    frame = inputs.district.communities.set_index("community_id")
    for weight in ("persons", "elderly"):
        made[f"{weight}_declared"] = frame[weight].reindex(made["unit_id"]).to_numpy()
    made["households_declared"] = made["declared"].to_numpy()
    return made


def _grid_base(inputs: Inputs, classes: tuple[str, ...]) -> DataFrame:
    del classes
    return inputs.grids.copy()


def _compound_base(inputs: Inputs, classes: tuple[str, ...]) -> DataFrame:
    """New compounds (planned dwellings on file) count these, others their total."""
    del classes
    frame = inputs.district.compounds
    made = _homed(inputs, frame, "compound_id", level="compound")
    planned = frame["planned_dwellings"].astype(float).to_numpy()
    declared = frame["households"].astype(float).to_numpy()
    made["new"] = ~np.isnan(planned)
    made["planned_dwellings"] = planned
    made["households_declared"] = np.where(np.isnan(planned), declared, planned)
    basis = frame["household_basis"].fillna("").to_numpy(dtype=object)
    made["basis"] = np.where(
        ~np.isnan(planned),
        "planned",
        np.where(np.isnan(declared), "sum_of_buildings", basis),
    )
    return made


def _building_base(inputs: Inputs, classes: tuple[str, ...]) -> DataFrame:
    del classes
    made = _homed(inputs, inputs.district.buildings, "building_id", level="building")
    return made.assign(basis="sum_of_buildings")


def _facility_base(inputs: Inputs, classes: tuple[str, ...]) -> DataFrame:
    del classes
    return _homed(inputs, inputs.district.facilities, "facility_id", level="facility")


def _catchment_base(inputs: Inputs, classes: tuple[str, ...]) -> DataFrame:
    sites = centres(inputs, classes)
    made = _homed(inputs, sites, "facility_id", level="catchment")
    return made.assign(basis="nearest_straight_line")


def _circle_base(inputs: Inputs, classes: tuple[str, ...]) -> DataFrame:
    """Settlement and affiliation are those of the community at a circle's middle."""
    del classes
    circles = inputs.district.circles
    middle = community_at(inputs, representative_points(circles))
    homed = circles.assign(community_id=middle)
    made = _homed(inputs, homed, "circle_id", level="circle")
    return made.assign(**circle_facts(inputs))


_BASES = {
    "community": _community_base,
    "grid": _grid_base,
    "compound": _compound_base,
    "building": _building_base,
    "facility": _facility_base,
    "catchment": _catchment_base,
    "circle": _circle_base,
}


def _homed(inputs: Inputs, frame: DataFrame, key: str, *, level: str) -> DataFrame:
    """Units that lie in a community and take its subdistrict and settlement."""
    made = _blank(inputs, frame[key].to_numpy(dtype=object), level=level)
    made["unit_name"] = frame["name"].to_numpy(dtype=object)
    home = inputs.communities.set_index("unit_id").reindex(frame["community_id"])
    made["community_id"] = frame["community_id"].to_numpy(dtype=object)
    for column in ("subdistrict_id", "settlement", "affiliation"):
        made[column] = home[column].to_numpy(dtype=object)
    made["settlement"] = made["settlement"].fillna(inputs.district.config.settlement)
    return made


def _blank(
    inputs: Inputs, ids: npt.NDArray[np.object_] | list[str], *, level: str
) -> DataFrame:
    size = len(ids)
    texts = {
        "level": level,
        "unit_name": None,
        "subdistrict_id": None,
        "settlement": inputs.district.config.settlement,
        "affiliation": None,
        "unit_kind": level,
        "basis": None,
    }
    made = {name: np.full(size, value, dtype=object) for name, value in texts.items()}
    made["unit_id"] = np.asarray(ids, dtype=object)
    frame = pd.DataFrame(made)
    frame["estimated_share"] = 0.0
    return frame


def _sum_of_communities(inputs: Inputs, level: str) -> DataFrame:
    """Subdistricts, or the whole: sums of communities, unknown if one is."""
    parts = units_at(inputs, "community")
    config = inputs.district.config
    keys = parts["subdistrict_id"]
    if level in _WHOLE:
        keys = pd.Series(config.district_id, index=parts.index, dtype=object)
    groups = parts.groupby(keys.to_numpy(dtype=object), sort=True)
    made = _blank(inputs, [str(name) for name in groups.groups], level=level)
    for weight in PEOPLE:
        for name in (weight, f"{weight}_min", f"{weight}_max"):
            made[name] = groups[name].sum(skipna=False).to_numpy()
        guess = (parts[f"{weight}_share"] * parts[weight]).groupby(
            keys.to_numpy(dtype=object)
        )
        total = made[weight].to_numpy(dtype=float)
        made[f"{weight}_share"] = guess.sum().to_numpy() / np.where(
            total > 0, total, np.nan
        )
    made["estimated_share"] = made["households_share"].fillna(0.0)
    made["basis"] = groups["basis"].agg(_union).to_numpy(dtype=object)
    made["settlement"] = groups["settlement"].agg(settlement_of).to_numpy(dtype=object)
    if level in _WHOLE:
        return made.assign(unit_name=config.name, settlement=config.settlement)
    names = inputs.district.communities.groupby("subdistrict_id")["subdistrict_name"]
    made["unit_name"] = names.first().reindex(made["unit_id"]).to_numpy(dtype=object)
    return made.assign(subdistrict_id=made["unit_id"])


def _union(values: Series) -> str:
    parts = {part for value in values.dropna() for part in str(value).split("+")}
    return "+".join(sorted(parts))


def settlement_of(values: Series) -> str:
    """Settlement of a subdistrict: the most urban of its communities'.

    Parameters
    ----------
    values : Series
        Of its communities.

    Returns
    -------
    str

    Examples
    --------
    >>> settlement_of(pd.Series(["rural", "county_town"]))
    'county_town'
    """
    present = set(values.dropna())
    return next((name for name in _SETTLEMENTS if name in present), "rural")


def _site_mask(inputs: Inputs, rule: Rule) -> npt.NDArray[np.bool_]:
    """Facilities inside the district that offer a class of the rule.

    Of new build only those in a compound whose planned dwellings are on file.
    """
    facilities = inputs.district.facilities
    index: Index = cached(
        inputs, "facility index", lambda: pd.Index(facilities["facility_id"])
    )
    mask: npt.NDArray[np.bool_] = cached(
        inputs, "inside", lambda: facilities["community_id"].notna().to_numpy()
    )
    if rule.classes:
        mask = mask & _among(index, offered(inputs, rule)["facility_id"])
    if rule.build == "new":
        links = serving(inputs, "compound")
        new = np.asarray(units_at(inputs, "compound")["new"], dtype=bool)
        mask = mask & _among(index, links.loc[new[links["unit"]], "facility_id"])
    return mask


def _among(index: Index, ids: Series) -> npt.NDArray[np.bool_]:
    """Which of the index are listed."""
    found = np.zeros(len(index), dtype=bool)
    place = index.get_indexer(pd.Index(ids))
    found[place[place >= 0]] = True
    return found


def scoped(inputs: Inputs, rule: Rule) -> tuple[DataFrame, npt.NDArray[np.intp]]:
    """Units that a rule judges, and their positions among all of their level.

    Parameters
    ----------
    inputs : Inputs
        From ``prepare``.
    rule : Rule
        ``level``, ``settlement``, ``affiliation``, ``build``, ``circle``,
        ``classes``.

    Returns
    -------
    DataFrame, int array
        No rows if there are no such units, or if which ones are new is unknown.

    Examples
    --------
    >>> from lifecircle.checks.inputs import prepare
    >>> from lifecircle.standards.rulebook import read_rule_book
    >>> rule = read_rule_book("hefei").rules[0]
    >>> scoped(prepare(toy.district, None), rule)[1].tolist()
    [0, 1]
    """
    own: tuple[object, ...] = ()
    if rule.level == "circle":
        own = (rule.circle,)
    elif _needs_sites(rule):
        own = (rule.classes, rule.statuses)
    key = (rule.level, rule.settlement, rule.affiliation, rule.build, *own)
    found: tuple[DataFrame, npt.NDArray[np.intp]] = cached(
        inputs, ("scoped", *key), lambda: _scoped(inputs, rule)
    )
    return found


def _needs_sites(rule: Rule) -> bool:
    return canonical(rule.level) in ("facility", "catchment")


def _scoped(inputs: Inputs, rule: Rule) -> tuple[DataFrame, npt.NDArray[np.intp]]:
    units = units_at(inputs, rule.level, rule.classes)
    mask = np.ones(len(units), dtype=bool)
    if canonical(rule.level) not in _WHOLE:
        mask &= scope_mask(units, rule)
    if rule.level in ("village", "township"):
        mask &= np.asarray(units["settlement"] == "rural")
    if canonical(rule.level) == "facility":
        mask &= _site_mask(inputs, rule)
    elif canonical(rule.level) == "compound":
        if rule.build != "any":
            mask &= np.asarray(units["new"]) == (rule.build == "new")
    elif rule.level == "circle":
        mask &= circle_mask(units, rule)
    elif rule.build in ("new", "old_city"):
        # Which communities are new, or old city, no table says.
        mask &= False
    if inputs.district.config.part and canonical(rule.level) in _PLACED:
        # In a part of a city what lies in no community of it is its neighbours'.
        mask &= units["community_id"].notna().to_numpy()
    take = np.flatnonzero(mask)
    return units.iloc[take].reset_index(drop=True), take
