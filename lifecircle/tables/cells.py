"""One cell as people type it to a number, a year, or clean text.

Full-width digits, thousands separators, units inside the cell (``812㎡``,
``2900户``) and the words for "no data" are understood; whatever else is no number
is refused, never guessed at.
"""

from __future__ import annotations

import datetime as dt
import math
import re
import unicodedata
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = [
    "LONGEST_MISSING",
    "is_missing",
    "missing_words",
    "to_flag",
    "to_list",
    "to_number",
    "to_text",
    "to_texts",
    "to_year",
]

_MISSING = frozenset(
    {
        *("", "-", "--", "—", "——", "–", "/", "\\", "|", "…", "*", "**"),
        *(
            "无",
            "暂无",
            "暂无数据",
            "无数据",
            "暂缺",
            "缺",
            "缺失",
            "空",
            "未知",
            "不详",
        ),
        *("待补充", "待定", "未填", "未填写", "null", "none", "nan", "na", "n/a"),
        *("#n/a", "nil", "<na>", "nodata", "no data", "unknown"),
    }
)
_NUMBER = re.compile(
    r"(?P<number>[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d*)?(?:e[+-]?\d+)?)"
    r"\s*(?P<ten_thousand>万)?\s*(?P<unit>[^\d\s].*)?",
    re.IGNORECASE,
)
_FLAGS = {
    **dict.fromkeys(("是", "有", "y", "yes", "t", "true", "1", "√", "✓", "✔"), 1.0),
    **dict.fromkeys(("否", "无", "没有", "n", "no", "f", "false", "0", "×"), 0.0),
}
_YEAR = re.compile(r"(\d{4})(?:年|[-./](?:\d.*)?|\d{2}|\d{4}|$)(?:.*)?")

LONGEST_MISSING = max(map(len, _MISSING))
"""Characters of the longest word for no data."""


def _narrow(value: str) -> str:
    """Full-width forms to ASCII, ``㎡`` to ``m2``, surrounding blanks away."""
    if not value.isascii():
        value = unicodedata.normalize("NFKC", value)
    return value.strip()


def is_missing(value: Any) -> bool:
    """Whether a cell holds no data: empty, NaN, or a word such as ``暂无数据``.

    Parameters
    ----------
    value : object
        A cell.

    Returns
    -------
    bool
        True if nothing is there.

    Examples
    --------
    >>> [is_missing(cell) for cell in ("暂无数据", "／", None, 0, "0")]
    [True, True, True, False, False]
    """
    if value is None:
        return True
    if isinstance(value, str):
        bare = value.strip()
        # No folding of wide forms makes one of these words of a longer text.
        return len(bare) <= LONGEST_MISSING and _narrow(bare).lower() in _MISSING
    return bool(value != value)  # NaN and NaT differ from themselves


def to_text(value: Any) -> str | None:
    r"""A cell as clean text; whole numbers lose their ``.0``, dates their midnight.

    Parameters
    ----------
    value : object
        A cell.

    Returns
    -------
    str or None
        Text without surrounding blanks and line breaks; None if missing.

    Examples
    --------
    >>> to_text(101.0), to_text(" 渡口路\n8号楼 "), to_text("无")
    ('101', '渡口路 8号楼', None)
    """
    if is_missing(value):
        return None
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date().isoformat()
    return " ".join(str(value).split())


def missing_words(cells: Iterable[str]) -> frozenset[str]:
    """Words among many texts that say that there is no data, fast.

    Parameters
    ----------
    cells : iterable of str
        Cells.

    Returns
    -------
    frozenset of str
        Each once, without the blanks around it.

    Examples
    --------
    >>> sorted(missing_words(["春江苑", " 暂无 ", "N/A", "暂无"]))
    ['N/A', '暂无']
    """
    short = {bare for bare in map(str.strip, cells) if len(bare) <= LONGEST_MISSING}
    return frozenset(filter(is_missing, short))


def to_texts(cells: list[str]) -> list[str | None]:
    """Make clean text of many cells that are text, fast.

    Parameters
    ----------
    cells : list of str
        Cells.

    Returns
    -------
    list of str or None
        ``to_text`` of each.

    Examples
    --------
    >>> to_texts(["春江苑 1号楼", " 暂无 "])
    ['春江苑 1号楼', None]
    """
    whole = "".join(cells)
    # No kind of blank but the space is printable: mostly there is none in a column.
    if " " not in whole and whole.isprintable():
        texts = cells
    else:
        texts = [" ".join(cell.split()) for cell in cells]
    missing = missing_words(cells)
    if not missing:
        return list[str | None](texts)
    pairs = zip(cells, texts, strict=True)
    return [None if cell.strip() in missing else text for cell, text in pairs]


def to_number(value: Any, units: tuple[str, ...] = ()) -> float:
    """A cell as a number.

    Parameters
    ----------
    value : object
        A cell.
    units : tuple of str, optional
        Units that may stand in the cell, for example ``("m2", "平方米")``. ``万``
        before the unit multiplies by 10,000.

    Returns
    -------
    float
        NaN if the cell says that there is no data.

    Raises
    ------
    ValueError
        If the cell is neither a number nor a word for missing data.

    Examples
    --------
    >>> to_number("８１２㎡", ("m2",)), to_number("1,234"), to_number("1.2万", ())
    (812.0, 1234.0, 12000.0)
    >>> to_number("约300")
    Traceback (most recent call last):
    ...
    ValueError: not a number: '约300'
    """
    if is_missing(value):
        return math.nan
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return _finite(float(value), value)
    found = _NUMBER.fullmatch(_narrow(str(value)))
    if found is None or not any(digit.isdigit() for digit in found["number"]):
        message = f"not a number: {value!r}"
        raise ValueError(message)
    unit = (found["unit"] or "").replace(" ", "").lower()
    if unit and unit not in units:
        message = f"not a unit of this column: {unit!r}"
        raise ValueError(message)
    number = float(found["number"].replace(",", ""))
    return _finite(number * (10_000.0 if found["ten_thousand"] else 1.0), value)


def _finite(number: float, value: Any) -> float:
    if math.isinf(number):
        message = f"not a finite number: {value!r}"
        raise ValueError(message)
    return number


def to_year(value: Any) -> float:
    """A cell as a calendar year: ``2019``, ``2019年``, ``2019-05-01``, a date.

    Parameters
    ----------
    value : object
        A cell.

    Returns
    -------
    float
        The year; NaN if the cell says that there is no data.

    Raises
    ------
    ValueError
        If no year stands at the cell's beginning.

    Examples
    --------
    >>> to_year("2019年5月"), to_year("2019/5/1"), to_year(2019.0)
    (2019.0, 2019.0, 2019.0)
    """
    if is_missing(value):
        return math.nan
    if isinstance(value, dt.date):
        return float(value.year)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    found = _YEAR.fullmatch(_narrow(str(value)))
    if found is None:
        message = f"not a year: {value!r}"
        raise ValueError(message)
    return float(found[1])


def to_flag(value: Any) -> float:
    """A cell that says yes or no: 是/否, 有/无, true/false, 1/0, √/×.

    Parameters
    ----------
    value : object
        A cell.

    Returns
    -------
    float
        1 or 0; NaN if the cell says that there is no data.

    Raises
    ------
    ValueError
        If it says neither.

    Examples
    --------
    >>> to_flag("有"), to_flag("无"), to_flag(True), to_flag("暂无数据")
    (1.0, 0.0, 1.0, nan)
    """
    word = to_text(value) if not isinstance(value, str) else _narrow(value)
    known = _FLAGS.get((word or "").lower())
    if known is not None:
        return known
    if is_missing(value):
        return math.nan
    message = f"neither yes nor no: {value!r}"
    raise ValueError(message)


def to_list(value: Any) -> str | None:
    r"""A cell that lists items, as text; line breaks count as ``、``.

    Parameters
    ----------
    value : object
        A cell.

    Returns
    -------
    str or None
        The items as they stand; None if the cell says that there is no data.

    Examples
    --------
    >>> to_list("便民服务站\n 调解室；警务室"), to_list("暂无")
    ('便民服务站、调解室；警务室', None)
    """
    if not isinstance(value, str):
        return to_text(value)
    lines = (" ".join(line.split()) for line in value.splitlines())
    return to_text("、".join(line.strip("、") for line in lines if line))
