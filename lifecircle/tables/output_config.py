"""The ``[outputs]`` section of a district file."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lifecircle.tables._keys import Keys

__all__ = ["output_settings"]


def output_settings(keys: Keys) -> dict[str, Any]:
    """What is drawn, checked; what is not given has its default.

    Parameters
    ----------
    keys : Keys
        The section; faults are noted in it.

    Returns
    -------
    dict
        Fields of ``DistrictConfig``.

    Examples
    --------
    >>> from lifecircle.tables._keys import Keys
    >>> given = Keys({}, "outputs", [], "district.toml")
    >>> output_settings(given)["smallest_gap_households"]
    50
    """
    limits = keys.numbers("isochrone_limits_min", least=0.0, most=240.0)
    smallest = keys.number("smallest_gap_households", least=0.0, most=math.inf)
    return {
        "isochrone_classes": keys.texts("isochrone_classes"),
        "isochrone_limits_min": tuple(sorted(set(limits))) or (5.0, 10.0, 15.0, 20.0),
        "smallest_gap_households": 50 if smallest is None else int(smallest),
    }
