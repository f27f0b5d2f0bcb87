"""The atoms of a community: buildings with their ground, and what the solver sees."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from lifecircle.plans.adjacency import KINDS, Adjacency, cell_adjacency
from lifecircle.plans.cells import Cells, building_cells, merged_cells
from lifecircle.plans.dividers import read_dividers
from lifecircle.plans.ground import read_ground
from lifecircle.plans.problem import PartitionProblem
from lifecircle.plans.today import grids_today, kept_grids
from lifecircle.plans.workload import building_workload

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt
    from geopandas import GeoDataFrame
    from pandas import Series

    from lifecircle.model import District, RegridSettings
    from lifecircle.plans.dividers import Dividers

__all__ = ["Atoms", "Survey", "community_atoms", "problem_of", "survey"]

_SLIVER_M2 = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class Survey:
    """What the communities of a district have in common.

    Attributes
    ----------
    today : Series
        Today's grid by ``building_id``.
    kept : GeoDataFrame
        Grids that stay as they are.
    compounds : object array of shapely polygons
        Smallest first.
    workload : float64 array
        Of every building.
    """

    district: District
    dividers: Dividers
    today: Series[str]
    kept: GeoDataFrame
    compounds: npt.NDArray[np.object_]
    workload: npt.NDArray[np.float64]


def survey(district: District, weights: Mapping[str, float]) -> Survey:
    """Read what divides the ground of a district and how it is gridded today.

    Parameters
    ----------
    district : District
        The checked tables.
    weights : Mapping[str, float]
        ``RegridSettings.workload``.

    Returns
    -------
    Survey

    Examples
    --------
    >>> survey(toy.district, {}).compounds.shape
    (1,)
    """
    shapes = district.compounds.geometry.to_numpy()
    shapes = shapes[shapely.get_dimensions(shapes) == 2]
    order = np.argsort(shapely.area(shapes), kind="stable")
    return Survey(
        district=district,
        dividers=read_dividers(district),
        today=grids_today(district),
        kept=kept_grids(district),
        compounds=np.asarray(shapes[order], dtype=object),
        workload=building_workload(district, weights),
    )


@dataclass(frozen=True, slots=True, eq=False)
class Atoms:
    """A community in pieces that no plan splits.

    Attributes
    ----------
    rows : int array (b,)
        Its buildings: positions in the district's table.
    building_atom : int32 array (b,)
        Atom of each.
    households : int64 array (n,)
    compound_ids, old_ids : tuple of str
        What ``compound`` and ``old`` count.
    compound, old : int32 array (n,)
        Compound and today's grid of every atom; -1 = none.
    locked : int32 array (n,)
        Position in ``old_ids`` of the grid that stays as it is; -1 = free.
    shapes : object array (n,) of shapely polygons
        Cells; together the community, without gap or overlap.
    """

    community_id: str
    outline: Any
    rows: npt.NDArray[np.intp]
    building_atom: npt.NDArray[np.int32]
    cells: Cells
    adjacency: Adjacency
    shapes: npt.NDArray[np.object_]
    households: npt.NDArray[np.int64]
    workload: npt.NDArray[np.float64]
    compound_ids: tuple[str, ...]
    compound: npt.NDArray[np.int32]
    old_ids: tuple[str, ...]
    old: npt.NDArray[np.int32]
    locked: npt.NDArray[np.int32]


def community_atoms(surveyed: Survey, community_id: str) -> Atoms:
    """The atoms of one community.

    Parameters
    ----------
    surveyed : Survey
        Of the district.
    community_id : str
        A community with a boundary and at least one building.

    Returns
    -------
    Atoms
        Buildings at one spot are one atom; so is a grid that stays as it is.

    Examples
    --------
    >>> atoms = community_atoms(survey(toy.district, {}), "C1")
    >>> atoms.households.tolist(), atoms.compound.tolist()
    ([60, 120, 200, 100], [-1, -1, 0, 0])
    """
    district, dividers = surveyed.district, surveyed.dividers
    communities = district.communities
    here = communities["community_id"] == community_id
    outline = shapely.union_all(communities.geometry.to_numpy()[here.to_numpy()])
    rows = np.flatnonzero(district.buildings["community_id"] == community_id)
    buildings = district.buildings.iloc[rows]
    kept = surveyed.kept[surveyed.kept["community_id"] == community_id]
    kept_shapes = _inside(kept.geometry.to_numpy(), outline)
    kept_ids = kept["grid_id"].to_numpy(dtype=object)[kept_shapes[1]]
    ground = read_ground(
        outline,
        dividers,
        compounds=_inside(surveyed.compounds, outline)[0],
        kept=kept_shapes[0],
    )
    cells = building_cells(ground, np.asarray(buildings.geometry, dtype=object))
    count = int(cells.atom.max()) + 1
    home = cells.building_atom
    today = surveyed.today.iloc[rows].to_numpy(dtype=object)
    old_ids, old_of = _factorized(np.concatenate([today, kept_ids]))
    compound_ids, compound_of = _factorized(
        buildings["compound_id"].to_numpy(dtype=object)
    )
    households = np.rint(buildings["households"].to_numpy(dtype=float)).astype(int)
    compound = _of_atoms(home, compound_of, households, count)
    old = _of_atoms(home, old_of[: len(rows)], households, count)
    stays = np.isin(old, old_of[len(rows) :])
    locked = np.where(stays, old, -1).astype(np.int32)
    placed = cells.kept_atom >= 0
    for target in (old, locked):
        target[cells.kept_atom[placed]] = old_of[len(rows) :][placed]
    walled = np.array([key in dividers.walled for key in compound_ids] + [False])
    return Atoms(
        community_id=community_id,
        outline=outline,
        rows=rows,
        building_atom=home,
        cells=cells,
        adjacency=cell_adjacency(
            cells,
            compound=compound,
            walled=walled[compound],
            passages=dividers.passages,
        ),
        shapes=merged_cells(cells.faces, cells.atom),
        households=_sums(home, households, count).astype(np.int64),
        workload=_sums(home, surveyed.workload[rows], count),
        compound_ids=compound_ids,
        compound=compound,
        old_ids=old_ids,
        old=old,
        locked=locked,
    )


def _inside(
    shapes: npt.NDArray[np.object_], outline: Any
) -> tuple[npt.NDArray[np.object_], npt.NDArray[np.intp]]:
    """Shapes that share ground with the outline, and which they are."""
    shapely.prepare(outline)
    near = np.flatnonzero(shapely.intersects(shapes, outline))
    shared = shapely.area(shapely.intersection(shapes[near], outline))
    near = near[shared > _SLIVER_M2]
    return np.asarray(shapes[near], dtype=object), near


def _factorized(
    values: npt.NDArray[np.object_],
) -> tuple[tuple[str, ...], npt.NDArray[np.int32]]:
    codes, ids = pd.factorize(values, sort=True)
    return tuple(str(one) for one in ids), codes.astype(np.int32)


def _sums(
    home: npt.NDArray[np.int32], values: npt.NDArray[Any], count: int
) -> npt.NDArray[np.float64]:
    weights = values.astype(np.float64)
    return np.asarray(np.bincount(home, weights=weights, minlength=count), np.float64)


def _of_atoms(
    home: npt.NDArray[np.int32],
    code: npt.NDArray[np.int32],
    households: npt.NDArray[np.int64],
    count: int,
) -> npt.NDArray[np.int32]:
    """The code of an atom: that of most of its households; -1 = none."""
    result = np.full(count, -1, np.int32)
    order = np.lexsort((-code, households))
    known = order[code[order] >= 0]
    result[home[known]] = code[known]
    return result


def problem_of(atoms: Atoms, settings: RegridSettings) -> PartitionProblem:
    """What the solver is given of a community.

    Parameters
    ----------
    atoms : Atoms
        Of the community.
    settings : RegridSettings
        Band and cost per metre of border by kind.

    Returns
    -------
    PartitionProblem
        A border of several kinds costs the mean of their lengths per metre.

    Examples
    --------
    >>> from lifecircle.model import RegridSettings
    >>> atoms = community_atoms(survey(toy.district, {}), "C1")
    >>> problem_of(atoms, RegridSettings()).cut_weight.tolist()[-1]
    2.0
    """
    near = atoms.adjacency
    weights = np.array([settings.border[kind] for kind in KINDS])
    middle = shapely.get_coordinates(shapely.centroid(atoms.shapes))
    return PartitionProblem(
        households=atoms.households,
        low=settings.households[0],
        high=settings.households[1],
        xy_m=middle,
        area_m2=shapely.area(atoms.shapes),
        perimeter_m=shapely.length(atoms.shapes),
        compound=atoms.compound,
        old=atoms.old,
        locked=atoms.locked,
        workload=atoms.workload,
        edges=near.edges,
        border_m=near.border_m,
        cut_weight=near.by_kind_m @ weights / near.border_m,
    )
