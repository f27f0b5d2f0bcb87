"""Every row that is read is used or left out; nothing goes missing on the way."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
from shapely import LineString

from lifecircle.tables.district import read_district

X, Y = 520_000.0, 3_520_000.0


def counts_of(district):
    return district.row_counts.set_index("table")


def test_a_sound_district_uses_every_row(files):
    counts = counts_of(read_district(files.write()))
    assert (counts["rows_read"] == counts["rows_used"]).all()
    assert (counts["rows_rejected"] == 0).all()
    assert counts.loc["buildings", "rows_read"] == len(files.buildings)
    # Title, sender, heads and a blank line of the sheet are no rows.
    assert counts.loc["rooms", "rows_read"] == len(files.rooms) - 4 == 1
    assert counts.loc["serves", "rows_used"] == len(files.serves)


def test_planted_rejects_are_counted_in_their_source(files):
    # Two buildings lose households, dwellings, area, compound and the community's
    # total: nothing to estimate them from. One street has no length.
    files.communities["户数"] = [None, None]
    for name in ("户数", "小区"):
        files.buildings[name] = [None, *files.buildings[name][1:-1], None]
    spot = LineString([(X + 10, Y + 10), (X + 10, Y + 10)])
    row = {"编号": "R9", "类型": "path", "geometry": spot}
    files.roads = gpd.GeoDataFrame(
        pd.concat([files.roads, pd.DataFrame([row])], ignore_index=True),
        geometry="geometry",
        crs=files.roads.crs,
    )
    district = read_district(files.write())
    counts = counts_of(district)
    spent = counts["rows_used"] + counts["rows_rejected"]
    assert (counts["rows_read"] == spent).all()
    assert counts["rows_rejected"].sum() == len(district.rejected)
    assert counts.loc["roads", "rows_rejected"] == 1
    assert counts.loc["buildings", "rows_rejected"] == 5 - len(district.buildings)
    assert counts.loc["buildings", "rows_rejected"] > 0
    guessed = district.buildings["households_method"] != "declared"
    assert counts.loc["buildings", "rows_estimated"] == guessed.sum()


@pytest.mark.parametrize("households", [[110.0, None], [110.0, 40.0]])
def test_compounds_that_are_the_demand_are_counted_once(files, households):
    start = files.config.index("[[sources.buildings]]")
    end = files.config.index("[[sources.facilities]]")
    files.config = files.config[:start] + files.config[end:]
    files.compounds["户数"] = households
    files.communities["户数"] = [None, None]
    row = counts_of(read_district(files.write())).loc["compounds"]
    known = sum(value is not None for value in households)
    # 2 compounds read; one without households is left out as demand.
    assert (row["rows_read"], row["rows_used"]) == (2, known)
    assert row["rows_rejected"] == 2 - known


def test_lines_of_many_parts_are_one_row(files):
    before = counts_of(read_district(files.write())).loc["roads"]
    parts = files.roads.geometry.iloc[0]
    far = LineString([(X + 400, Y + 20), (X + 440, Y + 20)])
    files.roads.loc[0, "geometry"] = parts.union(far)
    district = read_district(files.write())
    after = counts_of(district).loc["roads"]
    assert len(district.roads) > after["rows_used"]
    assert after.to_dict() == before.to_dict()
