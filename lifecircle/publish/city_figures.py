"""Figures that the city's map can show: a class and a text for every district."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from lifecircle.publish.cells import Figure
from lifecircle.publish.elements import figure_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pandas import DataFrame

    from lifecircle.publish.city_words import CityWords

__all__ = ["MapFigure", "map_figures", "nice_breaks"]

_MET = (1.0, 0.9, 0.75, 0.5)
"""Least share of classes 0 to 3; below is class 4."""
_OUT = (0.0, 0.05, 0.1, 0.2)
"""Most share of classes 0 to 3; above is class 4."""
_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
NONE = "n"
"""Class of a district whose figure is not known, or does not compare."""


@dataclass(frozen=True, slots=True)
class MapFigure:
    """One figure of every district.

    Attributes
    ----------
    group, title : str
        What the choice calls it.
    values, texts, looks : Mapping[str, ...]
        District id to value (NaN = unknown), what is printed, and its class:
        ``"0"`` (good) to ``"4"``, or ``"n"``.
    legend : tuple of (str, str)
        Classes and what they mean, good ones first.
    starred : bool
        Some district applies another text of the rule.
    more_is_better : bool
        A share met, not a lack.
    """

    group: str
    title: str
    values: Mapping[str, float]
    texts: Mapping[str, str]
    looks: Mapping[str, str]
    legend: tuple[tuple[str, str], ...]
    starred: bool = False
    more_is_better: bool = False


def map_figures(told: CityWords) -> list[MapFigure]:
    """Every figure that some district has, the overall one first.

    Parameters
    ----------
    told : CityWords
        The city and its language.

    Returns
    -------
    list of MapFigure
        Requirements met; households out of reach, rule by rule; missing area.
    """
    study = told.study
    reach = study.reach[study.reach["weight"] == "households"]
    found = [
        _overall(told),
        *_by_rule(told, reach, "reach", "unserved_share"),
        *_by_rule(told, study.missing, "missing", "missing_m2_per_100_households"),
    ]
    return [one for one in found if not all(map(math.isnan, one.values.values()))]


def _overall(told: CityWords) -> MapFigure:
    rows = told.study.districts
    values = dict(zip(rows["district_id"], rows["met_share"], strict=True))
    looks = {
        key: NONE if math.isnan(value) else str(sum(value < least for least in _MET))
        for key, value in values.items()
    }
    ends = [f"{share:.0%}" for share in _MET]
    names = [ends[0], *(f"≥{end}" for end in ends[1:]), f"<{ends[-1]}"]
    return MapFigure(
        told.say("group_overall"),
        told.say("option_met"),
        values,
        {key: _text(value, "percent") for key, value in values.items()},
        looks,
        tuple((str(place), name) for place, name in enumerate(names)),
        more_is_better=True,
    )


def _by_rule(
    told: CityWords, rows: DataFrame, group: str, column: str
) -> list[MapFigure]:
    rows = rows[rows["district_id"] != ""]
    return [
        _of_rule(told, part, group, column)
        for _, part in rows.groupby(["rule_id", "facility_class"], sort=True)
    ]


def _of_rule(told: CityWords, part: DataFrame, group: str, column: str) -> MapFigure:
    """Districts of the first text in colour; those of another with a star."""
    share = group == "reach"
    values, texts = {}, {}
    for row in part.to_dict("records"):
        key, value = str(row["district_id"]), float(row[column])
        first = row["edition"] == 1
        least = "least" * bool(row["at_least"])
        texts[key] = _text(value, "percent" if share else f"{least}1") + "*" * (
            not first
        )
        values[key] = value if first else math.nan
    most = max((one for one in values.values() if not math.isnan(one)), default=0.0)
    breaks = _OUT if share else nice_breaks(most)
    looks = {
        key: NONE if math.isnan(value) else str(sum(value > end for end in breaks))
        for key, value in values.items()
    }
    first = part.iloc[0]
    rule_id, code = str(first["rule_id"]), str(first["facility_class"])
    title = told.rule_titles[rule_id]
    name = told.class_name(code)
    if name and name not in title:
        title += told.text["in_brackets"].format(text=name)
    return MapFigure(
        told.say(f"group_{group}"),
        f"{rule_id} {title}",
        values,
        texts,
        looks,
        _legend(breaks, share=share),
        starred=bool((part["edition"] > 1).any()),
    )


def _text(value: float, form: str) -> str:
    return "–" if math.isnan(value) else figure_text(Figure(value, form))


def _legend(breaks: Sequence[float], *, share: bool) -> tuple[tuple[str, str], ...]:
    ends = [f"{end:.0%}" if share else f"{end:g}" for end in breaks]
    spans = [f"{low}–{high}" for low, high in pairwise(ends)]
    spans[0] = f"≤{ends[1]}"
    names = [ends[0], *spans, f">{ends[-1]}"]
    return tuple((str(place), name) for place, name in enumerate(names))


def nice_breaks(most: float) -> tuple[float, ...]:
    """Nought, and three round steps on the way to the largest value.

    Parameters
    ----------
    most : float
        The largest value, 0 or more.

    Returns
    -------
    tuple of float
        Most of classes 0 to 3; above is class 4.

    Examples
    --------
    >>> nice_breaks(7.3), nice_breaks(0.0)
    ((0.0, 2.0, 4.0, 6.0), (0.0, 1.0, 2.0, 3.0))
    """
    if most <= 0:
        return (0.0, 1.0, 2.0, 3.0)
    scale = 10.0 ** math.floor(math.log10(most / 4))
    step = next(one for one in _STEPS if one * scale >= most / 4 * (1 - 1e-9)) * scale
    return tuple(round(step * place, 6) for place in range(4))
