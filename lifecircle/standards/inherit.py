"""A book of one's own that takes over another's rules and changes single ones.

A rule with the id of a parent's rule replaces it key by key: what it does not say
is the parent's. A new number needs a new source: the parent's quote does not say it.

Examples
--------
>>> parent = {"rule": [{"id": "A", "force": "must"}, {"id": "B"}]}
>>> own = {"rule": [{"id": "A", "force": "should"}, {"id": "C"}]}
>>> inherit(own, parent)["rule"]
[{'id': 'A', 'force': 'should'}, {'id': 'B'}, {'id': 'C'}]
"""

from __future__ import annotations

from typing import Any

__all__ = ["inherit", "override_problems"]


def inherit(own: dict[str, Any], parent: dict[str, Any]) -> dict[str, Any]:
    """The document of a book with its parent's rules and references.

    Parameters
    ----------
    own : dict
        The book that inherits.
    parent : dict
        The book it names, with what that one inherits.

    Returns
    -------
    dict
        ``own`` with the parent's entries in the parent's order, the changed ones in
        their place, then the new ones.

    Examples
    --------
    >>> inherit({"book": {"id": "x"}}, {"rule": [{"id": "A"}]})
    {'book': {'id': 'x'}, 'rule': [{'id': 'A'}], 'reference': []}
    """
    return {
        **own,
        **{part: _merge(own, parent, part) for part in ("rule", "reference")},
    }


def _merge(own: dict[str, Any], parent: dict[str, Any], part: str) -> list[Any]:
    mine, theirs = _entries(own, part), _entries(parent, part)
    changes = {entry["id"]: entry for entry in mine if _has_id(entry)}
    taken = [{**entry, **changes.get(entry["id"], {})} for entry in theirs]
    known = {entry["id"] for entry in theirs}
    seen: set[str] = set()
    extra = []
    for entry in mine:
        first = _has_id(entry) and entry["id"] in known and entry["id"] not in seen
        if not first:  # a second entry of one id stays, to be named as a problem
            extra.append(entry)
        if _has_id(entry):
            seen.add(entry["id"])
    return [*taken, *extra]


def _entries(document: dict[str, Any], part: str) -> list[Any]:
    entries = document.get(part, [])
    return entries if isinstance(entries, list) else [entries]


def _has_id(entry: object) -> bool:
    return isinstance(entry, dict) and isinstance(entry.get("id"), str)


def override_problems(own: dict[str, Any], parent: dict[str, Any]) -> list[str]:
    """Changed numbers that keep the parent's quote.

    Parameters
    ----------
    own, parent : dict
        As in ``inherit``.

    Returns
    -------
    list of str
        One line a rule, beginning with its id.

    Examples
    --------
    >>> override_problems({"rule": [{"id": "A", "test": {}}]}, {"rule": [{"id": "A"}]})
    ["A: test is changed but source is the parent's; give [rule.source] of its own."]
    """
    known = {entry["id"] for entry in _entries(parent, "rule") if _has_id(entry)}
    return [
        f"{entry['id']}: test is changed but source is the parent's; "
        "give [rule.source] of its own."
        for entry in _entries(own, "rule")
        if _has_id(entry)
        and entry["id"] in known
        and "test" in entry
        and "source" not in entry
    ]
