"""One community to be divided, as plain arrays, and the division found.

An *atom* is what is never split: a building with the ground around it. A *part* is a
grid. The solver takes a ``PartitionProblem`` and gives a ``Partition``; it knows no
frame and no file.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from lifecircle.plans.certificates import Certificate

__all__ = [
    *("Partition", "PartitionProblem", "PartitionWeights", "Status"),
    *("part_of_problem", "plain_problem"),
]

Status = Literal["optimal", "feasible", "infeasible", "unsolved"]


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
    split : float
        Per compound of at most ``high`` households that lies in several parts;
        infinite (the default) = no such compound is split if that can be avoided, at
        any cost of the others.
    """

    compactness: float = 0.0
    parts: float = 0.0
    change: float = 0.0
    balance: float = 0.0
    split: float = math.inf


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
    status : {"optimal", "feasible", "infeasible", "unsolved"}
        ``infeasible``: no division is within the band; ``labels`` are then the
        least-violation plan and ``certificates`` say why. ``unsolved``: the search
        found none, and nothing is proven.
    tier : str
        ``compound`` (no compound split), ``building`` or ``exact`` (enumerated);
        the last of these that a piece of the community needed.
    cut, cost : float
        Weighted border cut; and the whole objective, without the price of splits if
        that is infinite.
    bound : float
        No division with as few split compounds costs less; NaN = no bound.
    splits : int
        Compounds of at most ``high`` households that lie in several parts.
    outside : int
        Households outside the band, summed over the parts that are no exception.
    exceptions : tuple of int
        Parts outside the band for a stated reason: one building over ``high``, a
        locked part, or ground without households that is cut off.
    certificates : tuple of Certificate
        Why nothing within the band exists, for an independent checker; empty if
        every part but the locked is within the band.
    unsplit : Certificate or None
        Proof that the compounds cannot all stay whole, if some are split and that
        was proven.
    """

    labels: npt.NDArray[np.int32]
    status: Status
    tier: str
    cut: float
    cost: float
    bound: float
    splits: int = 0
    outside: int = 0
    exceptions: tuple[int, ...] = ()
    certificates: tuple[Certificate, ...] = ()
    unsplit: Certificate | None = None

    @property
    def certificate(self) -> Certificate | None:
        """The first certificate, or None."""
        return self.certificates[0] if self.certificates else None


def plain_problem(
    households: Sequence[int],
    edges: Sequence[tuple[int, int]],
    *,
    band: tuple[int, int] = (300, 500),
    compound: Sequence[int] | None = None,
    old: Sequence[int] | None = None,
    locked: Sequence[int] | None = None,
    border_m: Sequence[float] | None = None,
) -> PartitionProblem:
    """A problem of atoms that are squares of 100 m in a row, and borders at will.

    Parameters
    ----------
    households : sequence of int
        Of every atom.
    edges : sequence of pairs
        Atoms that touch, in any order.
    band : tuple of int
        ``low`` and ``high``.
    compound, old, locked : sequence of int, optional
        By atom; -1 (none) if not given.
    border_m : sequence of float, optional
        Of every edge; 100 if not given.

    Returns
    -------
    PartitionProblem
        Cut weight 1, no workload.

    Examples
    --------
    >>> plain_problem([200, 150], [(1, 0)]).edges.tolist()
    [[0, 1]]
    """
    count = len(households)
    pairs = np.sort(np.asarray(edges, np.int32).reshape(-1, 2), axis=1)
    order = np.lexsort((pairs[:, 1], pairs[:, 0]))
    border = np.full(len(pairs), 100.0) if border_m is None else np.array(border_m)

    def given(values: Sequence[int] | None) -> npt.NDArray[np.int32]:
        return np.array([-1] * count if values is None else values, np.int32)

    return PartitionProblem(
        households=np.array(households, np.int64),
        low=band[0],
        high=band[1],
        xy_m=np.stack([100.0 * np.arange(count), np.zeros(count)], axis=1),
        area_m2=np.full(count, 10_000.0),
        perimeter_m=np.full(count, 400.0),
        compound=given(compound),
        old=given(old),
        locked=given(locked),
        workload=np.zeros(count),
        edges=pairs[order],
        border_m=border[order],
        cut_weight=np.ones(len(pairs)),
    )


def part_of_problem(
    problem: PartitionProblem, atoms: npt.NDArray[np.int64]
) -> PartitionProblem:
    """The problem of some atoms alone, all of them free.

    Parameters
    ----------
    problem : PartitionProblem
        The community.
    atoms : int64 array
        Its atoms to keep, ascending.

    Returns
    -------
    PartitionProblem
        Atoms numbered anew; borders to others are left out.
    """
    place = np.full(len(problem.households), -1, np.int32)
    place[atoms] = np.arange(len(atoms), dtype=np.int32)
    ends = place[problem.edges]
    kept = (ends >= 0).all(axis=1)
    return replace(
        problem,
        **{
            name: getattr(problem, name)[atoms]
            for name in (
                *("households", "xy_m", "area_m2", "perimeter_m", "compound"),
                *("old", "workload"),
            )
        },
        locked=np.full(len(atoms), -1, np.int32),
        edges=ends[kept],
        border_m=problem.border_m[kept],
        cut_weight=problem.cut_weight[kept],
    )
