"""The page as text: one file, nothing that could run or be fetched."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import numpy as np
import pytest

from lifecircle.errors import ResultError
from lifecircle.publish.web_map import embedded, page, vendored

HOSTILE = "</script><img src=x onerror=alert(1)>\"'&<!-- \u2028"


def data_of(text: str) -> dict:
    found = re.search(r'id="lc-data">(.*?)</script>', text, re.DOTALL)
    return json.loads(found[1])


@pytest.fixture(scope="module")
def text(study):
    return page(study)


def test_hostile_names_stay_data(sample_study):
    text = page(sample_study(rename=HOSTILE))
    # The name stands in the JSON with < escaped, and in the title as entities.
    assert "<img src=x" not in text
    assert data_of(text)["layers"]["communities"]["name"][0] == HOSTILE
    # leaflet, data and our own code: three elements, three ends.
    assert len(re.findall(r"<script\b", text)) == 3
    assert text.count("</script>") == 3
    assert "\u2028" not in text[text.index("<body>") :]


def test_nothing_is_fetched(text):
    shell = text.replace(re.search(r'id="lc-data">(.*?)</script>', text, re.S)[1], "")
    assert not re.search(r"<(script|link|img|iframe)[^>]+(src|href)=\"(?!data:)", shell)
    assert "default-src 'none'" in shell
    assert "sourceMappingURL" not in shell


def test_code_and_styles_are_small(text):
    shell = text.replace(re.search(r'id="lc-data">(.*?)</script>', text, re.S)[1], "")
    assert len(shell.encode()) < 400 * 1024


def test_the_page_holds_every_finding(study, text):
    shown = data_of(text)["findings"]
    rows = study.findings.rows
    assert shown["verdict"] == rows["verdict"].tolist()
    assert shown["unit"] == rows["unit_id"].tolist()
    # Shares are shown as percentages: 0.231 is 23.1.
    scale = np.where(rows["unit_of_measure"] == "share", 100.0, 1.0)
    expected = [
        None if np.isnan(value) else round(value, 4)
        for value in rows["measured"] * scale
    ]
    assert shown["measured"] == pytest.approx(expected, nan_ok=True)


def test_minutes_never_slip_under_a_limit(study, text):
    reach = data_of(text)["layers"]["reach"]
    access = study.access.groupby(["facility_class", "walker"])["walk_min"]
    for row in reach["rows"]:
        part = access.get_group((row["class"], row["walker"]))
        for exact, tenths in zip(part, reach["pool"][row["min"]], strict=True):
            assert (tenths is None) == np.isnan(exact)
            # 15.04 minutes are 15.1, never 15.0: beyond stays beyond.
            assert tenths is None or 0 <= tenths / 10 - exact < 0.1 + 1e-9
            assert tenths is None or (exact > 15) == (tenths > 150)


def test_geometry_comes_back_within_a_decimetre(study, text):
    layer = data_of(text)["layers"]["communities"]["geom"]
    steps = np.cumsum(np.array(layer["xy"]).reshape(-1, 2), axis=0) / 1e6
    exact = study.district.communities.geometry.to_crs("EPSG:4326")
    corners = np.concatenate([np.array(g.exterior.coords)[:-1] for g in exact])
    # 1e-6 degrees are 0.11 m at most; half of it after rounding.
    assert np.abs(steps - corners).max() <= 0.5e-6 + 1e-12


def test_no_machine_path_and_no_clock(text):
    assert "/somewhere" not in text
    assert "2025-11-20T08:00" not in text


@pytest.mark.parametrize("level", ["review", "public"])
def test_elderly_of_a_building_are_internal(sample_study, text, level):
    assert "elderly" in data_of(text)["layers"]["buildings"]
    told = data_of(page(sample_study(disclosure=level)))
    assert "elderly" not in told["layers"]["buildings"]
    assert told["facts"]["disclosure"] == level


def test_both_languages_are_inside(text):
    words = data_of(text)["text"]
    assert words["zh"]["fail"] == "不达标"
    assert words["en"]["fail"] == "Falls short"
    assert words["zh"].keys() == words["en"].keys()


def test_every_sentence_the_code_asks_for_exists(text):
    code = text[text.rindex("<script>") :]
    asked = set(re.findall(r'LC\.tn?\("([\w.]+)"', code))
    assert len(asked) > 100
    assert asked - data_of(text)["text"]["zh"].keys() == set()


def test_embedding_escapes_line_separators():
    assert embedded(["a\u2028b<"]) == '["a\\u2028b\\u003c"]'


def test_a_changed_asset_is_refused(tmp_path):
    (tmp_path / "a.js").write_text("alert(1)", encoding="utf-8")
    listing = '[a]\n[a.sha256]\n"a.js" = "' + "0" * 64 + '"\n'
    (tmp_path / "VENDORED.toml").write_text(listing, encoding="utf-8")
    with pytest.raises(ResultError, match=r"a\.js"):
        vendored(tmp_path)


def emptied(study, *names):
    tables = {name: getattr(study.district, name).iloc[:0] for name in names}
    return replace(study, district=replace(study.district, **tables))


def test_a_study_with_nothing_but_communities_has_a_page(study):
    bare = emptied(
        study,
        *("compounds", "facilities", "facility_classes", "roads", "grids", "land"),
        "buildings",
    )
    none = replace(
        bare,
        access=study.access.iloc[:0],
        served=study.served.iloc[:0],
        isochrones=study.isochrones.iloc[:0],
        routes=study.routes.iloc[:0],
        gaps=replace(study.gaps, areas=study.gaps.areas.iloc[:0]),
        findings=replace(study.findings, rows=study.findings.rows.iloc[:0]),
    )
    told = data_of(page(none))
    assert told["opening"] is None
    assert told["layers"]["buildings"]["geom"]["parts"] == []


def test_compounds_known_as_points_are_drawn(study):
    points = study.district.buildings.copy()
    points["geometry"] = points.geometry.centroid
    told = data_of(
        page(replace(study, district=replace(study.district, buildings=points)))
    )
    assert set(told["layers"]["buildings"]["geom"]["sizes"]) == {1}
