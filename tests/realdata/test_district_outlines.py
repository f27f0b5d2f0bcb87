"""Xi'an's core districts of two sources: one in GCJ-02, one in WGS 84."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from lifecircle.tables.district import examine_district

DATA = Path(
    os.environ.get("LIFECIRCLE_DATA", Path(__file__).parents[2].parent / "shared/data")
)
COMMUNITIES = DATA / "xian/core3_districts_wgs84.geojson"
DISTRICTS = DATA / "boundaries/districts_gcj02.geojson"

pytestmark = [
    pytest.mark.realdata,
    pytest.mark.skipif(
        not (COMMUNITIES.exists() and DISTRICTS.exists()),
        reason="the shared boundaries are not here (LIFECIRCLE_DATA)",
    ),
]


@pytest.mark.parametrize(
    ("declared", "told", "kinds"),
    [
        ("gcj02", [], []),
        ("EPSG:4326", ["outlines_fit_better", "district_outside"], ["outside"]),
        ("bd09", ["outlines_fit_better", "district_outside"], ["outside"]),
    ],
)
def test_a_real_district_lies_in_its_outline_as_declared(
    tmp_path, declared, told, kinds
):
    path = tmp_path / "district.toml"
    path.write_text(
        f"""
[district]
id = "610102"
name = "新城区"
crs = "EPSG:4545"
as_of = 2026-06-30
[district.part]
communities = {{ adcode = ["610102"] }}
[[sources.communities]]
path = "{COMMUNITIES.as_posix()}"
crs = "EPSG:4326"
columns = {{ community_id = "adcode", name = "name" }}
[[sources.districts]]
path = "{DISTRICTS.as_posix()}"
crs = "{declared}"
columns = {{ district_id = "adcode", name = "name" }}
""",
        encoding="utf-8",
    )
    found = examine_district(path)
    about = [problem.key.removeprefix("tables.") for problem in found.problems]
    assert [key for key in about if key in ("layer_far", *told)] == told
    assert found.district.topology["kind"].tolist() == kinds
    (better,) = [p for p in found.problems if "fit_better" in p.key] or [None]
    assert better is None or better.values["other"] == "gcj02"
    rows = found.district.row_counts.set_index("table").loc["districts"]
    # 26 districts and cities in six provinces: one is ours.
    assert (rows["rows_read"], rows["rows_used"], rows["rows_elsewhere"]) == (26, 1, 25)
