"""What is true of the demo district by construction, with the arithmetic."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from lifecircle.demo.canteens import FAR_M, LIMIT_15_M, LIMIT_20_M
from lifecircle.demo.tables import MISCOUNT, MISCOUNTED

if TYPE_CHECKING:
    import pandas as pd

    from lifecircle.demo.district import Demo
    from lifecircle.demo.planted import BlindGate, RailPair

__all__ = ["truth_text"]

Fact = dict[str, Any]
TOLERANCE_M = 5.0
PERSONS_PER_HOUSEHOLD, ELDERLY_SHARE = 2.6, 0.19
"""As the district file declares them, for buildings without a count."""
HEAD = """# 示例区的已知事实：生成时即成立，附算式。Facts true by construction, with arithmetic.
# fact.expect 供程序核对：finding = 评估结果一行，walk = 步行距离，total = 户数核对行，
# building = 楼栋估算，role = 设施所在，unserved = 走不到的楼栋。
"""


def truth_text(demo: Demo, seed: int) -> str:
    """Write the facts as TOML.

    Parameters
    ----------
    demo : Demo
        The district.
    seed : int
        Its seed.

    Returns
    -------
    str
        ``[[fact]]`` tables with ``[[fact.expect]]`` below each.
    """
    facts = [
        *_room_facts(demo), *_canteen_facts(demo), *_walk_facts(demo),
        *_grid_facts(demo), *_household_facts(demo), *_verdict_facts(demo),
    ]  # fmt: skip
    facts.sort(key=lambda f: f["id"])
    parts = [
        HEAD,
        f"seed = {seed}",
        f"buildings = {len(demo.table)}",
        f"households = {int(demo.table['households'].sum())}",
        "",
    ]
    for fact in facts:
        parts.append("[[fact]]")
        parts += [
            f"{key} = {_value(fact[key])}" for key in ("id", "zh", "en", "arithmetic")
        ]
        for expect in fact["expect"]:
            parts += ["", "  [[fact.expect]]"]
            parts += [f"  {key} = {_value(value)}" for key, value in expect.items()]
        parts.append("")
    return "\n".join(parts)


def _value(value: object) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(_value(v) for v in value) + "]"
    if isinstance(value, float | np.floating):
        return repr(round(float(value), 4))
    if isinstance(value, str | bool):
        return json.dumps(value, ensure_ascii=False)
    return str(value)


def _fact(number: str, zh: str, en: str, arithmetic: str, *expect: Fact) -> Fact:
    return {
        "id": number,
        "zh": zh,
        "en": en,
        "arithmetic": arithmetic,
        "expect": list(expect),
    }


def _finding(rule_id: str, unit_id: str, verdict: str, **more: object) -> Fact:
    level = "grid" if "-" in unit_id else "community"
    return {
        "kind": "finding",
        "rule_id": rule_id,
        "level": level,
        "unit_id": unit_id,
        "verdict": verdict,
        **more,
    }


def _room_facts(demo: Demo) -> list[Fact]:
    centre = demo.services.facilities.query("floor_area_m2 == 980")["facility_id"].iloc[
        0
    ]
    return [
        _fact(
            "a", "稻香社区 2,900 户，社区服务用房 812 m²，每百户 28.0 m²，差 58 m²。",
            "Community C07 has 2,900 households and 812 m² of service rooms: 58 m² short.",
            "2900 / 100 * 30 = 870 m²; 512 + 300 = 812 m²; 812 / 29 = 28.0; 870 - 812 = 58 m²",
            _finding("HF-R01", "C07", "fail", measured=28.0, threshold=30.0, shortfall_amount=58.0, shortfall_unit="m2"),
        ),
        _fact(
            "b", "望溪社区 980 m² 的中心含 300 m² 养老用房，社区用房按 680 m²、养老用房按 300 m² 计。",
            "The 980 m² centre of C09 holds 300 m² of elderly rooms: 680 and 300 count.",
            "980 - 300 = 680; 680 / 20 = 34.0 passes; 300 / 20 = 15.0, 20 * 30 - 300 = 300 m² short",
            {"kind": "rooms", "facility_id": str(centre), "service_m2": 680.0, "elderly_m2": 300.0},
            _finding("HF-R01", "C09", "pass", measured=34.0, threshold=30.0),
            _finding("HF-R02", "C09", "fail", measured=15.0, threshold=30.0, shortfall_amount=300.0, shortfall_unit="m2"),
        ),
        _fact(
            "g", "纺织社区的中心兼两类而无分类面积，两项用房指标均未评估。",
            "The centre of C10 has two classes and no room areas: both area rules are not assessed.",
            "760 m² cannot be divided between SVC.COMM and ELD.STATION",
            _finding("HF-R01", "C10", "not_assessed"), _finding("HF-R02", "C10", "not_assessed"),
        ),
        _fact(
            "m", "社区卫生服务站名录不完整：走不到的社区未评估，从不判不达标。",
            "The list of health stations is incomplete: no community fails QX-R01.",
            "HLT.STATION is in no source's complete_classes",
            {"kind": "never", "rule_id": "QX-R01", "verdict": "fail", "facility_class": "HLT.STATION"},
            _finding("QX-R01", "C12", "not_assessed"),
        ),
    ]  # fmt: skip


def _sum(table: pd.DataFrame, column: str) -> int:
    return int(table[column].sum())


def _facility_id(demo: Demo, at: shapely.Point) -> str:
    frame = demo.services.facilities
    return str(
        frame.loc[
            (frame["x"] == at.x)
            & (frame["y"] == at.y)
            & (frame["facility_class"] == "ELD.CANTEEN"),
            "facility_id",
        ].iloc[0]
    )


def _canteen_facts(demo: Demo) -> list[Fact]:
    table, canteens = demo.table, demo.canteens
    out, border = table.iloc[canteens.unserved], table.iloc[canteens.border]
    gaps = [p.centroid.distance(canteens.across) for p in out["polygon"]]
    near = int(np.argmin(gaps))
    home = str(out["community_id"].iloc[0])
    whole = table[table["community_id"] == home]
    nearest = float(demo.canteen_m[canteens.unserved].min())
    unserved_share = 1 - _sum(out, "elderly") / _sum(whole, "elderly")
    beyond = _facility_id(demo, canteens.beyond)
    return [
        _fact(
            "c", f"河东岸 412 户（{len(out)} 栋）15 分钟内走不到老年食堂，对岸直线约 200 m 就有一处。",
            f"412 households across the river have no canteen within 15 minutes; one stands {gaps[near]:.0f} m away.",
            f"{' + '.join(str(h) for h in out['households'])} = 412; 15 * 60 * 0.8 = 720 m; nearest walk {nearest:.0f} m; "
            f"elderly served ({_sum(whole, 'elderly')} - {_sum(out, 'elderly')}) / {_sum(whole, 'elderly')} = {unserved_share:.4f}",
            {"kind": "unserved", "rule_id": "HF-R10", "unit_id": home, "facility_class": "ELD.CANTEEN",
             "limit_m": LIMIT_15_M, "households": 412, "elderly": _sum(out, "elderly"),
             "building_ids": out["building_id"].tolist(), "compound_id": str(out["compound_id"].iloc[0]), "least_walk_m": FAR_M},
            {"kind": "straight", "building_id": str(out["building_id"].iloc[near]),
             "facility_id": _facility_id(demo, canteens.across), "straight_m": gaps[near], "tolerance_m": 20.0},
            _finding("HF-R10", home, "fail", measured=unserved_share, measured_unit="share", threshold=0.9),
        ),
        _fact(
            "e", f"边界上的小区 {border['compound_id'].iloc[0]} 只由界外的老年食堂服务。",
            "A compound at the boundary is served only from across it.",
            f"farthest building {demo.canteen_m[canteens.border].max():.0f} m <= 720 m to {beyond}; all canteens inside are over {FAR_M:.0f} m away",
            {"kind": "role", "facility_id": beyond, "role": "context"},
            {"kind": "served_by", "compound_id": str(border["compound_id"].iloc[0]), "facility_id": beyond,
             "facility_class": "ELD.CANTEEN", "limit_m": LIMIT_15_M, "building_ids": border["building_id"].tolist()},
        ),
        _slow_fact(demo), _idle_fact(demo),
    ]  # fmt: skip


def _slow_fact(demo: Demo) -> Fact:
    own = (demo.table["community_id"] == "C15").to_numpy()
    elderly = demo.table["elderly"].to_numpy()[own]
    metres = demo.canteen_m[own]
    quick, all_of = int(elderly[metres <= LIMIT_15_M].sum()), int(elderly.sum())
    return _fact(
        "h", "县城的杏林社区人人 20 分钟内可达，按 15 分钟则不达标。",
        "In the county town, C15 passes at 20 minutes and would fail at 15.",
        f"20 * 60 * 0.8 = 960 m, farthest {metres.max():.0f} m; within 720 m {quick} of {all_of} elderly, {quick / all_of:.4f} < 0.9",
        _finding("HF-R11", "C15", "pass", measured=1.0, measured_unit="share", threshold=0.9),
        {"kind": "share_within", "unit_id": "C15", "facility_class": "ELD.CANTEEN", "limit_m": LIMIT_15_M,
         "share": quick / all_of, "tolerance": 0.02},
    )  # fmt: skip


def _idle_fact(demo: Demo) -> Fact:
    planned, works = (
        _facility_id(demo, demo.canteens.planned),
        _facility_id(demo, demo.canteens.in_works),
    )
    return _fact(
        "i", "望溪规划的、城关在建的老年食堂都不算数，两社区不达标。",
        "A planned canteen (C09) and one under construction (C13) do not count.",
        "only status = built counts",
        {"kind": "status", "facility_id": planned, "status": "planned"},
        {"kind": "status", "facility_id": works, "status": "under_construction"},
        {"kind": "never_nearest", "facility_id": planned}, {"kind": "never_nearest", "facility_id": works},
        _finding("HF-R10", "C09", "fail"), _finding("HF-R11", "C13", "fail"),
    )  # fmt: skip


def _legs(legs: list[tuple[str, float]]) -> tuple[str, float]:
    total = sum(length for _, length in legs)
    return " + ".join(
        f"{name} {length:.1f}" for name, length in legs
    ) + f" = {total:.1f} m", total


def _walk_facts(demo: Demo) -> list[Fact]:
    gate, pair = demo.gate, demo.pair
    around, around_m = _legs(gate.legs)
    under, under_m = _legs(pair.legs)
    return [
        _fact(
            "d",
            f"小区 P031 唯一的大门背向墙后的司法所：直线 {gate.straight_m:.0f} m，"
            f"步行 {around_m:.0f} m。",
            "Compound 31's only gate faces away from the studio behind its wall.",
            around,
            {"kind": "gates", "compound_id": "P031", "gates": 1},
            _walk(demo, gate, "LAW.STUDIO", around_m),
        ),
        _fact(
            "o",
            f"铁路对面的社会组织孵化园直线 {pair.straight_m:.0f} m，须走地道，"
            f"步行 {under_m:.0f} m。",
            "Only the underpass leads to the hub across the railway.",
            under,
            _walk(demo, pair, "SOC.HUB", under_m),
        ),
    ]


def _walk(
    demo: Demo, pair: BlindGate | RailPair, facility_class: str, walk_m: float
) -> Fact:
    """The walk to the only facility of its class."""
    frame = demo.services.facilities
    facility = frame.loc[frame["facility_class"] == facility_class, "facility_id"]
    return {
        "kind": "walk",
        "building_id": str(demo.table["building_id"].to_numpy()[pair.row]),
        "facility_id": str(facility.iloc[0]),
        "facility_class": facility_class,
        "straight_m": pair.straight_m,
        "walk_m": walk_m,
        "tolerance_m": TOLERANCE_M,
    }


def _grid_facts(demo: Demo) -> list[Fact]:
    row, own, other = demo.shared
    building = str(demo.table.at[row, "building_id"])
    ids = demo.planted_grids
    return [
        _fact(
            "f", f"楼栋 {building} 同时落在网格 {own.grid_id} 与 {other.grid_id} 内，文庙社区多网合一不达标。",
            "One building lies in two grids, so DC-R04 fails for C03.",
            "2 grids claim it; exactly 1 should",
            {"kind": "grids_of", "building_id": building, "grid_ids": sorted([own.grid_id, other.grid_id])},
            _finding("DC-R04", own.community_id, "fail", measured=1.0),
        ),
        _fact(
            "k", "网格 620 户超过 500，180 户不足 300，300 户与 500 户恰好达标。",
            "Grids of 620 and 180 households fail; exactly 300 and exactly 500 pass.",
            "620 - 500 = 120 over; 300 - 180 = 120 short; 300 >= 300; 500 <= 500",
            _finding("DC-R02", ids["620"], "fail", measured=620.0), _finding("DC-R02", ids["180"], "fail", measured=180.0),
            _finding("DC-R02", ids["300"], "pass", measured=300.0), _finding("DC-R02", ids["500"], "pass", measured=500.0),
        ),
    ]  # fmt: skip


def _household_facts(demo: Demo) -> list[Fact]:
    table = demo.table
    counted = _sum(table[table["community_id"] == MISCOUNTED], "households")
    home = table[table["community_id"] == "C05"]
    guessed, total = (
        _sum(home[home["known"].isna()], "households"),
        _sum(home, "households"),
    )
    return [
        _fact(
            "j", "缺户数的一栋楼建筑面积 4,320 m²，估为 48 户；南门社区估算户数占比见算式。",
            "A building without households: 4,320 m² / 90 m² = 48, marked as estimated.",
            f"4320 / 90 = 48; C05: {guessed} / {total} = {guessed / total:.4f} of its households estimated",
            {"kind": "building", "building_id": str(table.at[demo.by_area_row, "building_id"]), "households": 48,
             "households_method": "floor_area"},
            {"kind": "estimated_share", "unit_id": "C05", "of": "sum_of_buildings", "households": guessed, "share": guessed / total},
        ),
        _fact(
            "l", "柳巷社区恰为 3,000 户；钟楼社区申报数比楼栋合计多 57 户。",
            "C04 has exactly 3,000 households; C02 declares 57 more than its buildings sum to.",
            f"{counted + MISCOUNT} - {counted} = {MISCOUNT}",
            _finding("DC-R01", "C04", "benchmark", verdict_tolerant="pass", measured=3000.0),
            {"kind": "total", "level": "community", "unit_id": MISCOUNTED, "declared": counted + MISCOUNT,
             "buildings": counted, "difference": MISCOUNT},
        ),
    ]  # fmt: skip


def _verdict_facts(demo: Demo) -> list[Fact]:
    shares = _served_shares(demo)
    expect = [
        _finding("HF-R11" if community in ("C13", "C14", "C15") else "HF-R10", community,
                 "pass" if share >= 0.9 else "fail", measured=share, measured_unit="share", tolerance=0.02)
        for community, share in shares.items()
    ]  # fmt: skip
    failing = [
        e["unit_id"]
        for e in expect
        if e["verdict"] == "fail" and e["rule_id"] == "HF-R10"
    ]
    rules = ("HF-R01", "HF-R02", "HF-R10", "DC-R04")
    good = [_finding(rule, "C04", "pass") for rule in rules]
    grids = [
        _finding("DC-R02", g.grid_id, "pass")
        for g in demo.grids
        if g.community_id == "C04"
    ]
    return [
        _fact(
            "n", "柳巷社区及其网格各项达标。", "C04 and its grids pass every rule.",
            "3000 households, 960 / 30 = 32.0 m², 930 / 30 = 31.0 m², all grids within 300 to 500",
            *good, *grids,
        ),
        _fact(
            "p", f"老年助餐 15 分钟：{len(failing)} 个城区社区不达标。",
            f"{len(failing)} urban communities fail HF-R10: {', '.join(failing)}.",
            "elderly within 720 m (960 m in the county town) of an open canteen / all elderly",
            *expect,
        ),
    ]  # fmt: skip


def _served_shares(demo: Demo) -> dict[str, float]:
    table = demo.table
    county = table["community_id"].isin(("C13", "C14", "C15")).to_numpy()
    served = demo.canteen_m <= np.where(county, LIMIT_20_M, LIMIT_15_M)
    guess = table["households"] * PERSONS_PER_HOUSEHOLD * ELDERLY_SHARE
    weight = table["elderly_known"].astype(float).fillna(guess)
    by_unit = weight.where(served, 0.0).groupby(table["community_id"]).sum()
    shares = by_unit / weight.groupby(table["community_id"]).sum()
    return {str(key): float(value) for key, value in shares.items()}
