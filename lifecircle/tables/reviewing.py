"""Facilities without a declared class: classed by the source's labels, or for review.

What is not sure is a row of the review list (``evidence.REVIEW``); a person decides in
the workbook, and the source's ``reviewed`` names it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pandas as pd

from lifecircle.evidence import DECISION, NO_FACILITY, REVIEW, REVIEW_SHEET
from lifecircle.standards.catalogue import LABEL_COLUMN, OTHER, classify
from lifecircle.tables.cells import is_missing, to_text
from lifecircle.tables.files import FileFault, read_file
from lifecircle.tables.ledger import Origin
from lifecircle.tables.parse import class_codes, nearest_class

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt

    from lifecircle.model import DistrictConfig, Source
    from lifecircle.standards.catalogue import Provider
    from lifecircle.tables.ledger import Ledger

__all__ = ["classify_cells", "reviewed_lists"]

_UNSURE = ("candidate", "conflict")
_PAIR = re.compile(r'"?([\w:]+)"?\s*=>?\s*"?([^";,+]+)"?')


def classify_cells(
    source: Source, cells: pd.DataFrame, *, base: Path, ledger: Ledger
) -> pd.DataFrame:
    """Give the rows of a map service's points their classes.

    Parameters
    ----------
    source : Source
        Facilities, with a ``provider``; ``reviewed`` names decisions made by hand.
    cells : DataFrame
        Cells under our names, with the hidden columns.
    base : Path
        Folder of the district file.
    ledger : Ledger
        Takes the rows to review, and those that are no facility of ours, which are
        left out; the layer has one warning with the counts.

    Returns
    -------
    DataFrame
        With ``facility_class`` (as declared where it is) and, where the file gives
        none, ``source_note``: how sure the class is, and why.
    """
    asked = _asked(source, cells)
    found = classify(asked, provider=cast("Provider", source.provider))
    decided = _decisions(source, base=base, ledger=ledger)
    ids = [to_text(value) for value in _column(cells, "facility_id")]
    choice = np.array([decided.get(value or "", "") for value in ids], dtype=object)
    declared = found["confidence"].to_numpy() == "declared"
    choice[declared] = ""
    sure = found["facility_class"].isin(class_codes()).to_numpy()
    codes = np.where(sure, found["facility_class"].to_numpy(dtype=object), OTHER)
    codes = np.where(
        choice != "", np.where(choice == NO_FACILITY, OTHER, choice), codes
    )
    open_before = found["confidence"].isin(_UNSURE).to_numpy()
    unsure = open_before & (choice == "")
    nothing = (codes == OTHER) & ~unsure & ~declared
    listed = np.flatnonzero(open_before | (choice != ""))
    _list_for_review(cells, found.assign(**{DECISION: choice}), listed, ledger)
    number = int(cells["_origin"].iloc[0]) if len(cells) else None
    for row in cells.loc[unsure, "_row"]:
        ledger.leave_out(int(number or 0), int(row), "facility_in_review")
    for row in cells.loc[nothing, "_row"]:
        ledger.leave_out(int(number or 0), int(row), "facility_none")
    shown = {"rows": int(unsure.sum()), "all": len(cells)}
    if unsure.any():
        ledger.report("facility_in_review", shown, origin=number, severity="warning")
    shown = {"rows": int(nothing.sum()), "all": len(cells)}
    if nothing.any():
        ledger.report("facility_none", shown, origin=number, severity="warning")
    given = _column(cells, "facility_class").to_numpy(dtype=object)
    classed = cells.assign(facility_class=np.where(declared, given, codes))
    if "source_note" not in cells:
        notes = found["confidence"] + ": " + found["matched_by"].fillna("")
        notes = notes.where(choice == "", "reviewed")
        classed = classed.assign(source_note=notes.to_numpy(dtype=object))
    return classed


def _column(cells: pd.DataFrame, name: str) -> pd.Series[Any]:
    if name in cells:
        return cells[name]
    return pd.Series([None] * len(cells), index=cells.index, dtype=object)


def _asked(source: Source, cells: pd.DataFrame) -> pd.DataFrame:
    """Name and label as the classifier wants them, and which rows declare a class."""
    label = LABEL_COLUMN[source.provider]
    labels = _column(cells, "source_label")
    texts = [None if is_missing(value) else to_text(value) for value in labels]
    asked = pd.DataFrame({"name": [to_text(name) for name in _column(cells, "name")]})
    if label:
        pairs = source.provider == "osm"
        asked[label] = pd.Series(
            [dict(_PAIR.findall(text or "")) if pairs else text for text in texts],
            dtype=object,
        )
    # The value stands for whatever the file declares; it is read and checked later.
    given = [not is_missing(value) for value in _column(cells, "facility_class")]
    return asked.assign(facility_class=np.where(given, "SVC.COMM", ""))


def _list_for_review(
    cells: pd.DataFrame,
    found: pd.DataFrame,
    places: npt.NDArray[np.intp],
    ledger: Ledger,
) -> None:
    """Rows of the review list; decisions made before stay in it."""
    ids = _column(cells, "facility_id")
    names, labels = _column(cells, "name"), _column(cells, "source_label")
    for place in places:
        origin = ledger.origins[int(cells["_origin"].iloc[place])]
        row = {
            "file": origin.file,
            "row": int(cells["_row"].iloc[place]),
            "facility_id": to_text(ids.iloc[place]) or "",
            "name": to_text(names.iloc[place]) or "",
            "source_label": to_text(labels.iloc[place]) or "",
            "candidate_class": found["candidate_class"].iloc[place],
            "confidence": found["confidence"].iloc[place],
            "why": found["matched_by"].iloc[place],
            DECISION: found[DECISION].iloc[place],
        }
        ledger.review.append({name: row[name] for name in REVIEW})


def _decisions(source: Source, *, base: Path, ledger: Ledger) -> dict[str, str]:
    """Facility id -> class or ``NO_FACILITY``, as decided in the workbook."""
    path = source.reviewed
    if path is None:
        return {}
    name = path.relative_to(base).as_posix() if path.is_relative_to(base) else path.name
    number = ledger.open(Origin("facilities", name, "", {}))
    try:
        found = read_file(type(source)(table="rooms", path=path, sheet=REVIEW_SHEET))
    except FileFault as error:
        ledger.report(error.key, error.values, origin=number)
        return {}
    heads = [head.split(" · ")[-1] for head in found.names]
    if not {"facility_id", DECISION} <= set(heads):
        shown = {"columns": f"facility_id、{DECISION}"}
        ledger.report("review_columns", shown, origin=number)
        return {}
    ids, words = (found.cells[heads.index(head)] for head in ("facility_id", DECISION))
    decided = {}
    for key, word, row in zip(ids, words, found.rows, strict=True):
        code = (to_text(word) or "").split(" ")[0].split("（")[0]
        if not code:
            continue
        if code not in class_codes() - {OTHER} and code != NO_FACILITY:
            shown = {"value": code, "nearest": nearest_class(code)}
            ledger.report(
                "unknown_class", shown, origin=number, row=int(row), column=DECISION
            )
            continue
        decided[to_text(key) or ""] = code
    return decided


def reviewed_lists(config: DistrictConfig) -> tuple[Path, ...]:
    """Review lists that the sources of a district name.

    Parameters
    ----------
    config : DistrictConfig
        ``sources``.

    Returns
    -------
    tuple of Path
        Absolute, each once.

    Examples
    --------
    >>> reviewed_lists(toy.district.config)
    ()
    """
    named = (source.reviewed for source in config.sources if source.reviewed)
    return tuple(dict.fromkeys(named))
