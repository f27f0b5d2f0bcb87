"""Numbers of new grids: each takes over that of the old grid that it overlaps most."""

from __future__ import annotations

import re
from collections import Counter
from itertools import count
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import linear_sum_assignment

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

__all__ = ["inherited", "new_numbers"]


def inherited(
    part: npt.NDArray[np.int32],
    old: npt.NDArray[np.int32],
    weight: npt.NDArray[np.float64],
    *,
    locked: npt.NDArray[np.int32],
) -> npt.NDArray[np.int32]:
    """Which old part every new one takes over, so that the most households stay.

    Parameters
    ----------
    part, old : int32 arrays (n,)
        New and old part of every atom; old -1 = none.
    weight : float64 array (n,)
        Households; atoms of 0 decide between equals.
    locked : int32 array (n,)
        Old part that an atom is kept as; -1 = free.

    Returns
    -------
    int32 array
        Old part of every new one, each at most once; -1 = a new number.

    Notes
    -----
    Optimal assignment (Hungarian method) over all pairs, not part by part.

    Examples
    --------
    Old part 0 has 300 households in new part 0 and 150 in new part 1, old part 1 has
    100 in new part 0. 150 + 100 < 300: new part 0 takes 0. With 250: 250 + 100 > 300.

    >>> import numpy as np
    >>> part, old = np.array([0, 1, 0]), np.array([0, 0, 1])
    >>> free = np.full(3, -1)
    >>> inherited(part, old, np.array([300.0, 150.0, 100.0]), locked=free).tolist()
    [0, -1]
    >>> inherited(part, old, np.array([300.0, 250.0, 100.0]), locked=free).tolist()
    [1, 0]
    """
    parts, olds = int(part.max()) + 1, max(int(old.max()) + 1, 1)
    shared = np.zeros((parts, olds))
    known = old >= 0
    np.add.at(shared, (part[known], old[known]), weight[known] + 1e-6)
    kept = locked >= 0
    shared[part[kept], :] = 0.0
    shared[:, locked[kept]] = 0.0
    shared[part[kept], locked[kept]] = 1e12
    row, column = linear_sum_assignment(shared, maximize=True)
    result = np.full(parts, -1, np.int32)
    overlap = shared[row, column] > 0
    result[row[overlap]] = column[overlap]
    return result


def new_numbers(community_id: str, taken: tuple[str, ...]) -> Iterator[str]:
    """Ids for new grids of a community, in the manner of the old ones.

    Parameters
    ----------
    community_id : str
        The community.
    taken : tuple of str
        Ids of its grids, and of others, that may not be used again.

    Yields
    ------
    str
        The next number after the highest with the commonest beginning.

    Examples
    --------
    >>> next(new_numbers("C1", ("C1-01", "C1-07", "market")))
    'C1-08'
    >>> next(new_numbers("C2", ()))
    'C2-01'
    """
    found = [match for one in taken if (match := re.fullmatch(r"(.*?)(\d+)", one))]
    own = [match for match in found if match[1].startswith(community_id)] or found
    stems = Counter(match[1] for match in own)
    stem = min(stems, key=lambda one: (-stems[one], one)) if stems else ""
    stem = stem or f"{community_id}-"
    numbers = [match[2] for match in own if match[1] == stem]
    width = max((len(number) for number in numbers), default=2)
    highest = max((int(number) for number in numbers), default=0)
    for number in count(highest + 1):
        name = f"{stem}{number:0{width}d}"
        if name not in taken:
            yield name
