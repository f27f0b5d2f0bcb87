"""Floating catchments: how much supply there is for those who can walk to it.

A facility's catchment floats with its walks: whoever is within the limit shares what
it offers, nearer people more if a decay says so. All functions take the sparse walks
of ``lifecircle.access.pairs`` and work on frames.

References
----------
Luo W., Wang F. (2003). Measures of spatial accessibility to health care in a GIS
environment. Environment and Planning B 30, 865-884. (2SFCA)

Luo W., Qi Y. (2009). An enhanced two-step floating catchment area (E2SFCA) method for
measuring spatial accessibility to primary care physicians. Health & Place 15,
1100-1107. (weights by distance)

Wan N., Zou B., Sternberg T. (2012). A three-step floating catchment area method for
analyzing spatial access to health services. International Journal of Geographical
Information Science 26, 1073-1089. (3SFCA: people choose among what is near)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from lifecircle.access.decay import even_decay
from lifecircle.access.minutes import counted_facilities
from lifecircle.errors import TableError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt
    from pandas import DataFrame, Series

    from lifecircle.access.decay import Decay, Floats
    from lifecircle.model import District

__all__ = [
    "FloatingAccess",
    "building_demand",
    "class_supply",
    "three_step_access",
    "two_step_access",
]


@dataclass(frozen=True, slots=True, eq=False)
class FloatingAccess:
    """What a floating catchment method finds.

    Attributes
    ----------
    buildings : DataFrame
        ``building_id``, ``demand``, ``access`` (supply for each unit of demand; 0 =
        nothing within the limit), ``facilities`` (how many are within it).
    facilities : DataFrame
        ``facility_id``, ``supply``, ``weighted_demand``, ``ratio`` (supply for each
        unit of weighted demand; NaN = no one within reach, or supply not known: such
        a facility adds nothing).
    """

    buildings: DataFrame
    facilities: DataFrame


def two_step_access(
    pairs: DataFrame,
    demand: DataFrame,
    supply: DataFrame,
    *,
    limit_m: float,
    decay: Decay = even_decay,
) -> FloatingAccess:
    """Two-step floating catchment area (2SFCA; with a decay E2SFCA).

    A planner reads from it how many square metres (places, facilities) there are for
    each household that could walk to them, shared with all others who could.

    Parameters
    ----------
    pairs : DataFrame
        ``building_id``, ``facility_id``, ``walk_m``, as ``walk_pairs`` gives them.
    demand : DataFrame
        ``building_id`` and ``demand`` (households, persons, elderly), each building
        once; those that reach nothing have access 0.
    supply : DataFrame
        ``facility_id`` and ``supply`` (square metres, places, 1 each), each facility
        once; NaN = not known.
    limit_m : float
        Longest walk that counts, metres, inclusive.
    decay : callable
        Walks in metres to weights.

    Returns
    -------
    FloatingAccess
        Buildings and facilities in the order given.

    Raises
    ------
    TableError
        If an id is twice or in ``pairs`` only, a number is below 0, or a demand is not
        known.

    Notes
    -----
    Step 1, facility j: ``R_j = S_j / sum_k D_k W(d_kj)``. Step 2, building i:
    ``A_i = sum_j R_j W(d_ij)``, both over walks within the limit. The access of all
    buildings weighted by their demand sums up to the supply that anyone reaches:
    nothing is counted twice.

    Examples
    --------
    >>> import pandas as pd
    >>> pairs = pd.DataFrame(
    ...     {
    ...         "building_id": ["B1", "B1", "B2"],
    ...         "facility_id": ["F1", "F2", "F2"],
    ...         "walk_m": [100.0, 200.0, 300.0],
    ...     }
    ... )
    >>> demand = pd.DataFrame({"building_id": ["B1", "B2"], "demand": [100, 300]})
    >>> supply = pd.DataFrame({"facility_id": ["F1", "F2"], "supply": [50, 200]})
    >>> found = two_step_access(pairs, demand, supply, limit_m=300)
    >>> found.buildings["access"].tolist()  # B1: 50/100 + 200/400; B2: 200/400
    [1.0, 0.5]
    """
    near = _Near(pairs, demand, supply, limit_m=limit_m, decay=decay)
    return near.access(near.weight)


def three_step_access(
    pairs: DataFrame,
    demand: DataFrame,
    supply: DataFrame,
    *,
    limit_m: float,
    decay: Decay,
) -> FloatingAccess:
    """Three-step floating catchment area (3SFCA): people choose among what is near.

    Parameters
    ----------
    pairs : DataFrame
        ``building_id``, ``facility_id``, ``walk_m``.
    demand : DataFrame
        ``building_id``, ``demand``.
    supply : DataFrame
        ``facility_id``, ``supply``.
    limit_m : float
        Longest walk that counts, metres, inclusive.
    decay : callable
        Walks in metres to weights; Wan et al. use a Gaussian.

    Returns
    -------
    FloatingAccess
        As of ``two_step_access``.

    Raises
    ------
    TableError
        As of ``two_step_access``.

    Notes
    -----
    Step 0, choice: ``G_ij = W(d_ij) / sum_k W(d_ik)``. Then as in two steps with
    ``G_ij W(d_ij)`` in place of ``W(d_ij)``: a building with several facilities near
    does not ask of each as much as if it had no other.

    Examples
    --------
    >>> import pandas as pd
    >>> from lifecircle.access.decay import even_decay
    >>> pairs = pd.DataFrame(
    ...     {
    ...         "building_id": ["B1", "B1", "B2"],
    ...         "facility_id": ["F1", "F2", "F2"],
    ...         "walk_m": [100.0, 200.0, 300.0],
    ...     }
    ... )
    >>> demand = pd.DataFrame({"building_id": ["B1", "B2"], "demand": [100, 300]})
    >>> supply = pd.DataFrame({"facility_id": ["F1", "F2"], "supply": [50, 175]})
    >>> found = three_step_access(
    ...     pairs, demand, supply, limit_m=300, decay=even_decay
    ... )
    >>> found.buildings["access"].tolist()  # B1: 50/50/2 + 175/350/2; B2: 175/350
    [0.75, 0.5]
    """
    near = _Near(pairs, demand, supply, limit_m=limit_m, decay=decay)
    all_near = np.bincount(near.home, weights=near.weight, minlength=len(demand))
    chosen = np.zeros(len(near.weight))
    some = near.weight > 0
    chosen[some] = near.weight[some] / all_near[near.home[some]]
    return near.access(chosen * near.weight)


class _Near:
    """Pairs within the limit as rows of demand and supply, and their weights."""

    def __init__(
        self,
        pairs: DataFrame,
        demand: DataFrame,
        supply: DataFrame,
        *,
        limit_m: float,
        decay: Decay,
    ) -> None:
        self.demand = _amounts(demand, "demand", "building_id", unknown="error")
        self.supply = _amounts(supply, "supply", "facility_id", unknown="keep")
        within = pairs[pairs["walk_m"] <= limit_m]
        self.home = _rows(within["building_id"], self.demand.index, "demand")
        self.site = _rows(within["facility_id"], self.supply.index, "supply")
        self.weight = decay(within["walk_m"].to_numpy(dtype=float))

    def access(self, weight: Floats) -> FloatingAccess:
        """Both steps with some weights."""
        demand, supply = self.demand.to_numpy(), self.supply.to_numpy()
        asked = np.bincount(
            self.site, weights=demand[self.home] * weight, minlength=len(supply)
        )
        ratio = np.full(len(supply), np.nan)
        np.divide(supply, asked, out=ratio, where=asked > 0)
        given = np.nan_to_num(ratio)[self.site] * weight
        access = np.bincount(self.home, weights=given, minlength=len(demand))
        count = np.bincount(self.home[weight > 0], minlength=len(demand))
        return FloatingAccess(
            pd.DataFrame(
                {
                    "building_id": self.demand.index.to_numpy(),
                    "demand": demand,
                    "access": access.astype(np.float64),
                    "facilities": count.astype(np.int64),
                }
            ),
            pd.DataFrame(
                {
                    "facility_id": self.supply.index.to_numpy(),
                    "supply": supply,
                    "weighted_demand": asked.astype(np.float64),
                    "ratio": ratio,
                }
            ),
        )


def _amounts(
    frame: DataFrame, column: str, key: str, *, unknown: Literal["error", "keep"]
) -> Series[float]:
    """A column of amounts by id, checked."""
    amounts = pd.Series(
        frame[column].to_numpy(dtype=float), index=pd.Index(frame[key]), dtype=float
    )
    wrong = (amounts < 0) | np.isinf(amounts)
    if unknown == "error":
        wrong |= amounts.isna()
    twice = amounts.index.duplicated()
    if wrong.any() or twice.any():
        fault = "is there twice" if twice.any() else "has none of 0 or more"
        first = amounts.index[twice if twice.any() else wrong.to_numpy()][0]
        raise TableError(
            where=f"{column}, {key} {first}",
            what=f"it {fault}; each needs one number.",
            fix=f"Give each {key} once, with its {column}.",
        )
    return amounts


def _rows(ids: Series[str], known: pd.Index[str], table: str) -> npt.NDArray[np.intp]:
    rows = known.get_indexer(pd.Index(ids))
    if (rows < 0).any():
        raise TableError(
            where=f"pairs, {ids.name} {ids.iloc[int(np.argmin(rows))]}",
            what=f"{table} has no such row.",
            fix=f"Take pairs and {table} from the same district.",
        )
    return rows


def building_demand(
    district: District, weight: Literal["households", "persons", "elderly"]
) -> DataFrame:
    """Who asks: households, persons or elderly of every building.

    Parameters
    ----------
    district : District
        Uses ``buildings``.
    weight : {"households", "persons", "elderly"}
        Whom to count.

    Returns
    -------
    DataFrame
        ``building_id``, ``demand`` (NaN where not known).

    Examples
    --------
    >>> building_demand(toy.district, "elderly")["demand"].tolist()
    [30.0, 60.0, 100.0, 50.0, 40.0, 20.0]
    """
    buildings = district.buildings
    return pd.DataFrame(
        {
            "building_id": buildings["building_id"].to_numpy(),
            "demand": buildings[weight].to_numpy(dtype=float),
        }
    )


def class_supply(
    district: District,
    facility_class: str,
    *,
    statuses: Sequence[str] = ("built",),
    measure: Literal["floor_area_m2", "facilities"] = "floor_area_m2",
) -> DataFrame:
    """What each facility of a class offers.

    Parameters
    ----------
    district : District
        Uses ``facilities``, ``facility_classes`` and ``rooms``.
    facility_class : str
        Code such as ``ELD.CANTEEN``.
    statuses : sequence of str
        Statuses that count as there.
    measure : {"floor_area_m2", "facilities"}
        Square metres of the class's rooms of any basis but land, or 1 for each
        facility.

    Returns
    -------
    DataFrame
        ``facility_id``, ``supply``, sorted by id; NaN where a room's area is not
        known or there is no room.

    Examples
    --------
    >>> class_supply(toy.district, "ELD.CANTEEN", statuses=("built", "planned"))
      facility_id  supply
    0          F1   150.0
    """
    counted = counted_facilities(district, facility_class, statuses=statuses)
    ids = counted["facility_id"]
    if measure == "facilities":
        amount = np.ones(len(ids))
    else:
        rooms = district.rooms
        rooms = rooms[
            (rooms["facility_class"] == facility_class)
            & (rooms["area_basis"] != "land")
        ]
        total = rooms.groupby("facility_id")["floor_area_m2"].sum(skipna=False)
        amount = ids.map(total).to_numpy(dtype=float)
    return pd.DataFrame({"facility_id": ids.to_numpy(), "supply": amount})
