"""Fonts of printed sheets: the system's own, a clear message where there is none."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from lifecircle.errors import ResultError

if TYPE_CHECKING:
    from matplotlib.font_manager import FontProperties

__all__ = ["CHINESE", "chinese_family", "font", "require_matplotlib", "width_em"]

CHINESE = (
    *("Microsoft YaHei", "PingFang SC", "Noto Sans CJK SC", "Source Han Sans SC"),
    *("Noto Sans SC", "WenQuanYi Micro Hei", "SimHei", "Noto Sans CJK JP"),
)
"""Families that hold Chinese, the first one found is used."""


def require_matplotlib() -> None:
    """See that matplotlib is there.

    Raises
    ------
    ResultError
        If it is not installed.

    Examples
    --------
    >>> require_matplotlib()
    """
    try:
        import matplotlib  # noqa: F401  (only asked whether it is there)
    except ImportError as error:
        raise ResultError(
            where="print",
            what="printed maps and charts need matplotlib, which is not installed.",
            fix="pip install lifecircle[print]",
        ) from error


@cache
def chinese_family() -> str:
    """The family that Chinese is set in.

    Returns
    -------
    str
        The first of ``CHINESE`` that the system has.

    Raises
    ------
    ResultError
        If the system has none of them.

    Examples
    --------
    >>> chinese_family() in CHINESE
    True
    """
    from matplotlib.font_manager import fontManager

    known = {entry.name for entry in fontManager.ttflist}
    for family in CHINESE:
        if family in known:
            return family
    raise ResultError(
        where="print",
        what="no font with Chinese characters is installed.",
        fix="Install one: Debian and Ubuntu `fonts-noto-cjk`, Kylin and UOS "
        "`fonts-wqy-microhei`; Windows and macOS have one of their own.",
    )


@cache
def font(size_mm: float, *, weight: str = "normal") -> FontProperties:
    """A font by its size on paper.

    Parameters
    ----------
    size_mm : float
        Height of a Chinese character, millimetres.
    weight : {"normal", "bold"}
        Weight.

    Returns
    -------
    FontProperties
        For matplotlib's text.

    Raises
    ------
    ResultError
        If the system has no Chinese font.

    Examples
    --------
    >>> font(2.54).get_size_in_points()
    7.2
    """
    from matplotlib.font_manager import FontProperties

    size = round(size_mm * 72 / 25.4, 6)
    return FontProperties(family=[chinese_family()], size=size, weight=weight)


def width_em(text: str) -> float:
    """Width of a text in heights of a Chinese character, for laying out.

    Examples
    --------
    >>> width_em("社区"), width_em("12")
    (2.0, 1.12)
    """
    return sum(
        1.0 if ord(sign) > 0x2E7F or sign in "·≈—…−" else _narrow(sign) for sign in text
    )


def _narrow(sign: str) -> float:
    if sign in "ilj.,:;|'!() ":
        return 0.3
    return 0.68 if sign.isupper() or sign in "mw%" else 0.56
