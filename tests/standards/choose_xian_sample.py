"""Choose the 500 Xi'an points that ``xian_labelled.csv`` labels by hand.

    python tests/standards/choose_xian_sample.py POINTS.csv > chosen.csv

Strata are the facility classes of the taxonomy, made from raw words and source tags
(``STRATA``), never from our classifier: of each class up to six points that have both
tag and word, three that have the word under another tag (what misleads) and two that
have the tag without the word. The rest, up to 500, is drawn from all points. The seed
is fixed and rows are sorted by their id first, so that the choice repeats; every other
row of the shuffled choice is ``tune`` or ``test``.
"""

from __future__ import annotations

import re
import sys

import numpy as np
import pandas as pd

SEED = 20261128
SIZE = 500
BOTH, WORD_ONLY, TAG_ONLY = 6, 3, 2

GOVERNMENT = (
    "政府机构;行政单位",
    "政府机构;各级政府",
    "政府机构;其他",
    "政府机构;居民委员会",
    "政府机构",
)
CARE = ("政府机构;福利机构", "医疗;疗养院", *GOVERNMENT)
SPORT = ("运动健身;体育场馆", "运动健身;健身中心", "运动健身;其他")
CULTURE = ("文化传媒;文化宫", "教育培训;图书馆", "文化传媒;美术馆")

STRATA: dict[str, tuple[str, tuple[str, ...]]] = {
    "SVC.DISTRICT": ("政务服务|市民中心|区.*党群", GOVERNMENT),
    "SVC.STREET": ("(街道|街办|镇|乡).*(党群|服务中心)", GOVERNMENT),
    "SVC.COMM": ("社区|居委会|村委会|委员会", GOVERNMENT),
    "SVC.ZONE": ("服务点|驿站|党群服务站", GOVERNMENT),
    "COM.UNIT": ("社区中心", ("房地产;其他", "购物;购物中心")),
    "COM.NEIGH": ("睦邻|邻里", ("房地产;其他", "购物;购物中心")),
    "GRID.CENTRE": ("网格|综治", GOVERNMENT),
    "ELD.STATION": ("养老|为老|老年服务", CARE),
    "ELD.DAYCARE": ("日间照料|托老", CARE),
    "ELD.CANTEEN": (
        "食堂|助餐|老年.*餐",
        ("美食;小吃快餐店", "美食;中餐厅", "美食;其他"),
    ),
    "ELD.HOME": ("养老院|敬老院|养护|老年公寓|福利院", CARE),
    "CHD.NURSERY": ("托育|托儿|托班", ("教育培训;亲子教育", "教育培训;幼儿园")),
    "CHD.KG": ("幼儿园|幼稚园", ("教育培训;幼儿园",)),
    "CHD.HOME": ("儿童|青少年|少年宫", (*CULTURE, *CARE)),
    "EDU.PRIMARY": ("小学", ("教育培训;小学",)),
    "EDU.JUNIOR": ("中学|初级|初中", ("教育培训;中学",)),
    "EDU.CITIZEN": ("市民学校|社区学|老年.*学|讲堂", ("教育培训;成人教育",)),
    "HLT.CENTRE": (
        "卫生服务中心|社区医院|卫生院",
        ("医疗;诊所", "医疗;综合医院", "医疗"),
    ),
    "HLT.STATION": ("卫生站|卫生服务站|卫生室", ("医疗;诊所", "医疗;其他", "医疗")),
    "HLT.PHARM": ("药", ("医疗;药店",)),
    "CUL.CENTRE": ("文化.*中心|文化馆|图书馆", CULTURE),
    "CUL.STATION": ("文化.*站|书屋|阅览|活动[室站]", CULTURE),
    "SPT.CENTRE": ("体育|全民健身", SPORT),
    "SPT.FIELD": ("[篮足排网]球|羽毛球|乒乓球", SPORT),
    "SPT.POINT": ("健身", SPORT),
    "OPEN.PLAZA": ("广场", ("休闲娱乐;休闲广场",)),
    "OPEN.PARK": ("公园|游园|绿地", ("旅游景点;公园",)),
    "COM.MARKET": ("菜市|农贸|集贸|生鲜|市场", ("购物;市场",)),
    "COM.SUPER": ("超市", ("购物;超市",)),
    "COM.CONV": ("便利|商店|小卖", ("购物;便利店",)),
    "COM.POST": ("邮政|快递|驿站", ("生活服务;邮局", "生活服务;物流公司")),
    "COM.SERVICE": (
        "理发|美发|洗衣|维修|家政",
        ("丽人;美发", "生活服务;洗衣店", "生活服务;维修点", "生活服务;家政服务"),
    ),
    "FIN.BANK": ("银行|信用社", ("金融;银行", "金融;信用社")),
    "GOV.STREET": ("街道办|人民政府|街办", GOVERNMENT),
    "GOV.POLICE": ("派出所|警务", ("政府机构;公检法机构",)),
    "LAW.STUDIO": ("司法|法律|调解", ("政府机构;公检法机构", *GOVERNMENT)),
    "VOL.STATION": ("志愿|文明实践", GOVERNMENT),
    "SOC.HUB": ("孵化|社工|社会组织", GOVERNMENT),
    "TRA.BUS": ("公交", ("公交车站",)),
    "TRA.METRO": ("地铁|轨道", ("地铁站",)),
    "TRA.PARK": ("停车|充电", ("交通设施;停车场", "交通设施;充电站")),
    "ENV.TOILET": ("厕|卫生间", ("生活服务;公共厕所",)),
    "ENV.WASTE": ("垃圾|回收|再生资源", ("生活服务;公用事业", "生活服务;其他")),
    "SAF.SHELTER": ("避难|应急", GOVERNMENT),
    "PRP.OFFICE": ("物业", ("生活服务;其他", "生活服务")),
    "RES.ESTATE": ("小区|花园|苑|家属院", ("房地产;住宅区",)),
    "RES.BUILDING": ("栋|幢|号楼", ("房地产;内部楼栋",)),
}


def choose(points: pd.DataFrame) -> pd.DataFrame:
    """``half``, ``name`` and ``tag`` of the chosen points, in shuffled order."""
    rows = points.sort_values("uid").reset_index(drop=True)
    rng = np.random.default_rng(SEED)
    taken: dict[int, None] = {}
    for words, tags in STRATA.values():
        named = [re.search(words, name) is not None for name in rows["name"]]
        word, tag = pd.Series(named), rows["tag"].isin(tags)
        pools = ((word & tag, BOTH), (word & ~tag, WORD_ONLY), (tag & ~word, TAG_ONLY))
        for pool, count in pools:
            places = [place for place in np.flatnonzero(pool) if place not in taken]
            drawn = rng.permutation(places)[:count]
            taken.update(dict.fromkeys(int(place) for place in drawn))
    rest = [place for place in rng.permutation(len(rows)) if place not in taken]
    chosen = np.array([*taken, *rest])[:SIZE]
    shuffled = rows.loc[rng.permutation(chosen), ["name", "tag"]]
    halves = np.where(np.arange(len(shuffled)) % 2 == 0, "tune", "test")
    return shuffled.assign(half=halves)[["half", "name", "tag"]].reset_index(drop=True)


if __name__ == "__main__":
    choose(pd.read_csv(sys.argv[1])).to_csv(
        sys.stdout, index=False, lineterminator="\n"
    )
