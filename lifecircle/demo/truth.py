"""What is true of the demo district by construction, with the arithmetic."""

from __future__ import annotations

import json
import tomllib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import numpy as np

from lifecircle.demo.canteens import LIMIT_15_M, LIMIT_20_M
from lifecircle.demo.people import shapes_of
from lifecircle.demo.tables import MISCOUNT, MISCOUNTED

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from shapely import Point

    from lifecircle.demo.detours import BlindGate, RailPair
    from lifecircle.demo.district import Demo

__all__ = ["truth_text"]

Fact = dict[str, Any]
COUNTY = ("C13", "C14", "C15")
TOLERANCE_M = 5.0
PERSONS_PER_HOUSEHOLD, ELDERLY_SHARE = 2.6, 0.19
"""As the district file declares them, for buildings without a count."""
HEAD = """# 示例区的已知事实：生成时即成立，附算式。
# Facts true of the demo district by construction, with their arithmetic.
# fact.expect 供程序核对：finding = 评估结果一行，walk = 步行距离，
# total = 户数核对行，building = 楼栋估算，unserved = 走不到的楼栋。
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


@cache
def _sentences() -> dict[str, dict[str, str]]:
    path = files("lifecircle.demo").joinpath("templates", "facts.toml")
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _fact(number: str, values: Mapping[str, object], *expect: Fact) -> Fact:
    words = {key: text.format(**values) for key, text in _sentences()[number].items()}
    return {"id": number, **words, "expect": list(expect)}


def _finding(rule_id: str, unit_id: str, verdict: str, **more: object) -> Fact:
    level = "grid" if "-" in unit_id else "community"
    fixed = {"rule_id": rule_id, "level": level, "unit_id": unit_id, "verdict": verdict}
    return {"kind": "finding", **fixed, **more}


def _short(amount_m2: float) -> Fact:
    return {"shortfall_amount": amount_m2, "shortfall_unit": "m2"}


def _room_facts(demo: Demo) -> list[Fact]:
    frame = demo.services.facilities
    centre = str(frame.loc[frame["floor_area_m2"] == 980, "facility_id"].iloc[0])
    rooms = {"facility_id": centre, "service_m2": 680.0, "elderly_m2": 300.0}
    incomplete = {"rule_id": "QX-R01", "facility_class": "HLT.STATION"}
    a = _finding("HF-R01", "C07", "fail", measured=28.0, threshold=30.0, **_short(58.0))
    b1 = _finding("HF-R01", "C09", "pass", measured=34.0, threshold=30.0)
    b2 = _finding(
        "HF-R02", "C09", "fail", measured=15.0, threshold=30.0, **_short(300.0)
    )
    return [
        _fact("a", {}, a),
        _fact("b", {}, {"kind": "rooms", **rooms}, b1, b2),
        _fact(
            "g",
            {},
            _finding("HF-R01", "C10", "not_assessed"),
            _finding("HF-R02", "C10", "not_assessed"),
        ),
        _fact(
            "m",
            {},
            {"kind": "never", "verdict": "fail", **incomplete},
            _finding("QX-R01", "C12", "not_assessed"),
        ),
    ]


def _sum(table: pd.DataFrame, column: str) -> int:
    return int(table[column].sum())


def _canteen_id(demo: Demo, at: Point) -> str:
    frame = demo.services.facilities
    here = (frame["x"] == at.x) & (frame["y"] == at.y)
    own = frame.loc[here & (frame["facility_class"] == "ELD.CANTEEN"), "facility_id"]
    return str(own.iloc[0])


def _across_fact(demo: Demo) -> Fact:
    table, canteens = demo.table, demo.canteens
    out = table.iloc[canteens.unserved]
    gaps = [p.centroid.distance(canteens.across) for p in shapes_of(out)]
    near = int(np.argmin(gaps))
    home = str(out["community_id"].iloc[0])
    total = _sum(table[table["community_id"] == home], "elderly")
    share = 1 - _sum(out, "elderly") / total
    return _fact(
        "c",
        {
            "buildings": len(out),
            "straight": gaps[near],
            "sum": " + ".join(str(h) for h in out["households"]),
            "nearest": float(demo.canteen_m[canteens.unserved].min()),
            "all": total,
            "out": _sum(out, "elderly"),
            "share": share,
        },
        {
            "kind": "unserved",
            "rule_id": "HF-R10",
            "unit_id": home,
            "facility_class": "ELD.CANTEEN",
            "limit_m": LIMIT_15_M,
            "households": _sum(out, "households"),
            "elderly": _sum(out, "elderly"),
            "building_ids": out["building_id"].tolist(),
            "compound_id": str(out["compound_id"].iloc[0]),
            "least_walk_m": 740.0,
        },
        {
            "kind": "straight",
            "building_id": str(out["building_id"].iloc[near]),
            "facility_id": _canteen_id(demo, canteens.across),
            "straight_m": gaps[near],
            "tolerance_m": 20.0,
        },
        _finding("HF-R10", home, "fail", measured=share, threshold=0.9),
    )


def _canteen_facts(demo: Demo) -> list[Fact]:
    canteens = demo.canteens
    border = demo.table.iloc[canteens.border]
    beyond = _canteen_id(demo, canteens.beyond)
    compound = str(border["compound_id"].iloc[0])
    farthest = float(demo.canteen_m[canteens.border].max())
    return [
        _across_fact(demo),
        _fact(
            "e",
            {"compound": compound, "farthest": farthest, "facility": beyond},
            {"kind": "role", "facility_id": beyond, "role": "context"},
            {
                "kind": "served_by",
                "compound_id": compound,
                "facility_id": beyond,
                "facility_class": "ELD.CANTEEN",
                "limit_m": LIMIT_15_M,
                "building_ids": border["building_id"].tolist(),
            },
        ),
        _slow_fact(demo),
        _idle_fact(demo),
    ]


def _slow_fact(demo: Demo) -> Fact:
    own = (demo.table["community_id"] == "C15").to_numpy()
    elderly, metres = demo.table["elderly"].to_numpy()[own], demo.canteen_m[own]
    quick, total = int(elderly[metres <= LIMIT_15_M].sum()), int(elderly.sum())
    share = quick / total
    farthest = float(metres.max())
    return _fact(
        "h",
        {"farthest": farthest, "quick": quick, "all": total, "share": share},
        _finding("HF-R11", "C15", "pass", measured=1.0, threshold=0.9),
        {
            "kind": "share_within",
            "unit_id": "C15",
            "facility_class": "ELD.CANTEEN",
            "limit_m": LIMIT_15_M,
            "share": share,
            "tolerance": 0.02,
        },
    )


def _idle_fact(demo: Demo) -> Fact:
    planned = _canteen_id(demo, demo.canteens.planned)
    works = _canteen_id(demo, demo.canteens.in_works)
    return _fact(
        "i",
        {},
        {"kind": "status", "facility_id": planned, "status": "planned"},
        {"kind": "status", "facility_id": works, "status": "under_construction"},
        {"kind": "never_nearest", "facility_id": planned},
        {"kind": "never_nearest", "facility_id": works},
        _finding("HF-R10", "C09", "fail"),
        _finding("HF-R11", "C13", "fail"),
    )


def _walk_facts(demo: Demo) -> list[Fact]:
    pairs = (("d", demo.gate, "LAW.STUDIO"), ("o", demo.pair, "SOC.HUB"))
    facts = []
    for number, pair, facility_class in pairs:
        metres = sum(length for _, length in pair.legs)
        legs = " + ".join(f"{name} {length:.1f}" for name, length in pair.legs)
        values = {"straight": pair.straight_m, "walk": metres, "legs": legs}
        expect = [_walk(demo, pair, facility_class, metres)]
        if number == "d":
            expect.append({"kind": "gates", "compound_id": "P031", "gates": 1})
        facts.append(_fact(number, values, *expect))
    return facts


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
    building = str(demo.table["building_id"].to_numpy()[row])
    both = sorted([own.grid_id, other.grid_id])
    sizes = (("620", "fail"), ("180", "fail"), ("300", "pass"), ("500", "pass"))
    return [
        _fact(
            "f",
            {"building": building, "own": own.grid_id, "other": other.grid_id},
            {"kind": "grids_of", "building_id": building, "grid_ids": both},
            _finding("DC-R04", own.community_id, "fail", measured=1.0),
        ),
        _fact(
            "k",
            {},
            *(
                _finding(
                    "DC-R02", demo.planted_grids[size], verdict, measured=float(size)
                )
                for size, verdict in sizes
            ),
        ),
    ]


def _household_facts(demo: Demo) -> list[Fact]:
    table = demo.table
    counted = _sum(table[table["community_id"] == MISCOUNTED], "households")
    home = table[table["community_id"] == "C05"]
    guessed = _sum(home[home["known"].isna()], "households")
    total = _sum(home, "households")
    share = guessed / total
    of = {"unit_id": "C05", "of": "sum_of_buildings"}
    tolerant = {"verdict_tolerant": "pass", "measured": 3000.0}
    return [
        _fact(
            "j",
            {"guessed": guessed, "all": total, "share": share},
            {
                "kind": "building",
                "building_id": str(table["building_id"].to_numpy()[demo.by_area_row]),
                "households": 48,
                "households_method": "floor_area",
            },
            {"kind": "estimated_share", **of, "households": guessed, "share": share},
        ),
        _fact(
            "l",
            {"declared": counted + MISCOUNT, "counted": counted},
            _finding("DC-R01", "C04", "benchmark", **tolerant),
            {
                "kind": "total",
                "level": "community",
                "unit_id": MISCOUNTED,
                "declared": counted + MISCOUNT,
                "buildings": counted,
                "difference": MISCOUNT,
            },
        ),
    ]


def _verdict_facts(demo: Demo) -> list[Fact]:
    expect = []
    for community, share in _served_shares(demo).items():
        rule = "HF-R11" if community in COUNTY else "HF-R10"
        verdict = "pass" if share >= 0.9 else "fail"
        figures = {"measured": share, "tolerance": 0.02}
        expect.append(_finding(rule, community, verdict, **figures))
    failing = [
        e["unit_id"]
        for e in expect
        if e["verdict"] == "fail" and e["rule_id"] == "HF-R10"
    ]
    rules = ("HF-R01", "HF-R02", "HF-R10", "DC-R04")
    grids = [g.grid_id for g in demo.grids if g.community_id == "C04"]
    return [
        _fact(
            "n",
            {},
            *(_finding(rule, "C04", "pass") for rule in rules),
            *(_finding("DC-R02", grid, "pass") for grid in grids),
        ),
        _fact("p", {"count": len(failing), "failing": ", ".join(failing)}, *expect),
    ]


def _served_shares(demo: Demo) -> dict[str, float]:
    table = demo.table
    county = table["community_id"].isin(COUNTY).to_numpy()
    served = demo.canteen_m <= np.where(county, LIMIT_20_M, LIMIT_15_M)
    guess = table["households"] * PERSONS_PER_HOUSEHOLD * ELDERLY_SHARE
    weight = table["elderly_known"].astype(float).fillna(guess)
    by_unit = weight.where(served, 0.0).groupby(table["community_id"]).sum()
    shares = by_unit / weight.groupby(table["community_id"]).sum()
    return {str(key): float(value) for key, value in shares.items()}
