"""Which gates to open so that most people are newly reached: exact for small k.

*Bound.* A home is newly reached only by a walk through at least one chosen gate, and
every gate on such a walk lies on a walk within the limit when all are open. So a
choice gains at most the weight of the homes that one of its gates could serve. That
weight is a coverage function: ``r`` more gates add at most the ``r`` largest single
additions. Choices whose bound does not reach the best choice found are ruled out; the
others are walked one by one, gates in a row and all.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import comb
from typing import TYPE_CHECKING

import numpy as np

from lifecircle.access.gate_model import gate_model
from lifecircle.access.gate_sites import gate_sites
from lifecircle.errors import ConfigError

if TYPE_CHECKING:
    import numpy.typing as npt
    from geopandas import GeoDataFrame

    from lifecircle.access.gate_model import GateModel, Weight
    from lifecircle.model import District

__all__ = ["GateChoice", "GateSearch", "best_gates", "which_gates_to_open"]

_EVEN = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class GateChoice:
    """The best gates to open, and the proof that there are none better.

    Attributes
    ----------
    gate_ids : tuple of str
        Sorted; fewer than allowed if more would reach nobody else.
    gained : float
        Households (or whom was asked for) newly within the limit.
    reached_before : float
        Within the limit while every candidate is shut.
    bound : float
        No choice can gain more: known before any choice was walked.
    choices, walked : int
        Choices that there are, and those that had to be walked.
    building_ids : tuple of str
        Buildings newly within the limit.
    """

    gate_ids: tuple[str, ...]
    gained: float
    reached_before: float
    bound: float
    choices: int
    walked: int
    building_ids: tuple[str, ...]


def which_gates_to_open(
    district: District,
    candidates: GeoDataFrame | None = None,
    *,
    facility_class: str,
    limit_min: float,
    k: int,
    walker: str = "elderly",
    weight: Weight = "households",
) -> GateChoice:
    """At most k gates that bring most people within a walk of a facility class.

    Exact: every choice is walked or ruled out by a bound. Among equal choices the
    one with fewer gates, then with the lower ids.

    Parameters
    ----------
    district : District
        As it is. A gated compound of a candidate counts as walled: it is sealed as
        long as none of its gates is open.
    candidates : GeoDataFrame, optional
        Points: ``gate_id`` of a gate of the district (open or not: every candidate
        counts as shut) or of a new one; ``compound_id`` of a new one (None or
        absent: the nearest wall). Without them those of ``gate_sites``.
    facility_class : str
        Code; its built facilities count.
    limit_min : float
        Minutes of the fastest walk, inclusive.
    k : int
        Gates to open at most; small, for the number of choices grows with its power.
    walker : str
        Name of a walker profile of the district.
    weight : {"households", "elderly", "persons"}
        Who is counted.

    Returns
    -------
    GateChoice
        Gates, gain, bound and the number of choices walked.

    Raises
    ------
    ConfigError
        If k is below 1, a gate is named twice, or the district has no such walker,
        class or weight.
    NetworkError
        If no road can be walked, or a new gate is near no compound.
    TableError
        If the weight of a building is not known.

    Examples
    --------
    >>> choice = which_gates_to_open(
    ...     toy.district, toy.district.gates, facility_class="ELD.CANTEEN",
    ...     limit_min=15, k=1,
    ... )
    >>> choice.gate_ids, choice.gained, choice.building_ids
    (('M1',), 300.0, ('B3', 'B4'))

    From B3 it is 10 minutes by that gate; a new one in the south wall brings it
    within three.

    >>> from lifecircle.access.gate_sites import gate_sites
    >>> south = which_gates_to_open(
    ...     toy.district, gate_sites(toy.district, spacing_m=20),
    ...     facility_class="ELD.CANTEEN", limit_min=3, k=1,
    ... )
    >>> south.gained, south.bound, south.building_ids
    (300.0, 300.0, ('B3', 'B4'))
    """
    _check_call(district, facility_class, walker=walker, weight=weight)
    if candidates is None:
        candidates = gate_sites(district)
    ordered = candidates.sort_values("gate_id", ignore_index=True)
    ids = [str(key) for key in ordered["gate_id"]]
    if k < 1 or len(set(ids)) < len(ids):
        raise ConfigError(
            where="gates to open",
            what=f"k is {k}, candidates are {', '.join(ids) or 'none'}.",
            fix="Take k of 1 or more, and name each candidate once.",
        )
    model = gate_model(
        district,
        ordered,
        facility_class=facility_class,
        limit_min=limit_min,
        walker=walker,
        weight=weight,
    )
    search = best_gates(model, k)
    newly = model.reached(search.best) & ~search.before
    return GateChoice(
        gate_ids=tuple(ids[gate] for gate in search.best),
        gained=float(model.weights[newly].sum()),
        reached_before=float(model.weights[search.before].sum()),
        bound=search.bound,
        choices=sum(comb(len(ids), size) for size in range(1, k + 1)),
        walked=search.walked,
        building_ids=tuple(sorted(district.buildings.loc[newly, "building_id"])),
    )


def _check_call(
    district: District, facility_class: str, *, walker: str, weight: str
) -> None:
    offered = district.facility_classes["facility_class"]
    for name, value, known in (
        ("facility class", facility_class, sorted(set(offered))),
        ("walker", walker, sorted(district.config.walkers)),
        ("weight", weight, ["elderly", "households", "persons"]),
    ):
        if value not in known:
            raise ConfigError(
                where=f"gates to open, {name}",
                what=f"{value!r} is given; the district has none of it.",
                fix=f"Take one of: {', '.join(known)}.",
            )


def best_gates(model: GateModel, k: int) -> GateSearch:
    """Branch and bound over the choices of at most k candidates.

    Parameters
    ----------
    model : GateModel
        Where candidates open and shut.
    k : int
        Gates at most.

    Returns
    -------
    GateSearch
        ``best`` (sorted numbers of candidates), ``gained``, ``bound``, ``walked``,
        ``before`` (bool array of buildings).

    Examples
    --------
    >>> model = gate_model(
    ...     toy.district, toy.district.gates,
    ...     facility_class="ELD.CANTEEN", limit_min=10, walker="adult",
    ... )
    >>> best_gates(model, 1).best
    (0,)
    """
    search = GateSearch(model, k)
    search.extend((), 0, np.zeros(len(model.weights), dtype=bool))
    return search


class GateSearch:
    """The best choice so far, while choices are extended gate by gate.

    Parameters
    ----------
    model : GateModel
        Where candidates open and shut.
    k : int
        Gates at most.
    """

    def __init__(self, model: GateModel, k: int) -> None:
        self.model, self.k = model, k
        self.before = model.reached(())
        self.serves = model.could_serve() & ~self.before
        alone = self.serves @ model.weights
        # Gates that could serve most come first, so that good choices come early.
        order = np.argsort(-alone, kind="stable")
        self.order: list[int] = order[alone[order] > 0].tolist()
        self.bound = self._most(np.zeros(len(self.before), dtype=bool), 0, k)
        self.best: tuple[int, ...] = ()
        self.gained = 0.0
        self.walked = 0

    def _most(self, covered: npt.NDArray[np.bool_], after: int, more: int) -> float:
        """What a choice can gain whose gates cover some homes, with more gates."""
        weights = self.model.weights
        rest = self.order[after:]
        added = np.sort((self.serves[rest] & ~covered) @ weights)[::-1]
        total = (covered | self.serves[rest].any(axis=0)) @ weights
        return float(min(covered @ weights + added[:more].sum(), total))

    def extend(
        self, chosen: tuple[int, ...], after: int, covered: npt.NDArray[np.bool_]
    ) -> None:
        """Walk every choice that adds gates to one, unless its bound rules it out.

        Parameters
        ----------
        chosen : tuple of int
            Candidates chosen so far.
        after : int
            Place in the order of candidates from which more are added.
        covered : bool array
            Buildings that the chosen could serve.
        """
        for place in range(after, len(self.order)):
            choice = (*chosen, self.order[place])
            served = covered | self.serves[self.order[place]]
            more = self.k - len(choice)
            most = self._most(served, place + 1, more)
            level = len(choice) <= len(self.best) or not self.best
            if most < self.gained - _EVEN or (most < self.gained + _EVEN and not level):
                continue
            self._walk(tuple(sorted(choice)))
            if more:
                self.extend(choice, place + 1, served)

    def _walk(self, choice: tuple[int, ...]) -> None:
        newly = self.model.reached(choice) & ~self.before
        gained = float(newly @ self.model.weights)
        self.walked += 1
        even = abs(gained - self.gained) <= _EVEN
        simpler = (len(choice), choice) < (len(self.best), self.best)
        if gained > self.gained + _EVEN or (even and simpler and self.best):
            self.best, self.gained = choice, gained
