"""The sheet of unknown gates: who is within reach if they are open or shut."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lifecircle.publish.cells import figures, label, texts_of, titled_sheet
from lifecircle.publish.headline import rules_by_id
from lifecircle.publish.wording import level_names
from lifecircle.text import say

if TYPE_CHECKING:
    from lifecircle.model import Assessment
    from lifecircle.publish.cells import Sheet, Speech

__all__ = ["readings_sheet"]


def readings_sheet(study: Assessment, told: Speech) -> list[Sheet]:
    """Both readings of unknown gates, rule by rule; no sheet where all are known.

    Parameters
    ----------
    study : Assessment
        A finished study, disclosed.
    told : Speech
        Language and words.

    Returns
    -------
    list of Sheet
        None or one; what the readings mean stands in its last column.
    """
    rows = study.gate_readings
    if rows is None:
        return []
    rules, names = rules_by_id(study.findings), level_names(study)
    units = zip(rows["level"], rows["unit_id"], strict=True)
    limits = zip(rows["limit"], rows["limit_unit"], strict=True)
    columns: dict[str, list[Any]] = {
        say("publish.col.rule", told.lang): [
            rules[one].title_zh if told.lang == "zh" else rules[one].title_en
            for one in rows["rule_id"]
        ],
        say("publish.col.id", told.lang): rows["rule_id"].tolist(),
        label("walker", told): texts_of(rows, "walker", told),
        say("publish.col.limit", told.lang): [f"{m:g} {unit}" for m, unit in limits],
        label("unit_name", told): [names.get(unit, unit[1]) for unit in units],
        say("publish.col.people", told.lang): [
            told.codes["weight"](one) for one in rows["weight"]
        ],
        say("publish.col.total", told.lang): list(figures(rows["amount"], "0")),
    }
    for name in ("served_open", "served_sealed", "difference"):
        columns[say(f"publish.col.{name}", told.lang)] = list(figures(rows[name], "0"))
    meaning = say("publish.readings_mean", told.lang)
    columns[say("publish.note_text", told.lang)] = [
        meaning if row == 0 else None for row in range(len(rows))
    ]
    failing = (rows["difference"] > 0).tolist()
    return [titled_sheet("readings", columns, told, failing=failing, marked=(9,))]
