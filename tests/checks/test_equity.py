"""Lorenz curve and Gini by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from lifecircle.checks.equity import gini, lorenz_curve


@pytest.fixture
def walked(make_district, rows):
    """Four buildings of 100, 100, 50 and 50 households; the last has no walk."""
    homes = [
        rows.building("B1", 0, 0, 100),
        rows.building("B2", 50, 0, 100),
        rows.building("B3", 100, 0, 50),
        rows.building("B4", 150, 0, 50),
    ]
    district = make_district(communities=[rows.community("C1", 0)], buildings=homes)
    access = pd.DataFrame(
        {
            "building_id": ["B1", "B2", "B3", "B4"],
            "facility_class": "X",
            "walker": "adult",
            "status_set": "built",
            "walk_m": [300.0, 600.0, 1200.0, float("nan")],
            "walk_min": [5.0, 10.0, 20.0, float("nan")],
            "facility_id": ["F", "F", "F", None],
        }
    )
    return district, access


def test_shares_of_households_and_minutes(walked):
    curve = lorenz_curve(*walked, facility_class="X", walker="adult")
    # Minutes walked: 100 * 5 = 500, 100 * 10 = 1,000, 50 * 20 = 1,000; 2,500 in all.
    assert curve["households_share"].tolist() == pytest.approx([0, 0.4, 0.8, 1])
    assert curve["minutes_share"].tolist() == pytest.approx([0, 0.2, 0.6, 1])
    assert curve.attrs["unreached_households"] == 50
    # 1 - (0.4 * 0.2 + 0.4 * 0.8 + 0.2 * 1.6) = 1 - 0.72.
    assert gini(curve) == pytest.approx(0.28)


def test_equal_walks_have_no_inequality(walked):
    district, access = walked
    curve = lorenz_curve(
        district, access.assign(walk_min=7.0), facility_class="X", walker="adult"
    )
    assert curve.values.tolist() == [[0.0, 0.0], [1.0, 1.0]]
    assert gini(curve) == 0


def test_a_class_that_nobody_reaches_has_no_curve(walked):
    curve = lorenz_curve(*walked, facility_class="Y", walker="adult")
    assert curve.values.tolist() == [[0.0, 0.0]]
    assert curve.attrs["unreached_households"] == 300
    assert pd.isna(gini(curve))
