"""Columns of the frames that plans hand on; import them from ``lifecircle.columns``."""

__all__ = [
    "PLAN_AREAS",
    "PLAN_CHANGES",
    "PLAN_COMMUNITIES",
    "PLAN_GRIDS",
    "PLAN_ISLANDS",
    "PLAN_MEMBERS",
    "PLAN_TODAY",
    "PLAN_UNITS",
    "PLAN_UNIT_CHANGES",
]

PLAN_GRIDS = (
    "grid_id",
    "community_id",
    "grid_kind",
    "households",
    "estimated_share",
    "in_range",
    "in_tolerance",
    "outside_households",
    "buildings",
    "compounds",
    "compounds_split",
    "barrier_crossings",
    "area_m2",
    "compactness",
    "longest_straight_m",
    "longest_walk_m",
    "suggested_staff",
    "inherits_grid_id",
    "exception_reason",
    "geometry",
)
"""One row per proposed grid. ``estimated_share``: of its households, those that are
not declared; so too of communities, planned and proposed. ``in_range``: None for
dedicated grids, which have no band. ``in_tolerance``: within 5 % of the band, our
reading of 左右. ``outside_households``: how far above (+) or below (-) the band.
``barrier_crossings``: main roads and rivers that part it, as pieces beyond the first.
``compactness``: 4 pi area / outline², 1 = a circle. ``longest_straight_m``: between
its two farthest buildings, as the crow flies; ``longest_walk_m``: on foot, NaN where
nobody can walk between two of them or no network was given. ``suggested_staff``:
1 + 2 + N. ``exception_reason``: oversize_building, locked, dedicated,
least_violation."""

PLAN_TODAY = (
    "grid_id",
    "community_id",
    "households",
    "in_range",
    "outside_households",
    "becomes",
)
"""Today's grids of the planned communities. ``becomes``: kept (a proposed grid takes
over its number) or given_up."""

PLAN_CHANGES = (
    "building_id",
    "building_name",
    "compound_id",
    "community_id",
    "households",
    "old_grid_id",
    "grid_id",
    "change",
    "reason",
    "old_grid_households",
    "grid_households",
)
"""One row per building that changes grid. ``change``: move, split, merge, new.
``reason``: a sentence key."""

PLAN_COMMUNITIES = (
    "community_id",
    "community_name",
    "households",
    "estimated_share",
    "buildings",
    "grids_today",
    "in_range_today",
    "k_min",
    "k",
    "k_max",
    "in_range",
    "status",
    "solved_at",
    "gap",
    "certificate",
    "certificate_households",
    "certificate_buildings",
    "changed_households",
    "changed_share",
    "compounds_split",
    "border_cost",
    "islands",
    "reason",
)
"""One row per community. ``k``: proposed grids with a band; ``k_min`` and ``k_max``
from the arithmetic of the band. ``status``: optimal, feasible, infeasible,
not_planned (``reason``: a sentence key). ``solved_at``: compound, building, exact;
what was not split. ``gap``: (cost - bound) / cost, NaN = no
bound. ``certificate``: why nothing within the band exists; ``certificate_buildings``:
those that it is about, joined by commas, None = all."""

PLAN_ISLANDS = ("community_id", "island", "households", "buildings", "compound_ids")
"""Numbered by households, most first; island 1 is the main part."""

PLAN_UNITS = (
    "unit_id",
    "unit_name",
    "subdistrict_ids",
    "households",
    "estimated_share",
    "in_range",
    "outside_households",
    "persons",
    "communities",
    "community_ids",
    "area_m2",
    "compactness",
    "exception_reason",
    "geometry",
)
"""One row per proposed community. ``unit_id``: of the old one of which it keeps most.
``persons``: NaN if they are not known throughout. ``community_ids``: the old ones, all
or part of them. ``exception_reason``: oversize_community, least_violation."""

PLAN_MEMBERS = ("piece_id", "community_id", "households", "unit_id")
"""What is never split (a community or a grid), and the community that it goes to."""

PLAN_UNIT_CHANGES = (
    "community_id",
    "community_name",
    "households",
    "unit_id",
    "unit_name",
    "change",
    "piece_ids",
    "reason",
    "community_households",
    "unit_households",
)
"""One row per community, or part of it, that goes to another. ``change``: merge, split,
move. ``piece_ids``: its grids that go, joined by commas; None = all of it. ``reason``:
a sentence key."""

PLAN_AREAS = (
    "area_id",
    "households",
    "communities",
    "in_range_today",
    "k_min",
    "k",
    "k_max",
    "in_range",
    "status",
    "gap",
    "certificate",
    "changed_households",
    "changed_share",
    "border_cost",
    "reason",
)
"""One row per area planned by itself: a subdistrict, or all ("") if a plan may cross
them; and per community left out (``status`` not_planned; ``reason``: a sentence key).
``communities``: today's. ``k``: proposed ones."""
