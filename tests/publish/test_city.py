"""The city's page and workbook: what they say, and that names stay text."""

from __future__ import annotations

import io
import re
from xml.etree import ElementTree

import openpyxl
import pytest

from lifecircle.batch.roll_up import roll_up
from lifecircle.publish.city_figures import map_figures, nice_breaks
from lifecircle.publish.city_page import city_page
from lifecircle.publish.city_words import CityWords
from lifecircle.publish.city_workbook import city_workbook
from tests.batch.city_records import city_of, journal_of, record, rule
from tests.publish.city_sample import city_sample, square

ATTACKS = [
    "</script><script>alert(1)</script><img src=x onerror=alert(2)>",
    "=cmd|' /C calc'!A0",
    "\"'`,;${1}\\'); DROP TABLE buildings; --",
    "😀\u202etxt.exe\u200f\u2028 %s {name} &lt;",
    "长" * 250,
]


def tree_of(page):
    """The page as elements; its script is read as text."""
    body = re.sub(r"<(meta)([^>]*)>", r"<\1\2/>", page.partition("\n")[2])
    body = re.sub(r"<(script|style)>(.*?)</\1>", "", body, flags=re.DOTALL)
    return ElementTree.fromstring(body)


def sheets_of(study, lang="zh"):
    book = openpyxl.load_workbook(io.BytesIO(city_workbook(study, lang=lang)))
    return {
        sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)]
        for sheet in book
    }


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    return city_sample(tmp_path_factory.mktemp("city"))


def test_the_same_city_gives_the_same_bytes(study):
    for lang in ("zh", "en"):
        assert city_page(study, lang=lang) == city_page(study, lang=lang)
        assert city_workbook(study, lang=lang) == city_workbook(study, lang=lang)


def test_districts_with_results_lead_to_their_pages(study):
    links = [node.get("href") for node in tree_of(city_page(study)).iter("a")]
    # On the map and in the list of districts; the list of rows leads to quality.
    assert sorted(links) == [
        *("./d1/quality.html", "./d1/review.html", "./d1/review.html"),
        *("./d2/quality.html", "./d2/review.html", "./d2/review.html"),
    ]


def test_the_page_allows_its_own_script_and_asks_for_nothing(study):
    page = city_page(study)
    policy = re.search(r'content="(default-src[^"]*)"', page)[1]
    assert "default-src 'none'" in policy
    assert "script-src 'sha256-" in policy
    assert "unsafe-inline" not in policy.partition("script-src")[2]
    assert page.count("<script>") == page.count("</script>") == 1
    assert not re.search(r"https?://", page)


def test_what_failed_and_what_changed_is_said(study):
    text = " ".join(tree_of(city_page(study)).itertext())
    assert "2 个区县本次未完成：乙区、丙区。" in text
    assert "本次失败，沿用以前成果" in text
    assert "转为不达标 1 项" in text
    assert "the value is 丙区." in text
    # 30 + 10 households; 50 m² and at least 30 m².
    assert "≥80" in text
    assert "内部资料" in text


def test_english_pages_have_no_chinese_but_names(study):
    text = " ".join(tree_of(city_page(study, lang="en")).itertext())
    names = "甲乙丙区每百户面积"
    left = set(re.findall(r"[\u4e00-\u9fff]", text)) - set(names)
    assert left == set()


def test_classes_of_the_map_are_those_of_the_legend(study):
    overall, reach, area = map_figures(CityWords(study, "zh"))
    # 6 of 8 requirements: the class from 75 % on.
    assert (overall.looks["d1"], dict(overall.legend)["2"]) == ("2", "≥75%")
    # 30 of 100 households, 10 of 200.
    assert (reach.looks["d1"], reach.looks["d2"]) == ("4", "1")
    assert dict(reach.legend)["1"] == "≤5%"
    # 50 and 30 m² for 100 households: steps of 12.5 are rounded to 20.
    assert nice_breaks(50.0) == (0.0, 20.0, 40.0, 60.0)
    assert (area.looks["d1"], area.looks["d2"]) == ("3", "2")
    assert area.texts == {"d1": "50.0", "d2": "≥30.0"}
    assert dict(area.legend)["3"] == "40–60"


def test_a_district_of_another_text_is_starred_and_uncoloured(tmp_path):
    records = [
        record(f"d{n}", rules={"R1": rule(text)}, reached=[_reached(n)])
        for n, text in enumerate(("new", "new", "old"))
    ]
    city = city_of({f"d{n}": f"{n}区" for n in range(3)})
    study = roll_up(city, journal_of(tmp_path, records), current=(), failed={})
    figure = map_figures(CityWords(study, "zh"))[1]
    assert figure.starred
    assert figure.looks["d2"] == "n"
    assert figure.texts["d2"] == "20.0%*"


def _reached(number):
    return {
        "rule_id": "R1",
        "facility_class": "ELD.CANTEEN",
        "weight": "households",
        "level": "district",
        "amount": 100,
        "served": 100 - 10 * number,
        "unserved": 10 * number,
        "not_assessed": 0,
    }


@pytest.mark.parametrize(
    "spots",
    [
        [square(117.0, 31.0)],
        [square(117.0, 31.0, 0.01), square(121.0, 36.0, 0.01)],
        [square(117.0, 31.0), square(117.0005, 31.0005, 0.0001)],
    ],
    ids=["one", "far apart", "tiny"],
)
def test_every_district_is_drawn_within_the_picture(tmp_path, spots):
    records = [record(f"d{n}", outline=spot) for n, spot in enumerate(spots)]
    city = city_of({f"d{n}": f"{n}区" for n in range(len(spots))})
    study = roll_up(city, journal_of(tmp_path, records), current=(), failed={})
    picture = tree_of(city_page(study)).find(".//figure[@class='wide']/svg")
    wide, high = (float(one) for one in picture.get("viewBox").split()[2:])
    for path in picture.findall("a/path"):
        drawn = [float(one) for one in re.findall(r"[\d.]+", path.get("d"))]
        xs, ys = drawn[::2], drawn[1::2]
        assert min(xs) >= 0
        assert max(xs) <= wide
        assert min(ys) >= 0
        assert max(ys) <= high
        assert max(xs) - min(xs) >= 13  # a disc of 7 px at least


@pytest.mark.parametrize("name", ATTACKS, ids=range(len(ATTACKS)))
def test_hostile_names_stay_text(tmp_path, name):
    names = (name, f"{name}2", f"{name}3")
    study = city_sample(tmp_path, names=names, title=name)
    page = city_page(study)
    assert page.count("<script") == page.count("</script>") == 1
    assert "<img" not in page
    shown = " ".join(tree_of(page).itertext())
    assert name in shown
    sheets = sheets_of(study)
    assert sheets["各区县"][2][0] == name
    book = openpyxl.load_workbook(io.BytesIO(city_workbook(study)))
    assert {cell.data_type for row in book["各区县"] for cell in row} <= {"s", "n"}


def test_the_workbook_says_what_the_page_says(study):
    sheets = sheets_of(study)
    assert list(sheets) == [
        *("概要", "各区县", "规则对比", "可达对比", "面积缺口对比"),
        *("变化", "未完成", "数据质量", "说明"),
    ]
    heads, whole, first, *_ = sheets["各区县"]
    place = heads.index("户数")
    assert (whole[place], first[place]) == (200, 100)
    reach = sheets["可达对比"]
    place = reach[0].index("不可达")
    assert [row[place] for row in reach[1:]] == [40, 30, 10]
    change = dict(zip(*sheets["变化"][:2], strict=True))
    assert (change["变化"], change["此前数值"], change["现在数值"]) == (
        *("转为不达标", 31),
        20,
    )
    assert [row[0] for row in sheets["未完成"][1:]] == ["乙区", "丙区"]
    cover = [cell for row in sheets["概要"] for cell in row]
    assert "内部资料" in cover
    assert "失败，无成果 · 数据错误" in cover


def test_many_districts_are_told_by_their_worst(tmp_path):
    # 13 districts: n of 20 communities meet in district n; the worst three are told.
    records = [
        record(f"d{n:02}", rules={"R1": rule(**{"pass": n, "fail": 20 - n})})
        for n in range(1, 14)
    ]
    city = city_of({f"d{n:02}": f"{n}区" for n in range(1, 14)})
    study = roll_up(city, journal_of(tmp_path, records), current=(), failed={})
    text = " ".join(tree_of(city_page(study)).itertext())
    assert "1区 5.0%、2区 10.0%、3区 15.0%" in text
    assert "91/260" in text  # 1 + 2 + … + 13 of 13 times 20
