"""What the measures read: the district, its units, and what is worked out once."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lifecircle.checks.units import community_units, grid_claims, grid_units
from lifecircle.checks.walking import WalkTable, walk_table

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from pandas import DataFrame

    from lifecircle.model import District, RuleBook

__all__ = ["Inputs", "cached", "prepare", "sealed_walks_of", "walks_of"]


@dataclass(frozen=True, slots=True, eq=False)
class Inputs:
    """What the measures read.

    Attributes
    ----------
    access : DataFrame
        ``columns.ACCESS``.
    communities, grids : DataFrame
        One row per unit: ``level``, ``unit_id``, ``unit_name``,
        ``subdistrict_id``, ``settlement``, ``unit_kind`` (a grid's is its
        ``grid_kind``), ``households`` (NaN = unknown), ``buildings`` (count),
        ``basis``, ``estimated_share``.
    claims : DataFrame
        One row per building and grid that claims it: ``building_id``,
        ``grid_id``, ``declared`` (bool), ``inside`` (bool).
    books : tuple of RuleBook
        For rules about rules: shares of units that pass, approval gates.
    sealed : DataFrame or None
        ``columns.ACCESS`` with the walls of compounds whose gates are not known
        applied; None = not computed.
    cache : dict
        Figures that several rules share; see ``cached``.
    """

    district: District
    access: DataFrame
    communities: DataFrame
    grids: DataFrame
    claims: DataFrame
    books: tuple[RuleBook, ...] = ()
    sealed: DataFrame | None = None
    cache: dict[Hashable, Any] = field(default_factory=dict)


def prepare(
    district: District,
    access: DataFrame,
    *,
    books: tuple[RuleBook, ...] = (),
    sealed: DataFrame | None = None,
) -> Inputs:
    """Count the households of every unit once, for all rules.

    Parameters
    ----------
    district : District
        The checked tables.
    access : DataFrame
        ``columns.ACCESS``.
    books : tuple of RuleBook
        The books held against the district.
    sealed : DataFrame, optional
        ``columns.ACCESS`` of the other reading of unknown gates.

    Returns
    -------
    Inputs
        Units sorted by id.

    Examples
    --------
    >>> prepare(toy.district, None).communities["households"].tolist()
    [480.0, 120.0]
    """
    communities = community_units(district)
    claims = grid_claims(district)
    return Inputs(
        district=district,
        access=access,
        communities=communities,
        grids=grid_units(district, claims),
        claims=claims,
        books=books,
        sealed=sealed,
    )


def cached(inputs: Inputs, key: Hashable, make: Callable[[], Any]) -> Any:
    """A figure that several rules share, worked out at its first use.

    Parameters
    ----------
    inputs : Inputs
        Holds the cache.
    key : Hashable
        Name of the figure.
    make : callable
        Works it out.

    Returns
    -------
    Any
        What ``make`` returned the first time.

    Examples
    --------
    >>> inputs = prepare(toy.district, None)
    >>> cached(inputs, "answer", lambda: 42), cached(inputs, "answer", lambda: 0)
    (42, 42)
    """
    if key not in inputs.cache:
        inputs.cache[key] = make()
    return inputs.cache[key]


def walks_of(inputs: Inputs) -> WalkTable:
    """The access frame as a table of buildings by class, walker and status set.

    Parameters
    ----------
    inputs : Inputs
        From ``prepare``.

    Returns
    -------
    WalkTable
        Made once.

    Examples
    --------
    >>> sorted(walks_of(prepare(toy.district, toy.access)).rows)[0]
    ('ELD.CANTEEN', 'adult', 'built')
    """
    ids = inputs.district.buildings["building_id"]
    table: WalkTable = cached(inputs, "walks", lambda: walk_table(inputs.access, ids))
    return table


def sealed_walks_of(inputs: Inputs) -> WalkTable | None:
    """The walks if the walls of compounds whose gates are not known stand.

    Parameters
    ----------
    inputs : Inputs
        From ``prepare``.

    Returns
    -------
    WalkTable or None
        Made once; None where this reading was not computed.

    Examples
    --------
    >>> sealed_walks_of(prepare(toy.district, toy.access)) is None
    True
    """
    if inputs.sealed is None:
        return None
    ids, sealed = inputs.district.buildings["building_id"], inputs.sealed
    table: WalkTable = cached(inputs, "sealed walks", lambda: walk_table(sealed, ids))
    return table
