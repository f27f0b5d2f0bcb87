"""Why a community cannot be divided, in a form that others can verify."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Certificate"]


@dataclass(frozen=True, slots=True)
class Certificate:
    """A proof that no division is within the band.

    Attributes
    ----------
    kind : {"arithmetic", "oversize", "pocket", "compounds_intact", "enumerated"}
        ``arithmetic``: no k with k·low <= households <= k·high. ``oversize``: an
        atom over ``high``. ``pocket``: atoms cut off from the rest that cannot be
        divided by themselves. ``compounds_intact``: infeasible with compounds whole
        though buildings may be feasible. ``enumerated``: every connected set was
        tried.
    atoms : tuple of int
        The atoms that it is about, ascending.
    households : int
        Of these atoms together.
    """

    kind: str
    atoms: tuple[int, ...]
    households: int
