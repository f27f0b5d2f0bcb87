"""What a rule book says, typed: rules, reference values, the book itself.

Part of ``lifecircle.model``; import them from there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

__all__ = ["TIERS", "Reference", "Rule", "RuleBook"]

TIERS = ("15min", "10min", "5min", "block")
"""Tiers of a standard's life circles; none stands in for another (GB 50180-2018)."""


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """One number of a rule book, with its clause.

    Attributes
    ----------
    force : {"must", "should", "may", "benchmark"}
    op : {">=", "<=", "=", "in", "~", "superset", "count>=", "enum", "-"}
        ``superset``: every one of ``functions`` is there. ``-``: the source names
        no number.
    value_min, value_max : float or None
        ``>= 30`` and ``count>= 30`` are (30, None); ``<= 15`` is (None, 15); ``in``
        has both; ``=``, ``~`` and ``superset`` have both equal; both are None where
        the source names no number.
    tolerance : float or None
        The second verdict's share, ours, where the source says 左右.
    share : float or None
        Share of people or units to be served, where the source names one.
    authority : {"law", "standard", "plan", "press", "secondary", "memory"}
    profile : {"planning", "full"}
        ``planning``: the tables of geometry, households, rooms and facilities can
        feed it; ``full``: it needs the registers of ``inputs``.
    grade : {"A", "B", "C", "D"}
        Of proof; D (from memory) makes the rule a ``draft``, never verified.
    found_in : str
        Where a second-hand value was found.
    jurisdiction : str
        Whom the rule binds if not all whom its book binds: ``CN-AH``.
    affiliation : str
        ``any``, or one or more of city and county joined by ``+``.
    build : {"any", "new", "existing", "old_city"}
        Which building stock the rule binds.
    circle : str
        The tier of a standard's circle: 15min, 10min, 5min, block; else empty.
    pool : bool
        True: areas and counts are added over ``classes``; False: each class is
        tested alone.
    inputs : tuple of str
        Facts of ``standards/facts.toml``; the first is the one measured.
    denominator : str
        What it is divided by or counted over: a fact, ``persons``,
        ``households``, or a level.
    per : float or None
        Persons per window; or the minutes of the walk that a share of people means.
    rounding : {"none", "ceil", "floor", "hundredth"}
        Of what is measured or due, before the two are compared.
    functions : tuple of str
        The set required, in the words of the source.
    functions_min : int or None
        How many of ``functions`` are enough; None = all of them.
    tiers : tuple of str
        Levels, statuses or tiers that must be there.
    of_rules : tuple of str
        Ids of the unit rules beneath a coverage share.
    """

    rule_id: str
    book_id: str
    title_zh: str
    title_en: str
    force: str
    kind: str
    op: str
    value_min: float | None
    value_max: float | None
    unit: str
    tolerance: float | None
    share: float | None
    clause: str
    quote: str
    quote_exact: bool
    authority: str
    level: str
    settlement: str
    population: str
    classes: tuple[str, ...]
    statuses: tuple[str, ...]
    area_basis: str
    walker: str
    target_date: date | None
    note_zh: str = ""
    note_en: str = ""
    profile: str = "planning"
    grade: str = ""
    draft: bool = False
    found_in: str = ""
    jurisdiction: str = ""
    affiliation: str = "any"
    build: str = "any"
    circle: str = ""
    pool: bool = True
    inputs: tuple[str, ...] = ()
    denominator: str = ""
    per: float | None = None
    rounding: str = "none"
    functions: tuple[str, ...] = ()
    functions_min: int | None = None
    tiers: tuple[str, ...] = ()
    of_rules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Reference:
    """A figure that a source reports: a golden number, never a verdict.

    Attributes
    ----------
    value : str
        As the source's row puts it: ``"221 -> 152"``.
    numbers : tuple of float
        The figures in it, in ``unit``.
    scope : str
        What the figure is of.
    """

    reference_id: str
    book_id: str
    kind: str
    quote: str
    value: str
    numbers: tuple[float, ...]
    unit: str
    scope: str
    note: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class RuleBook:
    """A rule book: where it comes from, whom it binds, its rules.

    Attributes
    ----------
    status : {"in_force", "draft", "expired-target", "superseded"}
    references : tuple of Reference
        What the source reports beside its rules.
    inherits : str
        The book whose rules this one takes over where it has none of the same id;
        empty = none.
    """

    book_id: str
    title_zh: str
    title_en: str
    issuer: str
    published: date | None
    jurisdiction: str
    source: str
    sha256: str
    rules: tuple[Rule, ...]
    status: str = "in_force"
    references: tuple[Reference, ...] = ()
    inherits: str = ""
