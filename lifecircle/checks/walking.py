"""The access frame as arrays: one row a class, walker and status set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt
    from pandas import DataFrame, Series

    from lifecircle.model import District, Rule

__all__ = ["WalkTable", "is_answered", "nearest_walk", "walk_table"]


@dataclass(frozen=True, slots=True, eq=False)
class WalkTable:
    """Walks of every building, in the order of the buildings.

    Attributes
    ----------
    rows : Mapping
        (facility class, walker, status set) -> row of the arrays.
    walk_min, walk_m : float64 arrays (rows, buildings)
        NaN = no walk.
    """

    rows: Mapping[tuple[str, str, str], int]
    walk_min: npt.NDArray[np.float64]
    walk_m: npt.NDArray[np.float64]


def walk_table(access: DataFrame | None, building_ids: Series) -> WalkTable:
    """Turn the access frame into arrays, once for all rules.

    Parameters
    ----------
    access : DataFrame or None
        ``columns.ACCESS``; None = no walks were computed.
    building_ids : Series
        Which buildings, in which order.

    Returns
    -------
    WalkTable

    Examples
    --------
    >>> table = walk_table(toy.access, toy.district.buildings["building_id"])
    >>> table.walk_min.shape[1]
    6
    """
    empty = np.empty((0, len(building_ids)))
    if access is None or access.empty:
        return WalkTable(rows={}, walk_min=empty, walk_m=empty)
    blocks = _blocks(access, building_ids)
    if blocks is not None:
        return blocks
    code = np.zeros(len(access), dtype=np.int64)
    names = []
    for column in ("facility_class", "walker", "status_set"):
        codes, values = pd.factorize(access[column], sort=True)
        code = code * len(values) + codes
        names.append([str(value) for value in values])
    there = np.bincount(code) > 0
    found, pair = np.flatnonzero(there), (np.cumsum(there) - 1)[code]
    classes, walkers, sets = names
    triples = [
        (
            classes[value // (len(walkers) * len(sets))],
            walkers[value // len(sets) % len(walkers)],
            sets[value % len(sets)],
        )
        for value in found.tolist()
    ]
    building = pd.Index(building_ids).get_indexer(pd.Index(access["building_id"]))
    known = building >= 0
    arrays = []
    for column in ("walk_min", "walk_m"):
        walks = np.full((len(triples), len(building_ids)), np.nan)
        figures = access[column].to_numpy(dtype=float)
        walks[pair[known], building[known]] = figures[known]
        arrays.append(walks)
    rows = {triple: row for row, triple in enumerate(triples)}
    return WalkTable(rows=rows, walk_min=arrays[0], walk_m=arrays[1])


_KEYS = ["facility_class", "walker", "status_set"]


def _blocks(access: DataFrame, building_ids: Series) -> WalkTable | None:
    """The table where all buildings, in their order, list the same walks in one order.

    So ``walk_access`` writes it; comparing is faster than looking every row up. None
    where the frame is of another order.
    """
    size = len(building_ids)
    if size == 0 or len(access) % size:
        return None
    shape = (size, len(access) // size)
    ids = access["building_id"].to_numpy(dtype=object).reshape(shape)
    keys = [access[name].to_numpy(dtype=object).reshape(shape) for name in _KEYS]
    here = (ids == building_ids.to_numpy(dtype=object)[:, None]).all()
    if not here or not all((key == key[0]).all() for key in keys):
        return None
    triples = list(zip(*(map(str, key[0]) for key in keys), strict=True))
    rows = {triple: row for row, triple in enumerate(triples)}
    if len(rows) < len(triples):
        return None
    walks = [
        np.ascontiguousarray(access[name].to_numpy(dtype=float).reshape(shape).T)
        for name in ("walk_min", "walk_m")
    ]
    return WalkTable(rows=rows, walk_min=walks[0], walk_m=walks[1])


def nearest_walk(
    table: WalkTable, rule: Rule, *, measure: str = "walk_min"
) -> npt.NDArray[np.float64]:
    """Walk from every building to the nearest facility that the rule counts.

    Parameters
    ----------
    table : WalkTable
        From ``walk_table``.
    rule : Rule
        ``classes`` (the nearest of any), ``walker``, ``statuses``.
    measure : {"walk_min", "walk_m"}
        Minutes or metres.

    Returns
    -------
    float array
        In the order of the buildings; NaN = no walk.

    Examples
    --------
    >>> from lifecircle.standards.rulebook import read_rule_book
    >>> rule = read_rule_book("hefei").rules[2]
    >>> table = walk_table(toy.access, toy.district.buildings["building_id"])
    >>> bool(np.isfinite(nearest_walk(table, rule)).all())
    True
    """
    values = table.walk_min if measure == "walk_min" else table.walk_m
    status = "+".join(rule.statuses)
    wanted = [
        table.rows[name, rule.walker, status]
        for name in rule.classes
        if (name, rule.walker, status) in table.rows
    ]
    if not wanted:
        return np.full(values.shape[1], np.nan)
    # fmin passes over NaN and is NaN only where every class is.
    return np.asarray(np.fmin.reduce(values[wanted], axis=0))


def is_answered(table: WalkTable, district: District, rule: Rule) -> bool:
    """Whether the walks answer the rule.

    No rows are an answer only if no facility offers the rule's classes.

    Parameters
    ----------
    table : WalkTable
        From ``walk_table``.
    district : District
        ``facility_classes``.
    rule : Rule
        ``classes``, ``walker``, ``statuses``.

    Returns
    -------
    bool

    Examples
    --------
    >>> from lifecircle.standards.rulebook import read_rule_book
    >>> table = walk_table(toy.access, toy.district.buildings["building_id"])
    >>> is_answered(table, toy.district, read_rule_book("hefei").rules[2])
    True
    """
    classes = district.facility_classes["facility_class"]
    offered = classes[classes.isin(rule.classes)].unique()
    status = "+".join(rule.statuses)
    return all((name, rule.walker, status) in table.rows for name in offered)
