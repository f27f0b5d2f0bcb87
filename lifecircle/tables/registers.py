"""Registers: wide files of facts to one long table, unit by unit."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from lifecircle.standards.facts import facts
from lifecircle.tables.facts import schema_of
from lifecircle.tables.ledger import HIDDEN
from lifecircle.tables.many import examples, leave_out_many
from lifecircle.tables.parse import nearest
from lifecircle.tables.schemas import NUMERIC

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lifecircle.model import DistrictConfig
    from lifecircle.tables.ledger import Ledger

__all__ = ["complete_registers", "known_units", "to_yuan"]

_UNITS = {
    "subdistrict": ("communities", "subdistrict_id"),
    "community": ("communities", "community_id"),
    "circle": ("circles", "circle_id"),
    "compound": ("compounds", "compound_id"),
    "building": ("buildings", "building_id"),
    "grid": ("grids", "grid_id"),
    "facility": ("facilities", "facility_id"),
    "catchment": ("facilities", "facility_id"),
}
"""Level, and the table and column that hold its units' ids."""

_KEY = ["level", "unit_id"]
_COLUMNS = [*_KEY, "fact", "value", "text"]
_IN_TEN_THOUSAND = re.compile(r"万元|\(万\)")
_BARE_NUMBER = re.compile(r"[+-]?\d[\d,]*(?:\.\d*)?")


def to_yuan(cells: pd.DataFrame, columns: Mapping[str, str]) -> pd.DataFrame:
    """Amounts under a heading that says 万元, marked as such.

    Parameters
    ----------
    cells : DataFrame
        Cells as found, under our names.
    columns : Mapping[str, str]
        Our name -> the file's.

    Returns
    -------
    DataFrame
        Numbers of facts in yuan read ``12.5万`` where their heading is 万元; a cell
        that names its own unit is left alone.

    Examples
    --------
    >>> import pandas as pd
    >>> cells = pd.DataFrame({"service_purchase_cny": [12.5, "30000元"]}, dtype=object)
    >>> to_yuan(cells, {"service_purchase_cny": "经费（万元）"}).iloc[:, 0].tolist()
    ['12.5万', '30000元']
    """
    scaled = {}
    for name, theirs in columns.items():
        heading = "".join(unicodedata.normalize("NFKC", theirs).split())
        fact = facts().get(name)
        in_yuan = fact is not None and fact.unit.startswith("元") and name in cells
        if in_yuan and _IN_TEN_THOUSAND.search(heading):
            marked = [_in_ten_thousand(cell) for cell in cells[name]]
            scaled[name] = pd.Series(marked, index=cells.index, dtype=object)
    return cells.assign(**scaled)


def _in_ten_thousand(cell: Any) -> Any:
    if isinstance(cell, str):
        narrow = unicodedata.normalize("NFKC", cell).strip()
        return f"{narrow}万" if _BARE_NUMBER.fullmatch(narrow) else cell
    number = isinstance(cell, int | float) and not isinstance(cell, bool)
    return f"{cell}万" if number and cell == cell else cell


def known_units(
    tables: Mapping[str, pd.DataFrame], config: DistrictConfig, unread: frozenset[str]
) -> dict[str, frozenset[str]]:
    """Ids of the units of every level that registers tell of and that can be told.

    Parameters
    ----------
    tables : Mapping[str, DataFrame]
        Tables as read; the levels are those of the registers.
    config : DistrictConfig
        Names the district, which stands for its city too.
    unread : frozenset of str
        Tables of which a source could not be read.

    Returns
    -------
    dict
        Level to ids; a level whose table could not be read is not there.
    """
    asked = set(tables["registers"]["level"])
    whole = frozenset({config.district_id})
    known = {"city": whole, "district": whole}
    for level, (table, column) in _UNITS.items():
        if level in asked and table not in unread:
            ids = tables[table][column].dropna()
            known[level] = frozenset(str(value) for value in ids)
    return known


def _check_units(
    frame: pd.DataFrame, units: Mapping[str, frozenset[str]], ledger: Ledger
) -> None:
    """Warn of units that are not there; their rows are left out."""
    ids = frame["unit_id"].to_numpy()
    for level, known in units.items():
        there = sorted(known)
        lost = (frame["level"] == level) & ~frame["unit_id"].isin(known)
        few = leave_out_many(
            frame,
            np.flatnonzero(lost.to_numpy()),
            ("units_unmatched", "unknown_unit"),
            column="unit_id",
            ledger=ledger,
            about={"level": level, "known": examples(there)},
            severity="warning",
        )
        shown = [
            {"value": ids[at], "level": level, "nearest": nearest(ids[at], there)}
            for at in few
        ]
        ledger.flag(
            frame, few, "unknown_unit", shown, column="unit_id", severity="warning"
        )


def _said_before(
    frame: pd.DataFrame, by: list[str], ledger: Ledger
) -> list[tuple[int, dict[str, Any]]]:
    """Rows that say again what an earlier one has said, and where that stands."""
    keys = list(zip(*(frame[name] for name in by), strict=True))
    hidden = frame[list(HIDDEN)].to_numpy(dtype=np.int64).tolist()
    first: dict[tuple[Any, ...], list[int]] = {}
    again = []
    for place, said in enumerate(keys):
        origin, row = first.setdefault(said, hidden[place])
        if hidden[place] != [origin, row]:
            other = {"other": ledger.origins[origin].file, "other_row": row}
            again.append((place, {"level": said[0], "value": said[1], **other}))
    return again


def _check_twice(frame: pd.DataFrame, ledger: Ledger) -> None:
    for place, shown in _said_before(frame, [*_KEY, "_origin"], ledger):
        ledger.flag(frame, [place], "unit_twice", [shown], column="unit_id")


def _check_facts_twice(long: pd.DataFrame, ledger: Ledger) -> None:
    names = long["fact"].tolist()
    for place, shown in _said_before(long, [*_KEY, "fact"], ledger):
        given = [{**shown, "fact": facts()[names[place]].zh}]
        ledger.flag(long, [place], "fact_twice", given, column=names[place])


def _check_percentages(frame: pd.DataFrame, ledger: Ledger) -> None:
    """Warn of percentages that look like shares: 0.3 where 30 is meant."""
    for name in (fact.name for fact in facts().values() if fact.unit == "%"):
        values = frame[name].to_numpy(dtype=np.float64)
        small = np.flatnonzero((values > 0.0) & (values <= 1.0))
        shown = [{"value": f"{values[place]:g}"} for place in small]
        ledger.flag(
            frame, small, "percent_or_share", shown, column=name, severity="warning"
        )


def _long(frame: pd.DataFrame) -> pd.DataFrame:
    """One row a unit and fact; cells without data give none."""
    parts = []
    for name, field in schema_of("registers").readable.items() if len(frame) else ():
        if name in _KEY:
            continue
        part = frame.loc[frame[name].notna(), [*_KEY, name, *HIDDEN]]
        if len(part):
            number = field.kind in NUMERIC
            said = {
                "value": part[name].astype("float64") if number else np.nan,
                "text": None if number else part[name],
            }
            parts.append(part[[*_KEY, *HIDDEN]].assign(fact=name, **said))
    if not parts:
        return frame[[*_KEY, *HIDDEN]].iloc[:0].assign(fact=None, value=0.0, text=None)
    return pd.concat(parts, ignore_index=True)


def complete_registers(
    frame: pd.DataFrame, units: Mapping[str, frozenset[str]], *, ledger: Ledger
) -> pd.DataFrame:
    """Bring registers into long form, checked against the units that there are.

    Parameters
    ----------
    frame : DataFrame
        Wide, one row a unit, one column a fact, with the hidden columns.
    units : Mapping[str, frozenset of str]
        From ``known_units``; a level that is not there is not checked.
    ledger : Ledger
        Takes an error for a unit listed twice in a file and for a fact given twice,
        a warning for a unit that is not there (its row is left out).

    Returns
    -------
    DataFrame
        ``level``, ``unit_id``, ``fact``, ``value`` (float64; yes = 1, no = 0; NaN
        for lists), ``text`` (None for numbers); a fact that is not known has no row;
        sorted by the first three.
    """
    frame = frame[ledger.standing(frame)]
    _check_twice(frame, ledger)
    _check_units(frame, units, ledger)
    frame = frame[ledger.standing(frame)]
    _check_percentages(frame, ledger)
    long = _long(frame)
    _check_facts_twice(long, ledger)
    ordered = long.sort_values([*_KEY, "fact"], kind="stable")[_COLUMNS]
    text = ordered["text"].astype(object)
    whole = ordered.assign(
        **{name: ordered[name].astype(object) for name in (*_KEY, "fact")},
        value=ordered["value"].astype("float64"),
        text=text.where(text.notna(), None),
    )
    return whole.reset_index(drop=True)
