"""Writing on a sheet in millimetres, line by line, in the language of the reader."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lifecircle.publish.prints import tokens
from lifecircle.publish.prints.fonts import font, width_em
from lifecircle.publish.prints.paper import points

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from lifecircle.text import Language

__all__ = ["Pen", "cut", "wrapped"]

_NO_BREAK = "，。；：、！？）”%"


@dataclass(slots=True)
class Pen:
    """Writes down a column: the page in millimetres, and where the next line goes.

    Attributes
    ----------
    left, right, top : float
        Millimetres from the lower left corner of the sheet; ``top`` moves down.
    size : float
        1 on A3.
    """

    page: Axes
    lang: Language
    left: float
    right: float
    top: float
    size: float

    def text(self, x: float, y: float, text: str, size_mm: float, **look: Any) -> None:
        """Write one line; ``y`` is the middle of its characters."""
        letters = font(size_mm * self.size, weight=look.pop("weight", "normal"))
        written = self.page.text(x, y, text, fontproperties=letters)
        written.set_parse_math(False)
        written.set(**{"color": tokens.INK, "va": "center_baseline", **look})

    def path(
        self,
        ends: Sequence[tuple[float, float]],
        colour: str,
        width_mm: float,
        *,
        dash_mm: Sequence[float] = (),
    ) -> None:
        """A line through places of the sheet."""
        style: Any = "-"
        if dash_mm:
            # Lines scale dashes with their width.
            style = (0, tuple(length / width_mm for length in dash_mm))
        x, y = zip(*ends, strict=True)
        look: dict[str, Any] = {"color": colour, "lw": points(width_mm), "ls": style}
        self.page.plot(x, y, dash_capstyle="butt", **look)

    def box(
        self,
        x: float,
        y: float,
        wide: float,
        high: float,
        *,
        fill: str = "none",
        edge: str = "none",
        edge_mm: float = 0.0,
    ) -> None:
        """A rectangle by its lower left corner."""
        corners = [(x, y), (x + wide, y), (x + wide, y + high), (x, y + high)]
        self.polygon(corners, fill, edge=edge, edge_mm=edge_mm)

    def polygon(
        self,
        corners: Sequence[tuple[float, float]],
        fill: str,
        *,
        edge: str = "none",
        edge_mm: float = 0.0,
    ) -> None:
        """A filled shape."""
        from matplotlib.patches import Polygon

        look: dict[str, Any] = {"fc": fill, "ec": edge, "lw": points(edge_mm)}
        self.page.add_patch(Polygon(list(corners), joinstyle="miter", **look))

    def dot(self, x: float, y: float, text: str, *, across_mm: float) -> None:
        """A number in a disc, as gap areas carry it."""
        look: dict[str, Any] = {"mfc": tokens.GAP, "mec": "none", "marker": "o"}
        self.page.plot([x], [y], ms=points(across_mm * self.size), **look)
        self.text(
            x, y, text, across_mm * 0.66, ha="center", color="white", weight="bold"
        )

    def head(self, text: str, note: str = "") -> None:
        """Head of a section with a note at its right end."""
        self.top -= 5.2 * self.size
        self.text(self.left, self.top, text, 3.4, weight="bold")
        if note:
            self.text(self.right, self.top, note, 2.6, ha="right", color=tokens.SECOND)
        self.top -= 2.9 * self.size
        ends = [(self.left, self.top), (self.right, self.top)]
        self.path(ends, tokens.INK, 0.25)
        self.top -= 1.0 * self.size


def wrapped(text: str, width_ems: float) -> list[str]:
    """A text in lines of at most so many character heights; no line opens with a stop.

    Examples
    --------
    >>> wrapped("已评估十四个社区。", 8.0)
    ['已评估十四个社', '区。']
    """
    lines, line = [], ""
    for word in _words(text):
        if line and width_em(line + word) > width_ems:
            lines.append(line.rstrip())
            line = word.lstrip()
        else:
            line += word
    return [*lines, line] if line else lines


def _words(text: str) -> list[str]:
    """What is not broken: Latin words and figures; a sign with the one before it."""
    words: list[str] = []
    for sign in text:
        glued = words and (
            sign in _NO_BREAK
            or (
                ord(sign) < 0x2E80
                and sign != " "
                and ord(words[-1][-1]) < 0x2E80
                and words[-1][-1] != " "
            )
        )
        if glued:
            words[-1] += sign
        else:
            words.append(sign)
    return words


def cut(text: str, ems: float) -> str:
    """A text shortened to so many character heights.

    Examples
    --------
    >>> cut("社区居家养老服务站", 5.0)
    '社区居家…'
    """
    while width_em(text) > ems and len(text) > 1:
        text = text[:-2] + "…" if text.endswith("…") else text[:-1] + "…"
    return text
