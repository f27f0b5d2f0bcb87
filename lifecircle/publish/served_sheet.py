"""People by minutes, a row for each unit, class, walker and count."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

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
Band = tuple[float, float]
Amounts = dict[Band, tuple[float, float]]
"""Amount and estimated part of it, by band."""


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
    for key, amounts in _sorted_groups(served):
        level = key[3]
        rows.append(_row(key, amounts, bands, names, told))
        folded.append(level not in ("city", "district"))
    heads = [label(name, told) for name in ("facility_class", "walker")]
    heads += [say("publish.col.people", told.lang), label("level", told)]
    heads += [label("unit_name", told), *(_band_head(band, told) for band in bands)]
    heads += [say(f"publish.col.{key}", told.lang) for key in ("total", "estimated")]
    title = say("publish.sheet.served", told.lang)
    return Sheet(title, heads, rows, frozen=5, folded=folded)


def _bands(served: DataFrame) -> list[Band]:
    limits = served[["minutes_from", "minutes_to"]].drop_duplicates()
    pairs = {_band(*pair) for pair in limits.itertuples(index=False, name=None)}
    return sorted(pairs - {_NOWHERE}) + sorted(pairs & {_NOWHERE})


def _band(low: float, high: float) -> Band:
    return _NOWHERE if math.isnan(low) else (float(low), float(high))


def _band_head(band: Band, told: Speech) -> str:
    if band == _NOWHERE:
        return say("publish.col.no_path", told.lang)
    low, high = band
    key = "beyond" if math.isinf(high) else "band"
    values = {"from": f"{low:g}", "to": f"{high:g}"}
    return say(f"publish.col.{key}", told.lang, values)


def _sorted_groups(served: DataFrame) -> list[tuple[tuple[str, ...], Amounts]]:
    groups: dict[tuple[str, ...], Amounts] = {}
    values = ("minutes_from", "minutes_to", "amount", "estimated_amount")
    keys = zip(*(served[name].astype(str).tolist() for name in _KEYS), strict=True)
    told = zip(*(served[name].tolist() for name in values), strict=True)
    for key, (low, high, amount, guess) in zip(keys, told, strict=True):
        groups.setdefault(key, {})[_band(low, high)] = (amount, guess)
    return sorted(
        groups.items(),
        key=lambda one: (one[0][:3], _RANK.get(one[0][3], 3), one[0][4], one[0][3]),
    )


def _row(
    key: tuple[str, ...],
    amounts: Amounts,
    bands: list[Band],
    names: dict[tuple[str, str], str],
    told: Speech,
) -> list[Any]:
    code, walker, weight, level, unit = key
    cells: list[Any] = [
        told.codes["facility_class"](code),
        told.codes["walker"](walker),
        told.codes["weight"](weight),
        told.codes["level"](level),
        names.get((level, unit), unit),
    ]
    cells += [_amount(*amounts.get(band, (0.0, 0.0))) for band in bands]
    total = sum(amount for amount, _ in amounts.values())
    guesses = [guess for _, guess in amounts.values() if not math.isnan(guess)]
    guess = sum(guesses) if guesses else math.nan
    cells.append(_amount(total, guess))
    cells.append(_amount(guess, 0.0))
    return cells


def _amount(value: float, guess: float) -> Figure | None:
    """Whole people; ≈ where a part is estimated. NaN was kept back."""
    if math.isnan(value):
        return None
    return Figure(float(value), "about0" if guess > 0 else "0")
