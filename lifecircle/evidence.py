"""Columns of what reading leaves behind for a person: points to review, and mergers.

Labels are in ``columns.toml`` like all others.
"""

__all__ = [
    "DECISION",
    "FILLED",
    "FITS",
    "MERGED",
    "NO_FACILITY",
    "REJECTED",
    "REVIEW",
    "REVIEW_SHEET",
    "TOPOLOGY",
]

DECISION = "decision"
"""Column of the review list that a person fills in."""

NO_FACILITY = "NONE"
"""The decision that a point is no facility of ours."""

REVIEW_SHEET = "待核 review"
"""Sheet of the review list, the same in both languages: it is read back."""

REJECTED = ("file", "layer", "row", "reason", "cells")
"""Rows left out: ``reason`` is a sentence key, ``cells`` what the file says there."""

TOPOLOGY = ("kind", "table", "parent", "ids", "area_m2")
"""Faults of polygons: ``kind`` is invalid, overlap, gap, multipart, sliver, across (a
child in two parents), elsewhere (a child not in its declared parent), outside (ground
of a child in no parent's outline), unmatched (a subdistrict that is named and not
drawn, or drawn and not named) or repaired (ground that a unit gave up or took in a
repair); ``parent`` the table of the parent, or "subdistrict" or "district"; ``ids`` of
the rows concerned, joined by " · "; ``area_m2`` of what is wrong."""

FITS = (
    *("table", "file", "layer", "declared", "road_m", "inside_share"),
    *("other", "other_road_m", "other_inside_share"),
)
"""How every layer fits the roads: the median distance to the nearest, metres, and the
share inside the communities, as declared and under the best other reading."""

FILLED = ("table", "file", "layer", "column", "field", "rows", "filled", "columns")
"""Columns as the files have them: ``column`` is the file's name, ``field`` ours (empty
where it is read as none), ``filled`` counts cells that hold data. ``columns`` is 1; a
source with very many ends with a line of those that were not counted, how many they
are, without name, ``filled`` NaN."""

REVIEW = (
    "file",
    "row",
    "facility_id",
    "name",
    "source_label",
    "candidate_class",
    "confidence",
    "why",
    DECISION,
)
"""Points whose class is not sure, one a row; a decision made is kept in it."""

MERGED = (
    "file",
    "row",
    "facility_id",
    "name",
    "kept_file",
    "kept_row",
    "kept_id",
    "kept_name",
    "facility_class",
    "distance_m",
    "same",
    "filled",
)
"""Facilities that two sources tell of: the row merged away, and the one that is kept.
``same`` (name, stem) is what agrees, ``filled`` what the kept row took over."""
