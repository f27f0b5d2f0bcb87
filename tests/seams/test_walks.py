"""Walks of a city's districts are those of the city, to the last bit."""

from __future__ import annotations

import pandas as pd
import pytest

import lifecircle as lc

KEY = ["building_id", "facility_class", "walker", "status_set"]
CLASSES = ["ELD.CANTEEN", "HLT.PHARM", "SVC.COMM", "TRA.BUS"]


def walks_of(district):
    network = lc.build_network(district)
    walks = lc.walk_access(network, district, classes=CLASSES)
    return walks.set_index(KEY).sort_index()


@pytest.fixture(scope="module")
def whole(city):
    return walks_of(city.whole)


def test_every_walk_is_the_same_to_the_last_bit(city, whole):
    parts = pd.concat([walks_of(part) for part in city.parts]).sort_index()
    pd.testing.assert_frame_equal(parts, whole, check_exact=True)
    # Walks up to the longest that is looked for, and homes that reach nothing.
    assert whole["walk_m"].max() > 4900
    assert whole["walk_m"].isna().any()


def test_districts_do_not_hold_the_whole_city(city):
    for part in city.parts:
        assert 0 < len(part.buildings) < len(city.whole.buildings)
        assert len(part.communities) < len(city.whole.communities)
    assert len(city.parts[0].roads) < len(city.whole.roads)
    assert len(city.parts[0].facilities) < len(city.whole.facilities)


def test_with_a_short_context_shorter_walks_are_exact(strip, parts_of, tmp_path, whole):
    parts = parts_of(strip.write_strip(tmp_path, context_m=1_200))
    for part in parts:
        short = [one for one in part.problems if one.key == "tables.part_context"]
        assert [one.values["exact"] for one in short] == ["1000"]
    walks = pd.concat([walks_of(part) for part in parts]).sort_index()
    near = (walks["walk_m"] <= 1_000) | (whole["walk_m"] <= 1_000)
    pd.testing.assert_frame_equal(walks[near], whole[near], check_exact=True)
    assert not walks["walk_m"].equals(whole["walk_m"])  # longer ones are not
