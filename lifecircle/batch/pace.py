"""Time left, from what districts took and how much there is to read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lifecircle.batch.plan import Planned

__all__ = ["Pace", "longest_first"]


@dataclass(slots=True, eq=False)
class Pace:
    """How fast a batch goes.

    Attributes
    ----------
    left : list of Planned
        Not yet ended.
    workers : int
        That work side by side.
    """

    left: list[Planned]
    workers: int
    _bytes: float = 0.0
    _seconds: float = field(default=0.0)

    def ended(self, one: Planned, seconds: float) -> None:
        """Take note that a district has ended."""
        self.left.remove(one)
        self._bytes += one.made_of.bytes
        self._seconds += seconds

    def seconds_left(self) -> float | None:
        """Wall seconds until all have ended; None as long as nothing is known.

        A district that was run before is taken to need what it needed then, any
        other by the bytes of its inputs, at the rate of those that have ended.
        """
        known = [one for one in self.left if one.seconds is not None]
        rated = self._seconds / self._bytes if self._bytes else None
        if rated is None:
            size = sum(one.made_of.bytes for one in known)
            rated = sum(one.seconds or 0.0 for one in known) / size if size else None
        if rated is None:
            return None
        need = sum(
            rated * one.made_of.bytes if one.seconds is None else one.seconds
            for one in self.left
        )
        return need / max(1, min(self.workers, len(self.left)))


def longest_first(planned: Sequence[Planned]) -> list[Planned]:
    """Order districts so that the last ones to end are short.

    Parameters
    ----------
    planned : sequence of Planned
        To be run.

    Returns
    -------
    list of Planned
        By the size of their inputs, the largest first; equal ones as they were.
    """
    return sorted(planned, key=lambda one: -one.made_of.bytes)
