"""Signs of facilities and verdicts: told by shape first, by colour second."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lifecircle.publish.prints import tokens
from lifecircle.publish.prints.fonts import font
from lifecircle.publish.prints.paper import points

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.path import Path

__all__ = ["facility_mark", "verdict_mark"]


def facility_mark(
    axes: Axes,
    at: tuple[float, float],
    mark: str,
    status: str,
    *,
    side: float,
    size_mm: float,
) -> None:
    """A square with one character: ink in use, half while built, dashed if planned.

    Parameters
    ----------
    axes : Axes
        Map or page.
    at : tuple of float
        Middle of the square, in units of the axes.
    mark : str
        One character.
    status : str
        ``built``, ``under_construction`` or ``planned``.
    side, size_mm : float
        Its side in units of the axes, and on paper.
    """
    x, y = at
    from matplotlib.patches import Rectangle

    built = status == "built"
    left, bottom = x - side / 2, y - side / 2
    rim = side * 0.09
    square = Rectangle(
        (left - rim, bottom - rim), side + 2 * rim, side + 2 * rim, fc="white", lw=0
    )
    square.set_zorder(6.0)
    axes.add_patch(square)
    body = Rectangle(
        (left, bottom),
        side,
        side,
        fc=tokens.INK if built else "white",
        ec=tokens.INK,
        lw=points(0.3) if not built else 0,
        ls=(0, (2.6, 1.6)) if status == "planned" else "-",
    )
    body.set_zorder(6.1)
    axes.add_patch(body)
    if status == "under_construction":
        half = Rectangle((left, bottom), side, side * 0.22, fc=tokens.INK, lw=0)
        half.set_zorder(6.15)
        axes.add_patch(half)
    axes.text(
        x,
        y,
        mark,
        fontproperties=font(size_mm * 0.72, weight="bold"),
        color="white" if built else tokens.INK,
        ha="center",
        va="center_baseline",
        zorder=6.2,
    )


def verdict_mark(
    axes: Axes,
    at: tuple[float, float],
    verdict: str,
    *,
    size_mm: float,
    order: float = 7.0,
) -> None:
    """The verdict's shape: told by form first, by colour second.

    Parameters
    ----------
    axes : Axes
        Map or page.
    at : tuple of float
        Middle, in units of the axes.
    verdict : str
        ``pass``, ``fail``, ``not_assessed``, ``benchmark`` or ``reference``.
    size_mm : float
        Width on paper.
    order : float
        Higher is drawn later.
    """
    colour = tokens.VERDICTS.get(verdict, tokens.INK)
    shapes = {"fail": "^", "pass": "o", "benchmark": "D", "reference": "s"}
    solid = verdict in ("fail", "pass")
    shape: Any = shapes.get(verdict) or _dashed_ring()
    (line,) = axes.plot(
        [at[0]],
        [at[1]],
        marker=shape,
        ms=points(size_mm * (0.72 if verdict == "benchmark" else 0.9)),
        mfc=colour if solid else "none",
        mec=colour,
        mew=0 if solid else points(0.28),
        ls="none",
        clip_on=False,
    )
    line.set_zorder(order)


def _dashed_ring() -> Path:
    """A ring of eight dashes: not assessed."""
    from matplotlib.path import Path

    arcs = [Path.arc(start, start + 27) for start in range(0, 360, 45)]
    return Path.make_compound_path(*arcs)
