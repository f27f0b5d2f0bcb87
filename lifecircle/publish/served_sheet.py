"""People by minutes, a row for each unit, class, walker and count."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from lifecircle.publish.cells import Figure, Sheet, label
from lifecircle.publish.wording import level_names
from lifecircle.text import say

if TYPE_CHECKING:
    from pandas import DataFrame

    from lifecircle.model import Assessment
    from lifecircle.publish.cells import Speech

__all__ = ["served_sheet"]

_KEYS = ("facility_class", "walker", "weight", "level", "unit_id")
_RANK = {"city": 0, "district": 0, "subdistrict": 1, "community": 2}
_NOWHERE = (-1.0, -1.0)
"""Stands for the band of those with no walk at all."""


def served_sheet(study: Assessment, told: Speech) -> Sheet:
    """Amounts by bands of minutes, side by side.

    Parameters
    ----------
    study : Assessment
        A finished study, disclosed.
    told : Speech
        Language and words.

    Returns
    -------
    Sheet
        The district's rows; those of subdistricts and communities are folded under
        them, so that what is printed stays a few pages.
    """
    served = study.served
    bands = _bands(served)
    names = level_names(study)
    rows: list[list[Any]] = []
    folded = []
    for key, part in _sorted_groups(served):
        level = key[3]
        rows.append(_row(key, part, bands, names, told))
        folded.append(level not in ("city", "district"))
    heads = [label(name, told) for name in ("facility_class", "walker")]
    heads += [say("publish.col.people", told.lang), label("level", told)]
    heads += [label("unit_name", told), *(_band_head(band, told) for band in bands)]
    heads += [say(f"publish.col.{key}", told.lang) for key in ("total", "estimated")]
    title = say("publish.sheet.served", told.lang)
    return Sheet(title, heads, rows, frozen=5, folded=folded)


def _bands(served: DataFrame) -> list[tuple[float, float]]:
    pairs = {
        _NOWHERE if np.isnan(low) else (float(low), float(high))
        for low, high in zip(served["minutes_from"], served["minutes_to"], strict=True)
    }
    return sorted(pairs - {_NOWHERE}) + sorted(pairs & {_NOWHERE})


def _band_head(band: tuple[float, float], told: Speech) -> str:
    if band == _NOWHERE:
        return say("publish.col.no_path", told.lang)
    low, high = band
    key = "beyond" if np.isinf(high) else "band"
    values = {"from": f"{low:g}", "to": f"{high:g}"}
    return say(f"publish.col.{key}", told.lang, values)


def _sorted_groups(served: DataFrame) -> list[tuple[tuple[str, ...], DataFrame]]:
    groups = [
        (tuple(str(one) for one in key), part)
        for key, part in served.groupby(list(_KEYS), sort=True)
    ]
    return sorted(
        groups, key=lambda one: (one[0][:3], _RANK.get(one[0][3], 3), one[0][4])
    )


def _row(
    key: tuple[str, ...],
    part: DataFrame,
    bands: list[tuple[float, float]],
    names: dict[tuple[str, str], str],
    told: Speech,
) -> list[Any]:
    code, walker, weight, level, unit = key
    amounts = {
        (_NOWHERE if np.isnan(low) else (float(low), float(high))): (amount, guess)
        for low, high, amount, guess in zip(
            part["minutes_from"],
            part["minutes_to"],
            part["amount"],
            part["estimated_amount"],
            strict=True,
        )
    }
    cells: list[Any] = [
        told.codes["facility_class"](code),
        told.codes["walker"](walker),
        told.codes["weight"](weight),
        told.codes["level"](level),
        names.get((level, unit), unit),
    ]
    cells += [_amount(*amounts.get(band, (0.0, 0.0))) for band in bands]
    guess = part["estimated_amount"].sum(min_count=1)
    cells.append(_amount(part["amount"].sum(skipna=False), guess))
    cells.append(_amount(guess, 0.0))
    return cells


def _amount(value: float, guess: float) -> Figure | None:
    """Whole people; ≈ where a part is estimated. NaN was kept back."""
    if pd.isna(value):
        return None
    return Figure(float(value), "about0" if guess > 0 else "0")
