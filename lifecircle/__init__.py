"""lifecircle: measure, judge and improve the 15-minute community life circle."""

from importlib import import_module
from typing import TYPE_CHECKING

__version__ = "0.1.0"

_HOMES = {
    "assess": "lifecircle.jobs",
    "build_network": "lifecircle.network.graph",
    "check": "lifecircle.checks.evaluate",
    "check_district": "lifecircle.tables.district",
    "dashboard": "lifecircle.checks.dashboard",
    "disjoint_rings": "lifecircle.access.isochrones",
    "find_gaps": "lifecircle.checks.gaps",
    "gates_at": "lifecircle.network.gate_hours",
    "isochrones": "lifecircle.access.isochrones",
    "isochrones_each": "lifecircle.access.isochrones",
    "merge_communities": "lifecircle.plans.communities",
    "nearest_facilities": "lifecircle.access.nearest",
    "reachable_streets": "lifecircle.access.isochrones",
    "read_district": "lifecircle.tables.district",
    "read_rule_book": "lifecircle.standards.rulebook",
    "read_study": "lifecircle.publish.results",
    "regrid": "lifecircle.plans.regrid",
    "roll_up": "lifecircle.checks.rollup",
    "roll_up_area": "lifecircle.checks.missing_area",
    "roll_up_reach": "lifecircle.checks.reached",
    "walk_access": "lifecircle.access.minutes",
    "walk_pairs": "lifecircle.access.pairs",
    "which_gates_to_open": "lifecircle.access.gate_choice",
    "with_gates": "lifecircle.network.gate_changes",
    "write_map": "lifecircle.publish.web_map",
    "write_study": "lifecircle.publish.outputs",
}
"""Public name -> module; resolved on first use, so that importing stays cheap."""

__all__ = [
    "__version__",
    "assess",
    "build_network",
    "check",
    "check_district",
    "dashboard",
    "disjoint_rings",
    "find_gaps",
    "gates_at",
    "isochrones",
    "isochrones_each",
    "merge_communities",
    "nearest_facilities",
    "reachable_streets",
    "read_district",
    "read_rule_book",
    "read_study",
    "regrid",
    "roll_up",
    "roll_up_area",
    "roll_up_reach",
    "walk_access",
    "walk_pairs",
    "which_gates_to_open",
    "with_gates",
    "write_map",
    "write_study",
]

if TYPE_CHECKING:
    from lifecircle.access.gate_choice import which_gates_to_open
    from lifecircle.access.isochrones import (
        disjoint_rings,
        isochrones,
        isochrones_each,
        reachable_streets,
    )
    from lifecircle.access.minutes import walk_access
    from lifecircle.access.nearest import nearest_facilities
    from lifecircle.access.pairs import walk_pairs
    from lifecircle.checks.dashboard import dashboard
    from lifecircle.checks.evaluate import check
    from lifecircle.checks.gaps import find_gaps
    from lifecircle.checks.missing_area import roll_up_area
    from lifecircle.checks.reached import roll_up_reach
    from lifecircle.checks.rollup import roll_up
    from lifecircle.jobs import assess
    from lifecircle.network.gate_changes import with_gates
    from lifecircle.network.gate_hours import gates_at
    from lifecircle.network.graph import build_network
    from lifecircle.plans.communities import merge_communities
    from lifecircle.plans.regrid import regrid
    from lifecircle.publish.outputs import write_study
    from lifecircle.publish.results import read_study
    from lifecircle.publish.web_map import write_map
    from lifecircle.standards.rulebook import read_rule_book
    from lifecircle.tables.district import check_district, read_district


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        message = f"module 'lifecircle' has no attribute {name!r}"
        raise AttributeError(message)
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
