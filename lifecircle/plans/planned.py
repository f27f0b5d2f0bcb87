"""One community divided: its atoms, the solver's answer, and the numbers given."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lifecircle.checks.units import estimated
from lifecircle.plans.numbering import inherited, new_numbers

if TYPE_CHECKING:
    import numpy.typing as npt
    from pandas import DataFrame

    from lifecircle.plans.atoms import Atoms
    from lifecircle.plans.problem import Partition, PartitionProblem

__all__ = ["Planned", "estimated_shares", "numbered_plan"]


@dataclass(frozen=True, slots=True, eq=False)
class Planned:
    """A community with its plan.

    Attributes
    ----------
    grid_ids : tuple of str
        Of every part.
    inherits : int32 array (k,)
        Position in ``atoms.old_ids`` of the old grid; -1 = a new number.
    households : int64 array (k,)
    kept : bool array (k,)
        Parts that stay as they are.
    """

    atoms: Atoms
    problem: PartitionProblem
    partition: Partition
    grid_ids: tuple[str, ...]
    inherits: npt.NDArray[np.int32]
    households: npt.NDArray[np.int64]
    kept: npt.NDArray[np.bool_]

    @property
    def old_households(self) -> npt.NDArray[np.int64]:
        """Households of today's grids, in this community."""
        atoms = self.atoms
        known = atoms.old >= 0
        return np.bincount(
            atoms.old[known],
            weights=atoms.households[known],
            minlength=len(atoms.old_ids),
        ).astype(np.int64)

    @property
    def building_part(self) -> npt.NDArray[np.int32]:
        """Part of every building, in the order of ``atoms.rows``."""
        return self.partition.labels[self.atoms.building_atom]


def numbered_plan(
    atoms: Atoms,
    problem: PartitionProblem,
    partition: Partition,
    *,
    taken: tuple[str, ...],
) -> Planned:
    """Give the parts of a division their numbers.

    Parameters
    ----------
    atoms : Atoms
        Of a community.
    problem : PartitionProblem
        What the solver was given.
    partition : Partition
        What it found.
    taken : tuple of str
        Ids of all grids of the district.

    Returns
    -------
    Planned
        Old numbers by the greatest overlap, then new ones.
    """
    labels = partition.labels
    old = inherited(
        labels, atoms.old, atoms.households.astype(float), locked=atoms.locked
    )
    fresh = new_numbers(atoms.community_id, taken)
    ids = tuple(atoms.old_ids[one] if one >= 0 else next(fresh) for one in old)
    parts = len(ids)
    kept = np.zeros(parts, dtype=bool)
    kept[labels[atoms.locked >= 0]] = True
    households = np.bincount(labels, weights=atoms.households, minlength=parts)
    return Planned(
        atoms, problem, partition, ids, old, households.astype(np.int64), kept
    )


def estimated_shares(
    buildings: DataFrame, part: npt.NDArray[np.int32], parts: int
) -> npt.NDArray[np.float64]:
    """Share of the households of every part that is estimated.

    Parameters
    ----------
    buildings : DataFrame
        ``households``, ``households_method``.
    part : int array
        Of every building, from 0.
    parts : int
        How many there are.

    Returns
    -------
    float array
        In [0, 1]; 0 for a part without households.

    Examples
    --------
    Of 60 households of the first part 20 come from a floor area.

    >>> import pandas as pd
    >>> methods = ["declared", "floor_area", "declared"]
    >>> homes = pd.DataFrame({"households": [40, 20, 9], "households_method": methods})
    >>> estimated_shares(homes, np.array([0, 0, 1], np.int32), 2).round(3).tolist()
    [0.333, 0.0]
    """
    households = buildings["households"].to_numpy(dtype=float)
    guessed = households * estimated(buildings, "households")
    whole = np.bincount(part, weights=households, minlength=parts)
    share: npt.NDArray[np.float64] = np.bincount(
        part, weights=guessed, minlength=parts
    ) / np.where(whole > 0.0, whole, 1.0)
    return share
