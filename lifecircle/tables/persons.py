"""Telling a register of units from a list of persons, which is refused."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["personal_columns"]

_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^】]*】")
_PERSONAL = re.compile(
    r"姓名|身份证(?:件)?(?:号码?|编号)?$|证件号|证件编号|身份号码|社会保障号|社保号|护照号"
    r"|电话|手机(?:号码?)?$|联系方式|联系人$|微信号|出生(?:日期|年月|时间)|生日$|住址"
    r"|^(?:fullname|phone|telephone|mobile|idcard|idnumber|birthday|birthdate"
    r"|dateofbirth)$"
)
"""Names of columns about one person."""

_COUNT = re.compile(r"(?:数|数量|总量|量|率|次|占比|比例|亭|%)$")
"""Ends of names that count: 热线电话数 is no one's telephone."""

_CITIZEN = re.compile(r"[1-9]\d{5}(?P<born>(?:19|20)\d{6})\d{3}[\dX]")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_DIGITS = "10X98765432"


def _is_personal(name: str) -> bool:
    narrow = "".join(unicodedata.normalize("NFKC", name).split()).lower()
    bare = _BRACKETS.sub("", narrow).replace("_", "")
    return bool(_PERSONAL.search(bare)) and not _COUNT.search(bare)


def _is_citizen(cell: Any) -> bool:
    """Whether a cell is a citizen's number (GB 11643): a birthday and a check digit."""
    text = str(cell).strip().upper() if isinstance(cell, str | int) else ""
    found = _CITIZEN.fullmatch(text)
    if found is None:
        return False
    try:
        dt.datetime.strptime(found["born"], "%Y%m%d").replace(tzinfo=dt.UTC)
    except ValueError:
        return False
    total = sum(
        int(digit) * weight for digit, weight in zip(text[:17], _WEIGHTS, strict=True)
    )
    return _CHECK_DIGITS[total % 11] == text[17]


def personal_columns(names: Sequence[str], cells: Iterable[Sequence[Any]]) -> list[str]:
    """Columns of a file that are about single persons.

    Parameters
    ----------
    names : sequence of str
        The file's column names.
    cells : iterable of sequence
        Its columns, in the same order.

    Returns
    -------
    list of str
        Names of columns such as 姓名 or 联系电话, and of those that hold a citizen's
        number whatever they are called; columns that count are none.

    Examples
    --------
    >>> personal_columns(["社区", "书记姓名", "热线电话数"], [["C01"], ["甲"], [2]])
    ['书记姓名']
    """
    return [
        name
        for name, column in zip(names, cells, strict=True)
        if _is_personal(name) or any(_is_citizen(cell) for cell in column)
    ]
