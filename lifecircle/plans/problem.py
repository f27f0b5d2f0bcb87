"""One community to be divided, as plain arrays, and the division found.

An *atom* is what is never split: a building with the ground around it. A *part* is a
grid. The solver takes a ``PartitionProblem`` and gives a ``Partition``; it knows no
frame and no file.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from lifecircle.plans.certificates import Certificate

__all__ = ["Partition", "PartitionProblem", "PartitionWeights", "Status"]

Status = Literal["optimal", "feasible", "infeasible"]


@dataclass(frozen=True, slots=True)
class PartitionWeights:
    """What a plan costs beside the border that it cuts (weighed in the problem).

    Attributes
    ----------
    compactness : float
        Per metre of a part's outline beyond that of a circle of its area.
    parts : float
        Per part.
    change : float
        Per household that leaves the part that inherits its old one.
    balance : float
        Per unit of workload away from the mean part, both ways.
    """

    compactness: float = 0.0
    parts: float = 0.0
    change: float = 0.0
    balance: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class PartitionProblem:
    """A community: its atoms, which of them touch, and what stays as it is.

    Attributes
    ----------
    households : int64 array (n,)
        Of every atom; 0 = ground without households.
    low, high : int
        Band of households of a part, both ends inclusive.
    xy_m : float64 array (n, 2)
        Place of every atom, metres.
    area_m2, perimeter_m : float64 array (n,)
        Of its cell.
    compound : int32 array (n,)
        Compound of the atom; -1 = none.
    old : int32 array (n,)
        Today's part; -1 = none.
    locked : int32 array (n,)
        Atoms of one number >= 0 are one finished part, kept as it is; -1 = free.
    workload : float64 array (n,)
        What parts should share evenly; zeros = nothing.
    edges : int32 array (m, 2)
        Atoms that touch and between which people can cross: i < j, each pair once,
        in ascending order.
    border_m : float64 array (m,)
        Length of their common border.
    cut_weight : float64 array (m,)
        Cost per metre of that border if it parts two grids.
    """

    households: npt.NDArray[np.int64]
    low: int
    high: int
    xy_m: npt.NDArray[np.float64]
    area_m2: npt.NDArray[np.float64]
    perimeter_m: npt.NDArray[np.float64]
    compound: npt.NDArray[np.int32]
    old: npt.NDArray[np.int32]
    locked: npt.NDArray[np.int32]
    workload: npt.NDArray[np.float64]
    edges: npt.NDArray[np.int32]
    border_m: npt.NDArray[np.float64]
    cut_weight: npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Partition:
    """A division of one community.

    Attributes
    ----------
    labels : int32 array (n,)
        Part of every atom, 0 … k - 1, numbered by their first atom.
    status : {"optimal", "feasible", "infeasible"}
        ``infeasible``: no division is within the band; ``labels`` are then the
        least-violation plan and ``certificate`` says why.
    tier : str
        ``compound`` (no compound split), ``building`` or ``exact`` (enumerated).
    cut, cost : float
        Weighted border cut; and the whole objective.
    bound : float
        No division of this problem costs less; NaN = no bound.
    exceptions : tuple of int
        Parts outside the band for a stated reason: one building over ``high``.
    certificate : Certificate or None
        Why nothing within the band exists, for an independent checker.
    """

    labels: npt.NDArray[np.int32]
    status: Status
    tier: str
    cut: float
    cost: float
    bound: float
    exceptions: tuple[int, ...] = ()
    certificate: Certificate | None = None
