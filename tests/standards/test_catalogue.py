from __future__ import annotations

import re
import tomllib
from importlib.resources import files
from itertools import chain

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifecircle.errors import TableError
from lifecircle.standards.catalogue import (
    OTHER,
    classify,
    provider_labels,
    read_catalogue,
)

CATALOGUE = read_catalogue()
ENTRIES = tomllib.loads(
    files("lifecircle.standards")
    .joinpath("facility_classes.toml")
    .read_text(encoding="utf-8")
)


def classes_of(places: list[tuple[str | None, object]], provider: str) -> pd.DataFrame:
    label = {"baidu": "tag", "amap": "code", "osm": "tags"}[provider]
    names, labels = zip(*places, strict=True)
    frame = pd.DataFrame({"name": list(names), label: pd.Series(labels, dtype=object)})
    return classify(frame, provider=provider)


def test_all_classes_of_the_taxonomy_are_there():
    assert len(CATALOGUE.codes) == 47
    assert len(CATALOGUE.codes) - len(CATALOGUE.origins) == 45
    assert sorted(CATALOGUE.origins) == ["RES.BUILDING", "RES.ESTATE"]
    assert OTHER not in CATALOGUE.codes


@pytest.mark.parametrize("mapping", ["labels_zh", "labels_en", "symbols", "synonyms"])
def test_every_class_has_its_words(mapping):
    words = getattr(CATALOGUE, mapping)
    assert tuple(words) == CATALOGUE.codes
    assert all(words.values())


def test_symbols_are_one_character_and_each_class_has_its_own():
    symbols = list(CATALOGUE.symbols.values())
    assert {len(symbol) for symbol in symbols} == {1}
    assert len(set(symbols)) == 47
    # The symbols that the map design names.
    named = {
        "ELD.CANTEEN": "食",
        "ELD.STATION": "养",
        "CHD.NURSERY": "托",
        "HLT.CENTRE": "医",
        "COM.MARKET": "菜",
        "CUL.CENTRE": "文",
        "SPT.CENTRE": "体",
        "SVC.COMM": "党",
        "GRID.CENTRE": "网",
    }
    assert {code: CATALOGUE.symbols[code] for code in named} == named


def test_groups_are_the_first_half_of_the_code():
    assert dict(CATALOGUE.groups) == {
        code: code.split(".")[0] for code in CATALOGUE.codes
    }


def test_catalogue_cannot_be_changed():
    with pytest.raises(TypeError):
        CATALOGUE.labels_zh["ELD.CANTEEN"] = "食堂"


@pytest.mark.parametrize("code", CATALOGUE.codes)
def test_accept_patterns_are_anchored(code):
    patterns = ENTRIES[code]["accept"] + ENTRIES[code].get("suggest", [])
    loose = [p for p in patterns if not (p.startswith("^") or p.endswith("$"))]
    assert patterns
    assert loose == []
    # An alternative at the top level would escape the anchor: a|b$ is loose in a.
    for pattern in patterns:
        depth_free = re.sub(r"\[[^\]]*\]", "", pattern)
        while (inner := re.sub(r"\([^()]*\)", "", depth_free)) != depth_free:
            depth_free = inner
        assert "|" not in depth_free, pattern


@pytest.mark.parametrize("code", CATALOGUE.codes)
def test_gates_are_well_formed(code):
    entry = ENTRIES[code]
    known = {
        "group", "zh", "en", "tier", "symbol", "kind", "synonyms", "shared_rejects",
        "named_freely",
        "accept", "suggest", "reject", "reject_whole", "baidu", "amap", "osm",
    }  # fmt: skip
    assert set(entry) <= known
    for provider in ("baidu", "amap", "osm"):
        assert set(entry.get(provider, {})) <= {"alone", "named"}
    for gate in chain.from_iterable(entry.get("amap", {}).values()):
        assert re.fullmatch(r"\d{6}(-\d{6})?", gate)
    for gate in chain.from_iterable(entry.get("osm", {}).values()):
        assert all(re.fullmatch(r"[\w:]+=[\w*]+", part) for part in gate.split(" + "))


# Invented names modelled on what misleads in real map-service points.
BAIDU = [
    # name, tag, class, confidence
    ("海湾自助餐厅", "美食;其他", OTHER, "none"),
    ("青溪饭店-自助餐厅", "美食;外国餐厅", OTHER, "none"),
    ("学生食堂", "美食;其他", OTHER, "none"),
    ("河东敬老食堂", "美食;小吃快餐店", "ELD.CANTEEN", "tag_and_name"),
    ("渡口社区助餐点", "政府机构;福利机构", "ELD.CANTEEN", "tag_and_name"),
    ("老年食堂", "购物;商铺", OTHER, "conflict"),
    ("渡口社区食堂", "美食;其他", OTHER, "candidate"),
    ("渡口社区卫生服务站", "医疗;诊所", "HLT.STATION", "tag_and_name"),
    ("渡口社区卫生服务中心", "医疗;诊所", "HLT.CENTRE", "tag_and_name"),
    ("渡口社区党群服务中心", "政府机构;行政单位", "SVC.COMM", "tag_and_name"),
    ("渡口社区居民委员会", "政府机构;居民委员会", "SVC.COMM", "tag_and_name"),
    ("河东街道党群服务中心", "政府机构;其他", "SVC.STREET", "tag_and_name"),
    ("青溪区市民中心", "生活服务;其他", "SVC.DISTRICT", "tag_and_name"),
    ("渡口社区居民委员会监督组", "政府机构;居民委员会", OTHER, "none"),
    ("渡口社区警务室", "政府机构;公检法机构", "GOV.POLICE", "tag_and_name"),
    ("渡口社区养老服务中心", "政府机构;行政单位", "ELD.STATION", "tag_and_name"),
    ("青溪养老保险经办中心", "政府机构;行政单位", OTHER, "none"),
    ("夕照养老用品公司服务站", "政府机构;福利机构", OTHER, "none"),
    ("渡口日间照料中心", "政府机构;福利机构", "ELD.DAYCARE", "tag_and_name"),
    ("夕照老年公寓", "医疗;疗养院", "ELD.HOME", "tag_and_name"),
    ("青溪老年公寓", "公交车站", "TRA.BUS", "tag"),
    ("青溪第三小学", "公交车站", "TRA.BUS", "tag"),
    ("青溪第三小学", "教育培训;小学", "EDU.PRIMARY", "tag_and_name"),
    ("青溪第三小学家长学校", "教育培训;培训机构", OTHER, "none"),
    ("青溪第三小学家长学校", "教育培训;小学", OTHER, "none"),
    ("青溪一中", "教育培训;中学", "EDU.JUNIOR", "tag_and_name"),
    ("青溪一中(高中部)", "教育培训;中学", OTHER, "none"),
    ("青溪二中(建设中)", "教育培训;中学", OTHER, "none"),
    ("青溪高级中学", "教育培训;中学", OTHER, "none"),
    ("青溪印刷技工学校", "教育培训;中学", OTHER, "none"),
    ("河滨公园", "旅游景点;公园", "OPEN.PARK", "tag_and_name"),
    ("河滨公园-停车场", "交通设施;停车场", "TRA.PARK", "tag_and_name"),
    ("河滨公园停车场", "旅游景点;公园", OTHER, "conflict"),
    ("河滨公园-北门", "旅游景点;公园", OTHER, "none"),
    ("河滨城市公园", "旅游景点;公园", OTHER, "candidate"),
    ("每日便利店(河滨公园店)", "购物;便利店", "COM.CONV", "tag_and_name"),
    ("大河时代广场", "购物;购物中心", OTHER, "none"),
    ("渡口社区文化广场", "休闲娱乐;休闲广场", "OPEN.PLAZA", "tag_and_name"),
    ("渡口广场", "休闲娱乐;休闲广场", OTHER, "candidate"),
    ("爱宠宠物医院", "生活服务;宠物服务", OTHER, "none"),
    ("爱宠宠物大药房", "医疗;药店", OTHER, "none"),
    ("福源大药房(河滨公园店)", "医疗;药店", "HLT.PHARM", "tag_and_name"),
    ("祖传膏药", "医疗;药店", OTHER, "none"),
    ("渡口菜市场", "购物;市场", "COM.MARKET", "tag_and_name"),
    ("渡口建材批发市场", "购物;市场", OTHER, "none"),
    ("渡口综合市场", "购物;市场", OTHER, "candidate"),
    ("菜鸟驿站(渡口花园店)", "生活服务;物流公司", "COM.POST", "tag_and_name"),
    ("大河物流园", "生活服务;物流公司", OTHER, "none"),
    ("医药超市(渡口店)", "购物;超市", OTHER, "conflict"),
    ("渡口快递超市", "购物;超市", OTHER, "conflict"),
    ("渡口生活超市", "购物;超市", "COM.SUPER", "tag_and_name"),
    ("大河酒店-公共厕所", "生活服务;公共厕所", OTHER, "none"),
    ("渡口路公共厕所", "生活服务;公共厕所", "ENV.TOILET", "tag_and_name"),
    ("大河酒文化馆", "文化传媒;文化宫", OTHER, "none"),
    ("青溪区文化馆", "文化传媒;文化宫", "CUL.CENTRE", "tag_and_name"),
    ("大河学院图书馆", "教育培训;图书馆", OTHER, "none"),
    ("儿童之家绘本培训", "教育培训;培训机构", OTHER, "none"),
    ("大河台球俱乐部", "运动健身;体育场馆", OTHER, "none"),
    ("河滨足球场", "运动健身;体育场馆", "SPT.FIELD", "tag_and_name"),
    ("渡口花园", "房地产;住宅区", "RES.ESTATE", "tag_and_name"),
    ("某某公司", "公司企业;公司", OTHER, "none"),
    (None, "医疗;药店", OTHER, "none"),
    (None, "公交车站", "TRA.BUS", "tag"),
]


@pytest.mark.parametrize(("name", "tag", "expected", "confidence"), BAIDU)
def test_baidu_tag_gates_name(name, tag, expected, confidence):
    found = classes_of([(name, tag)], "baidu").iloc[0]
    assert (found.facility_class, found.confidence) == (expected, confidence)


@pytest.mark.parametrize(
    ("name", "code", "expected", "confidence"),
    [
        ("渡口社区居委会", "130106", "SVC.COMM", "tag_and_name"),
        ("渡口社区新时代文明实践站", "130106", "VOL.STATION", "tag_and_name"),
        ("渡口养老服务站", "080402", "ELD.STATION", "tag_and_name"),
        ("乐享自助餐厅", "050100", OTHER, "none"),
        ("渡口老年食堂", "050100", "ELD.CANTEEN", "tag_and_name"),
        ("某某店", "060409", "COM.SUPER", "tag"),  # inside 060400-060410
        ("某某店", "060411", OTHER, "none"),  # 屈臣氏, a drugstore
        ("某某店", "060416", OTHER, "none"),
        ("渡口幼儿园", "141204", "CHD.KG", "tag_and_name"),
        ("小太阳", "141204|141400", "CHD.KG", "tag"),  # several codes
        ("渡口幼儿园用品", "141204", OTHER, "none"),
        ("渡口老年食堂", "150700", "TRA.BUS", "tag"),
        ("渡口社区卫生服务站", "090000", OTHER, "candidate"),  # top class only
        ("渡口社区卫生服务站", "060101", OTHER, "conflict"),
    ],
)
def test_amap_code_gates_name(name, code, expected, confidence):
    found = classes_of([(name, code)], "amap").iloc[0]
    assert (found.facility_class, found.confidence) == (expected, confidence)


@pytest.mark.parametrize(
    ("name", "tags", "expected", "confidence"),
    [
        ("小太阳", {"amenity": "kindergarten"}, "CHD.KG", "tag"),
        ("小太阳", {"education": "kindergarten"}, "CHD.KG", "tag"),
        ("海湾自助餐厅", {"amenity": "restaurant"}, OTHER, "none"),
        ("渡口长者食堂", {"amenity": "restaurant"}, "ELD.CANTEEN", "tag_and_name"),
        (
            "夕照",
            {
                "amenity": "social_facility",
                "social_facility": "nursing_home",
                "social_facility:for": "senior",
            },
            "ELD.HOME",
            "tag",
        ),
        ("夕照", {"amenity": "social_facility"}, OTHER, "none"),
        ("渡口小学", {"amenity": "school"}, "EDU.PRIMARY", "tag_and_name"),
        ("渡口学校", {"amenity": "school", "isced:level": "2"}, "EDU.JUNIOR", "tag"),
        (None, {"public_transport": "platform", "bus": "yes"}, "TRA.BUS", "tag"),
        ("渡口小学", {}, OTHER, "candidate"),
    ],
)
def test_osm_tags_gate_name(name, tags, expected, confidence):
    found = classes_of([(name, tags)], "osm").iloc[0]
    assert (found.facility_class, found.confidence) == (expected, confidence)


def test_name_alone_is_a_candidate_never_a_class():
    frame = pd.DataFrame({"name": ["渡口幼儿园", "渡口老年食堂", "渡口"]})
    found = classify(frame, provider="name")
    assert list(found.facility_class) == [OTHER] * 3
    assert list(found.confidence) == ["candidate", "candidate", "none"]
    assert list(found.candidate_class.dropna()) == ["CHD.KG", "ELD.CANTEEN"]


def test_missing_tag_is_like_a_name_alone():
    found = classes_of([("渡口幼儿园", None), ("渡口幼儿园", float("nan"))], "baidu")
    assert list(found.confidence) == ["candidate", "candidate"]


def test_brackets_are_stripped_full_width_and_nested():
    places = [
        ("每日便利店（河滨公园店）", "购物;便利店"),
        ("渡口社区居民委员会(新村(北)院)", "政府机构;居民委员会"),
        ("福源 大药房 ", "医疗;药店"),
    ]
    assert list(classes_of(places, "baidu").facility_class) == [
        "COM.CONV",
        "SVC.COMM",
        "HLT.PHARM",
    ]


def test_matched_by_says_what_decided():
    places = [("福源大药房", "医疗;药店"), ("西门", "公交车站"), ("甲", "乙;丙")]
    matched_by = classes_of(places, "baidu").matched_by
    assert list(matched_by[:2]) == ["baidu:医疗;药店 + name:药房", "baidu:公交车站"]
    assert pd.isna(matched_by[2])


def test_a_conflict_names_both_sides():
    found = classes_of([("渡口村党群服务中心", "汽车服务;汽车美容")], "baidu").iloc[0]
    assert (found.confidence, found.candidate_class) == ("conflict", "SVC.COMM")
    assert found.matched_by == "name:村党群服务中心 against baidu:汽车服务;汽车美容"


def test_a_tag_that_suffices_yields_to_a_name_of_another_class():
    # A nursing home that the source tags a kindergarten is for a person to look at;
    # the stop of that name is a stop.
    places = [("青溪老年公寓", "教育培训;幼儿园"), ("青溪老年公寓", "地铁站")]
    found = classes_of(places, "baidu")
    assert list(found.facility_class) == [OTHER, "TRA.METRO"]
    assert list(found.candidate_class.dropna()) == ["ELD.HOME"]


def test_declared_class_is_kept_and_checked():
    frame = pd.DataFrame(
        {
            "name": ["甲", "福源大药房", "乙"],
            "tag": ["乙;丙", "医疗;药店", None],
            "facility_class": ["ELD.CANTEEN", None, OTHER],
        }
    )
    found = classify(frame, provider="baidu")
    assert list(found.facility_class) == ["ELD.CANTEEN", "HLT.PHARM", OTHER]
    assert list(found.confidence) == ["declared", "tag_and_name", "none"]
    wrong = frame.assign(facility_class=["ELD.CANTENE", None, None])
    with pytest.raises(TableError, match=r"'ELD\.CANTENE'.*must be a code"):
        classify(wrong, provider="baidu")


@pytest.mark.parametrize(
    ("provider", "missing"), [("baidu", "tag"), ("amap", "code"), ("osm", "tags")]
)
def test_missing_label_column_is_an_error(provider, missing):
    with pytest.raises(TableError, match=f"column {missing}"):
        classify(pd.DataFrame({"name": ["甲"]}), provider=provider)


def test_frame_keeps_its_index_and_columns_and_is_not_changed():
    frame = pd.DataFrame({"tag": ["公交车站"], "name": ["甲"], "x": [1.5]}, index=[7])
    found = classify(frame, provider="baidu")
    assert list(found.index) == [7]
    assert list(frame.columns) == ["tag", "name", "x"]
    assert list(found.columns[:3]) == ["tag", "name", "x"]


def test_empty_frame_gets_the_columns():
    frame = pd.DataFrame({"name": pd.Series(dtype=str), "tag": pd.Series(dtype=str)})
    found = classify(frame, provider="baidu")
    assert len(found) == 0
    assert {"facility_class", "confidence", "candidate_class", "matched_by"} <= set(
        found.columns
    )


@given(st.permutations(range(len(BAIDU))))
def test_order_of_rows_does_not_matter(order):
    expected = [BAIDU[i][2] for i in order]
    found = classes_of([(BAIDU[i][0], BAIDU[i][1]) for i in order], "baidu")
    assert list(found.facility_class) == expected


@given(st.text(max_size=20))
def test_any_name_without_a_tag_is_no_class(name):
    found = classify(pd.DataFrame({"name": [name]}), provider="name").iloc[0]
    assert found.facility_class == OTHER


# Names made up; texts as Amap's service delivers them in `type`.
AMAP_TEXTS = [
    ("科学岛路小学", "科教文化服务;学校;小学", "EDU.PRIMARY"),
    ("科学岛路小学", "科教文化服务；学校；小学", "EDU.PRIMARY"),
    ("金种子幼儿园", "科教文化服务;学校;幼儿园", "CHD.KG"),
    ("婴儿游泳馆", "生活服务;婴儿服务场所;婴儿游泳馆", "OTHER"),
    (
        "渡口社区居委会",
        "政府机构及社会团体;政府机关;乡镇以下级政府及事业单位",
        "SVC.COMM",
    ),
    ("渡口社区卫生服务站", "医疗保健服务;诊所;诊所", "HLT.STATION"),
    ("爱牙口腔诊所", "医疗保健服务;诊所;诊所", "OTHER"),
    ("渡口大药房(河东店)", "医疗保健服务;医药保健销售店;药房", "HLT.PHARM"),
    ("河东超市", "购物服务;超级市场;超市", "COM.SUPER"),
    ("屈臣氏(河东店)", "购物服务;超级市场;屈臣氏", "OTHER"),
    ("邻几便利店", "购物服务;便民商店/便利店;便民商店/便利店", "COM.CONV"),
    ("渡口支行", "金融保险服务;银行;中国工商银行", "FIN.BANK"),
    ("渡口公园", "风景名胜;公园广场;公园", "OPEN.PARK"),
    ("渡口停车场(出口)", "交通设施服务;停车场;停车场出口", "OTHER"),
    ("河东充电站", "汽车服务;充电站;充电站", "TRA.PARK"),
    ("渡口网球场", "体育休闲服务;运动场馆;网球场", "SPT.FIELD"),
    ("渡口垃圾中转站", "公共设施;公共设施;公共设施", "ENV.WASTE"),
    ("渡口科技公司", "公司企业;公司;公司", "OTHER"),
]


@pytest.mark.parametrize(("name", "text", "code"), AMAP_TEXTS)
def test_type_texts_of_amap_are_its_codes(name, text, code):
    places = pd.DataFrame({"name": [name], "code": [text]})
    assert classify(places, provider="amap")["facility_class"].tolist() == [code]


def test_a_type_text_that_opens_no_gate_narrows_a_shorter_one_or_says_nothing():
    ranges = [label.split("-") for label in provider_labels("amap")]
    texts = tomllib.loads(
        files("lifecircle.standards")
        .joinpath("amap_types.toml")
        .read_text(encoding="utf-8")
    )
    shut = [
        text
        for text, code in texts.items()
        if not any(ends[0] <= code <= ends[-1] for ends in ranges)
    ]
    assert "交通设施服务;停车场;停车场出口" in shut
    for text in shut:
        narrows = any(text.startswith(f"{other};") for other in texts)
        assert narrows or texts[text].endswith("0000"), text
