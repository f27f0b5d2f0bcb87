"""Cases of the year: from a column of the buildings' file to the workload of grids."""

from __future__ import annotations

import numpy as np

from lifecircle.plans.workload import building_workload
from lifecircle.tables.district import read_district


def test_cases_are_read_from_the_buildings_and_weigh(files):
    count = len(files.buildings)
    files.buildings["案件数"] = np.arange(count, dtype=float)
    files.config = files.config.replace(
        'compound_id = "小区" }', 'compound_id = "小区", cases = "案件数" }', 1
    )
    district = read_district(files.write())
    cases = district.buildings["cases"].to_numpy()
    assert sorted(cases[~np.isnan(cases)]) == list(np.arange(count))
    load = building_workload(district, {"cases": 2.0})
    # Two points a case: 2 x (0 + 1 + ... + n - 1) = n (n - 1).
    assert load.sum() == count * (count - 1)
