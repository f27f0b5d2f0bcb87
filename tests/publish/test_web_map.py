"""The page as text: one file, nothing that could run or be fetched."""

from __future__ import annotations

import json
import re
import zlib
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifecircle.errors import ResultError
from lifecircle.publish.pack import packed, seven_bit_text
from lifecircle.publish.web_map import page, vendored
from tests.publish.page_data import bytes_of, data_of, points_of, restored

HOSTILE = "</script><img src=x onerror=alert(1)>\"'&<!-- \u2028"


@pytest.fixture(scope="module")
def text(study):
    return page(study)


def test_hostile_names_stay_data(sample_study):
    text = page(sample_study(rename=HOSTILE))
    # The name stands in the deflated data, and in the title as entities.
    assert "<img src=x" not in text
    assert data_of(text)["layers"]["communities"]["name"][0] == HOSTILE
    # leaflet, data and our own code: three elements, three ends.
    assert len(re.findall(r"<script\b", text)) == 3
    assert text.count("</script>") == 3
    assert "\u2028" not in text[text.index("<body>") :]


def test_nothing_is_fetched(text):
    shell = text.replace(re.search(r'data-bytes="[\d,]+">(.*?)</script>', text)[1], "")
    assert not re.search(r"<(script|link|img|iframe)[^>]+(src|href)=\"(?!data:)", shell)
    assert "default-src 'none'" in shell
    assert "sourceMappingURL" not in shell


def test_code_and_styles_are_small(text):
    shell = text.replace(re.search(r'data-bytes="[\d,]+">(.*?)</script>', text)[1], "")
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
    layers = data_of(text)["layers"]
    walks = layers["walks"]
    access = study.access.set_index(
        ["facility_class", "walker", "building_id"]
    ).sort_index()
    assert len(walks["rows"]) == len(access.index.droplevel(2).unique())
    for row in walks["rows"]:
        part = access.loc[row["class"], row["walker"]].loc[layers["buildings"]["id"]]
        more, off = walks["pool"][row["m"]], walks["pool"][row["off"]]
        on = walks["pool"][row["on"]] if row["on"] >= 0 else [0] * len(more)
        metres = [one + base for one, base in zip(more, on, strict=True)]
        for exact, length, m, one in zip(
            part["walk_min"], part["walk_m"], metres, off, strict=True
        ):
            assert (m < 0) == np.isnan(exact)
            if m < 0:
                continue
            assert abs(m - length) <= 0.5
            tenths = m * 1000 // row["per"] + one
            # 15.04 minutes are 15.1, never 15.0: beyond stays beyond.
            assert 0 <= tenths / 10 - exact < 0.1 + 1e-9
            assert (exact > 15) == (tenths > 150)
        near = walks["pool"][row["near"]]
        nearest = [
            layers["facilities"]["id"][near[place]] if place >= 0 else None
            for place in walks["pool"][row["facility"]]
        ]
        assert nearest == [
            one if isinstance(one, str) else None for one in part["facility_id"]
        ]


def test_geometry_comes_back_within_a_decimetre(study, text):
    layer = data_of(text)["layers"]["communities"]["geom"]
    steps = np.concatenate(points_of(layer)) / 1e6
    exact = study.district.communities.geometry.to_crs("EPSG:4326")
    corners = np.concatenate([np.array(g.exterior.coords)[:-1] for g in exact])
    # 1e-6 degrees are 0.11 m at most; half of it after rounding.
    assert np.abs(steps - corners).max() <= 0.5e-6 + 1e-12


@given(
    st.lists(st.integers(-(2**31), 2**31 - 1), max_size=200),
    st.lists(st.one_of(st.none(), st.integers(0, 2**30)), max_size=200),
    st.lists(st.one_of(st.booleans(), st.floats(-9, 9), st.text()), max_size=80),
    st.lists(
        st.one_of(
            st.none(),
            st.from_regex(r"([栋a\ue000]?0{0,2}\d{0,12}){0,3}", fullmatch=True),
        ),
        max_size=200,
    ),
)
def test_what_is_packed_comes_back(whole, gaps, mixed, names):
    data = {
        "whole": whole,
        "gaps": gaps,
        "names": names,
        "mixed": [mixed, {"deep": whole[:60]}],
    }
    told = packed(data)
    inside = zlib.decompress(bytes_of(told.text, told.stream_bytes))
    assert len(inside) == told.bytes
    length = int.from_bytes(inside[:4], "little")
    read = restored(json.loads(inside[4 : 4 + length]), inside[4 + length :])
    assert read == data


def test_columns_that_are_alike_are_kept_once():
    numbers = [(k * k) % 251 for k in range(100)]
    # Header 4 and JSON, then 100 numbers in one byte or two: once, not twice.
    once, twice = packed({"a": numbers}), packed({"a": numbers, "b": numbers})
    assert twice.bytes - once.bytes < 40


@given(st.binary(max_size=60) | st.lists(st.sampled_from([0, 1, 255])).map(bytes))
def test_bytes_come_back_from_seven_bits(stream):
    text = seven_bit_text(stream)
    assert bytes_of(text, len(stream)) == stream
    assert not set(text) & set("\0\b\t\n\v\f\r\x1a\x1b&<\x7f")
    # 7 bits a byte, and never more than two groups of 7 bits of noughts at the end.
    assert len(text.encode()) <= 8 * len(stream) / 7 + 2


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
