"""The review list: a workbook in which a person decides the classes of facilities."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import xlsxwriter

from lifecircle.columns import column
from lifecircle.evidence import DECISION, NO_FACILITY, REVIEW, REVIEW_SHEET
from lifecircle.text import say

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pandas import DataFrame

    from lifecircle.text import Language

__all__ = ["write_review"]

_CLOCK = datetime(2000, 1, 1, tzinfo=UTC)
_WIDTHS = {"file": 18, "row": 6, "name": 32, "source_label": 18, "why": 36}


def write_review(
    review: DataFrame,
    path: Path,
    *,
    classes: Mapping[str, str],
    lang: Language = "zh",
) -> None:
    """Write the review list; its last column has a drop-down of the classes.

    Parameters
    ----------
    review : DataFrame
        ``evidence.REVIEW``; decisions made before are kept.
    path : Path
        Workbook to write; the same rows give the same bytes.
    classes : Mapping[str, str]
        Code -> label of every class that can be chosen.
    lang : {"zh", "en"}
        Language of headings and labels.

    Examples
    --------
    >>> import pathlib, tempfile, openpyxl, pandas as pd
    >>> from lifecircle.evidence import REVIEW
    >>> row = ("点位.csv", 2, "p1", "渡口药店", "公司", "HLT.PHARM", "conflict")
    >>> rows = pd.DataFrame([(*row, "name:药店", "")], columns=list(REVIEW))
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "review.xlsx"
    >>> write_review(rows, path, classes={"HLT.PHARM": "药店"})
    >>> openpyxl.load_workbook(path).worksheets[0]["C2"].value
    'p1'
    """
    none = f"{NO_FACILITY} {say('publish.review_none', lang)}"
    choices = [*(f"{code} {label}" for code, label in classes.items()), none]
    shown = {choice.split(" ")[0]: choice for choice in choices}
    options = {"strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(str(path), options) as book:
        book.set_properties({"created": _CLOCK})
        head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True})
        sheet = book.add_worksheet(REVIEW_SHEET)
        listed = book.add_worksheet(say("publish.review_classes", lang))
        listed.write_column(0, 0, choices)
        for place, name in enumerate(REVIEW):
            # The second half is what is read back, whatever the language.
            sheet.write_string(0, place, f"{_label(name, lang)} · {name}", head)
            sheet.set_column(place, place, _WIDTHS.get(name, 22))
            cells = [shown.get(str(cell), cell) for cell in review[name]]
            for row, cell in enumerate(cells, start=1):
                _write(sheet, row, place, cell)
        last = max(len(review), 1)
        source = f"='{listed.get_name()}'!$A$1:$A${len(choices)}"
        where = REVIEW.index(DECISION)
        sheet.data_validation(
            1, where, last, where, {"validate": "list", "source": source}
        )
        sheet.autofilter(0, 0, last, len(REVIEW) - 1)
        sheet.freeze_panes(1, 0)


def _label(name: str, lang: Language) -> str:
    found = column(name)
    return found.zh if lang == "zh" else found.en


def _write(sheet: Any, row: int, place: int, cell: object) -> None:
    if isinstance(cell, str):
        sheet.write_string(row, place, cell)
    elif cell is not None:
        sheet.write_number(row, place, cell)
