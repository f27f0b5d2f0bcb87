"""The column beside a printed map: conclusion, verdicts, gap areas, legend."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from lifecircle.publish.cells import WHOLE
from lifecircle.publish.figures import in_percent, signed_shortfall
from lifecircle.publish.gap_names import gap_names, gap_numbers
from lifecircle.publish.headline import headline, own_rows
from lifecircle.publish.prints import tokens
from lifecircle.publish.prints.legend import draw_legend
from lifecircle.publish.prints.marks import verdict_mark
from lifecircle.publish.prints.pen import cut, wrapped
from lifecircle.publish.prints.theme import gaps_of
from lifecircle.publish.wording import named_units, short_name
from lifecircle.text import say

if TYPE_CHECKING:
    from lifecircle.model import Assessment
    from lifecircle.publish.prints.pen import Pen
    from lifecircle.text import Language

__all__ = ["draw_column"]

_MOST_ROWS = 20
_RANK = {"fail": 0, "benchmark": 1, "reference": 1, "pass": 2, "not_assessed": 3}


def draw_column(pen: Pen, study: Assessment, rule_id: str) -> None:
    """Conclusion, verdicts of units, gap areas and legend, from the top down.

    Parameters
    ----------
    pen : Pen
        At the top of the column.
    study : Assessment
        A finished study.
    rule_id : str
        The rule.
    """
    _conclusion(pen, study, rule_id)
    _verdicts(pen, study, rule_id)
    _gaps(pen, study, rule_id)
    draw_legend(pen, study, rule_id)


def _conclusion(pen: Pen, study: Assessment, rule_id: str) -> None:
    said = headline(study, rule_id, pen.lang)
    pen.head(say("publish.panel", pen.lang))
    wide = (pen.right - pen.left) / pen.size
    for line in wrapped(said.lead, wide / 5.0):
        pen.top -= 4.4 * pen.size
        failing = bool((own_rows(study.findings, rule_id)["verdict"] == "fail").any())
        colour = tokens.FAIL_TEXT if failing else tokens.INK
        pen.text(pen.left, pen.top, line, 5.0, weight="bold", color=colour)
        pen.top -= 2.6 * pen.size
    for line in wrapped("".join(said.lines), wide / 3.0):
        pen.top -= 2.4 * pen.size
        pen.text(pen.left, pen.top, line, 3.0)
        pen.top -= 2.4 * pen.size


def _verdicts(pen: Pen, study: Assessment, rule_id: str) -> None:
    """Units worst first; of a long list those that fall short, the rest counted."""
    rows = in_percent(own_rows(study.findings, rule_id)).drop_duplicates(
        ["level", "unit_id", "facility_class"]
    )
    rows["signed"] = signed_shortfall(rows)
    rows["rank"] = rows["verdict"].map(_RANK)
    rows = rows.sort_values(
        ["rank", "shortfall_share", "measured", "unit_id"],
        ascending=[True, False, True, True],
    )
    unit = _unit_words(rows["unit_of_measure"].iloc[0], pen.lang)
    level = str(rows["level"].iloc[0])
    head = say("print.verdicts", pen.lang, {"level": _level(level, pen.lang)})
    pen.head(head, unit)
    shown = rows
    if len(rows) > _MOST_ROWS:
        shown = rows[rows["verdict"] == "fail"].head(_MOST_ROWS)
    columns = _columns(pen)
    _heads(pen, columns)
    shown = shown.assign(unit_name=named_units(shown, study.district))
    homes = study.district.communities.set_index("community_id")["households"]
    for row in shown.itertuples(index=False):
        name = short_name(str(row.unit_name or row.unit_id))
        _row(pen, columns, row, name, homes.get(row.unit_id))
    if len(shown) < len(rows):
        pen.top -= 2.4 * pen.size
        rest = {"n": f"{len(rows) - len(shown):,}"}
        pen.text(
            *(pen.left, pen.top, say("print.more_units", pen.lang, rest), 2.6),
            color=tokens.SECOND,
        )
        pen.top -= 2.0 * pen.size


def _level(level: str, lang: Language) -> str:
    try:
        return say(f"publish.level.{level}", lang)
    except KeyError:
        return level


def _unit_words(unit: str, lang: Language) -> str:
    return "%" if unit == "%" else say(f"checks.unit_{unit}", lang)


def _columns(pen: Pen) -> tuple[float, float, float, float]:
    wide = pen.right - pen.left
    return (
        pen.left + 4.6 * pen.size,
        pen.left + wide * 0.54,
        pen.left + wide * 0.77,
        pen.right,
    )


def _heads(pen: Pen, columns: tuple[float, ...]) -> None:
    pen.top -= 2.0 * pen.size
    keys = ("name", "households", "measured", "shortfall")
    for place, (x, key) in enumerate(zip(columns, keys, strict=True)):
        word = say(f"print.head_{key}", pen.lang)
        side = "right" if place else "left"
        pen.text(x, pen.top, word, 2.5, ha=side, color=tokens.SECOND)
    pen.top -= 1.9 * pen.size


def _row(
    pen: Pen, columns: tuple[float, ...], row: Any, name: str, households: Any
) -> None:
    name_x, homes_x, measured_x, short_x = columns
    failing = row.verdict == "fail"
    weight = "bold" if failing else "normal"
    colour = tokens.FAIL_TEXT if failing else tokens.INK
    pen.top -= 2.1 * pen.size
    verdict_mark(
        *(pen.page, (pen.left + 1.6 * pen.size, pen.top), row.verdict),
        size_mm=2.6 * pen.size,
    )
    room = (homes_x - name_x) / pen.size / 2.8 - 3.2
    pen.text(name_x, pen.top, cut(name, room), 2.8, weight=weight)
    if households is not None and not pd.isna(households):
        pen.text(homes_x, pen.top, f"{households:,.0f}", 2.7, ha="right")
    if row.verdict == "not_assessed":
        word = say("verdicts.not_assessed", pen.lang)
        pen.text(short_x, pen.top, word, 2.7, ha="right", color=tokens.SECOND)
    else:
        about = "≈" if row.estimated_share > 0 else ""
        digits = 0 if row.unit_of_measure in WHOLE else 1
        figure = f"{about}{row.measured:,.{digits}f}"
        pen.text(
            *(measured_x, pen.top, figure, 2.7), ha="right", weight=weight, color=colour
        )
        if failing and not pd.isna(row.signed):
            signed = f"{row.signed:+,.{digits}f}".replace("-", "−")
            pen.text(
                *(short_x, pen.top, signed, 2.7),
                ha="right",
                weight=weight,
                color=colour,
            )
    pen.top -= 2.0 * pen.size


def _gaps(pen: Pen, study: Assessment, rule_id: str) -> None:
    gaps = gaps_of(study, rule_id)
    if gaps.empty:
        return
    index = study.gaps.areas.index
    numbers = dict(zip(index, gap_numbers(study), strict=True))
    names = dict(zip(index, gap_names(study, pen.lang), strict=True))
    least = study.district.config.smallest_gap_households
    note = say("print.gap_least", pen.lang, {"n": f"{least:,}"})
    pen.head(say("publish.gap_area", pen.lang), note)
    ordered = sorted(gaps.index, key=lambda one: numbers[one])
    for one in ordered[:8]:
        row = gaps.loc[one]
        pen.top -= 2.3 * pen.size
        pen.dot(pen.left + 1.7 * pen.size, pen.top, str(numbers[one]), across_mm=3.5)
        pen.text(pen.left + 4.6 * pen.size, pen.top, names[one], 2.8)
        about = "≈" if row["estimated_share"] > 0 else ""
        homes = {"n": f"{about}{row['households']:,.0f}"}
        pen.text(
            *(pen.right, pen.top, say("publish.households_n", pen.lang, homes), 2.7),
            ha="right",
        )
        pen.top -= 2.2 * pen.size
    if len(ordered) > 8:
        pen.top -= 2.2 * pen.size
        rest = {"n": f"{len(ordered) - 8:,}"}
        pen.text(
            *(pen.left, pen.top, say("print.more_gaps", pen.lang, rest), 2.6),
            color=tokens.SECOND,
        )
        pen.top -= 2.0 * pen.size
