"""Rules against districts in one table; where they are many, the worst of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lifecircle.publish.cells import Figure
from lifecircle.publish.elements import element, figure_text

if TYPE_CHECKING:
    from xml.etree import ElementTree as Tree

    from pandas import DataFrame

    from lifecircle.publish.city_words import CityWords

__all__ = ["rules_table"]

_MOST_ACROSS = 12
_WORST = 3


def rules_table(parent: Tree.Element, told: CityWords) -> None:
    """Units that meet of those assessed: a line a rule, a column a district.

    Parameters
    ----------
    parent : Element
        Where the table goes.
    told : CityWords
        The city and its language.
    """
    rows = told.study.rules
    rows = rows[rows["passes"] + rows["fails"] > 0]
    ids = [one for one in told.numbered if one in set(rows["district_id"])]
    across = len(ids) <= _MOST_ACROSS
    table = element(parent, "table", class_="cross")
    head = element(element(table, "thead"), "tr")
    for name in ("rule_id", "rule", "force", "level"):
        element(head, "th", told.say(f"col_{name}"), class_="short")
    element(head, "th", told.names[""], class_="number")
    if across:
        for one in ids:
            element(head, "th", told.names[one], class_="number")
    else:
        element(head, "th", told.say("rules_worst"))
    body = element(table, "tbody")
    for _, part in rows.groupby(["rule_id", "edition"], sort=True):
        line = element(body, "tr")
        first = part.iloc[0]
        rule_id, edition = str(first["rule_id"]), int(first["edition"])
        element(line, "td", rule_id, class_="short")
        element(line, "td", told.rules[rule_id, edition], class_="text")
        element(line, "td", told.say(f"force_{first['force']}"), class_="short")
        element(line, "td", told.codes["level"](first["level"]), class_="short")
        found = {row["district_id"]: row for row in part.to_dict("records")}
        _cell(line, found.get(""))
        if across:
            for one in ids:
                _cell(line, found.get(one))
        else:
            element(line, "td", _worst(part, told))


def _cell(line: Tree.Element, row: Any) -> None:
    if row is None:
        element(line, "td", "–", class_="number")
        return
    judged = row["passes"] + row["fails"]
    look = "number fail" if row["fails"] else "number"
    element(line, "td", f"{row['passes']:,}/{judged:,}", class_=look)


def _worst(part: DataFrame, told: CityWords) -> str:
    rows = part[(part["district_id"] != "") & (part["fails"] > 0)]
    lowest = rows.nsmallest(_WORST, "pass_share", keep="first")
    return told.text["list_comma"].join(
        f"{told.names[row['district_id']]} "
        f"{figure_text(Figure(float(row['pass_share']), 'percent'))}"
        for row in lowest.to_dict("records")
    )
