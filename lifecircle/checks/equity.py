"""How evenly a walk is shared out: the Lorenz curve of minutes, and its Gini."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from pandas import DataFrame

    from lifecircle.model import District

__all__ = ["gini", "lorenz_curve"]


def lorenz_curve(
    district: District, access: DataFrame, *, facility_class: str, walker: str
) -> DataFrame:
    """The households with the shortest walks, and their part of all minutes walked.

    Households are put in order of their walk to the nearest facility in use. Those
    without any walk have no minutes: they are left out, and counted.

    Parameters
    ----------
    district : District
        ``buildings`` with ``households``.
    access : DataFrame
        ``columns.ACCESS``.
    facility_class : str
        The class walked to.
    walker : str
        The walker profile.

    Returns
    -------
    DataFrame
        ``households_share`` and ``minutes_share``, both from 0 to 1, ascending, one
        row a step of the curve; ``attrs["unreached_households"]``. Only the first
        row (0, 0) if nobody walks a minute.

    Notes
    -----
    M. O. Lorenz (1905), Methods of measuring the concentration of wealth; here of
    walking minutes weighed by households.

    Examples
    --------
    >>> curve = lorenz_curve(
    ...     toy.district, toy.access, facility_class="ELD.CANTEEN", walker="elderly"
    ... )
    >>> curve.iloc[[0, -1]].values.tolist()
    [[0.0, 0.0], [1.0, 1.0]]
    """
    mine = access[
        (access["facility_class"] == facility_class)
        & (access["walker"] == walker)
        & (access["status_set"] == "built")
    ]
    minutes = district.buildings["building_id"].map(
        mine.set_index("building_id")["walk_min"]
    )
    households = district.buildings["households"].fillna(0.0)
    walks = minutes.notna() & (households > 0)
    steps = (
        pd.DataFrame({"minutes": minutes[walks], "households": households[walks]})
        .groupby("minutes", sort=True)["households"]
        .sum()
    )
    people = np.cumsum([0.0, *steps.to_numpy()])
    walked = np.cumsum([0.0, *(steps.to_numpy() * steps.index.to_numpy(dtype=float))])
    if walked[-1] == 0:
        people, walked = np.zeros(1), np.zeros(1)
    curve = pd.DataFrame(
        {
            "households_share": people / (people[-1] or 1.0),
            "minutes_share": walked / (walked[-1] or 1.0),
        }
    )
    curve.attrs["unreached_households"] = float(households[~walks].sum())
    return curve


def gini(curve: DataFrame) -> float:
    """Gini coefficient of a Lorenz curve: 0 if all walk alike, near 1 if one walks all.

    ``1 - sum((x[i] - x[i-1]) * (y[i] + y[i-1]))``, the area between the curve and the
    line of equal walks over the area under that line.

    Parameters
    ----------
    curve : DataFrame
        From ``lorenz_curve``.

    Returns
    -------
    float
        NaN if the curve has one point only.

    Examples
    --------
    Half of the households walk 5, half 15 minutes: 1 - (0.5 * 0.25 + 0.5 * 1.25).

    >>> shares = {"households_share": [0, 0.5, 1], "minutes_share": [0, 0.25, 1]}
    >>> gini(pd.DataFrame(shares))
    0.25
    """
    if len(curve) < 2:
        return float("nan")
    x = curve["households_share"].to_numpy(dtype=float)
    y = curve["minutes_share"].to_numpy(dtype=float)
    return float(1.0 - np.sum(np.diff(x) * (y[1:] + y[:-1])))
