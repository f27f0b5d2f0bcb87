"""What a community's card shows besides its findings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lifecircle.publish.encode import numbers, positions, texts

if TYPE_CHECKING:
    from lifecircle.model import Assessment

__all__ = ["board_columns", "served_bands"]

_COUNTS = (
    "must_met",
    "must_assessed",
    "should_met",
    "should_assessed",
    "not_assessed",
    "benchmarks",
    "references",
    "drafts",
)


def board_columns(study: Assessment) -> dict[str, list[Any]]:
    """The dashboard: requirements of a community by kind, met, assessed and not.

    Parameters
    ----------
    study : Assessment
        A finished study.

    Returns
    -------
    dict
        ``community`` (its place in the map's layer), ``family``, and the counts of
        ``columns.DASHBOARD``.

    Examples
    --------
    >>> board_columns(study)["must_met"]  # doctest: +SKIP
    [2, 1]
    """
    rows = study.dashboard
    units = study.district.communities["community_id"]
    return {
        "community": positions(rows["unit_id"], units),
        "family": texts(rows["family"]),
        **{name: numbers(rows[name]) for name in _COUNTS},
    }


def served_bands(study: Assessment) -> dict[str, list[list[Any]]]:
    """People by minutes, for the classes and walkers that a walking rule asks for.

    Parameters
    ----------
    study : Assessment
        A finished study, disclosed.

    Returns
    -------
    dict
        ``"level|unit|class|walker|weight"`` to rows of from, to, amount, estimated;
        to = None is beyond the last band, from = None counts those with no walk.

    Examples
    --------
    >>> served_bands(study)  # doctest: +SKIP
    """
    asked = sorted(
        {
            (name, rule.walker)
            for book in study.findings.books
            for rule in book.rules
            if rule.kind.startswith("walk")
            for name in rule.classes
        }
    )
    keys = ["level", "unit_id", "facility_class", "walker", "weight"]
    served = study.served[study.served["level"].isin(["district", "community"])]
    wanted = served.set_index(["facility_class", "walker"]).index.isin(asked)
    values = ["minutes_from", "minutes_to", "amount", "estimated_amount"]
    part = served[wanted].sort_values(keys, kind="stable")
    bands: dict[str, list[list[Any]]] = {}
    named = zip(*(part[name].astype(str) for name in keys), strict=True)
    told = zip(*(numbers(part[name]) for name in values), strict=True)
    for key, row in zip(named, told, strict=True):
        bands.setdefault("|".join(key), []).append(list(row))
    return bands
