"""The ``[outputs]`` section of a district file."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from lifecircle.tables.base_map_config import base_map_settings

if TYPE_CHECKING:
    from pathlib import Path

    from lifecircle.tables._keys import Keys

__all__ = ["output_settings"]


def output_settings(keys: Keys, folder: Path) -> dict[str, Any]:
    """What is drawn, checked; what is not given has its default.

    Parameters
    ----------
    keys : Keys
        The section; faults are noted in it.
    folder : Path
        Folder of the district file.

    Returns
    -------
    dict
        Fields of ``DistrictConfig``.

    Examples
    --------
    >>> from pathlib import Path
    >>> from lifecircle.tables._keys import Keys
    >>> given = Keys({}, "outputs", [], "district.toml")
    >>> output_settings(given, Path())["smallest_gap_households"]
    50
    """
    limits = keys.numbers("isochrone_limits_min", least=0.0, most=240.0)
    smallest = keys.number("smallest_gap_households", least=0.0, most=math.inf)
    return {
        "isochrone_classes": keys.texts("isochrone_classes"),
        "isochrone_limits_min": tuple(sorted(set(limits))) or (5.0, 10.0, 15.0, 20.0),
        "smallest_gap_households": 50 if smallest is None else int(smallest),
        "base_map": base_map_settings(keys.section("base_map"), folder),
    }
