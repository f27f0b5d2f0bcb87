"""Facilities and rooms: centres with their ledgers, and the points of a map service."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from lifecircle.demo.skeleton import COMMUNITIES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from shapely import Point

    from lifecircle.demo.canteens import Canteens, Sites

__all__ = ["LABELS", "Services", "open_services"]

LABELS = {
    "SVC.COMM": "社区党群服务中心",
    "SVC.STREET": "街道党群服务中心",
    "ELD.STATION": "居家养老服务站",
    "ELD.DAYCARE": "日间照料中心",
    "ELD.HOME": "养老院",
    "ELD.CANTEEN": "老年食堂",
    "CUL.CENTRE": "文化活动中心",
    "GRID.CENTRE": "网格化服务管理中心",
    "CHD.NURSERY": "托育机构",
    "CHD.KG": "幼儿园",
    "EDU.PRIMARY": "小学",
    "EDU.JUNIOR": "初中",
    "HLT.CENTRE": "社区卫生服务中心",
    "HLT.STATION": "社区卫生服务站",
    "HLT.PHARM": "药店",
    "CUL.STATION": "文化活动站",
    "SPT.FIELD": "运动场地",
    "OPEN.PLAZA": "活动广场",
    "OPEN.PARK": "公园游园",
    "COM.MARKET": "菜市场",
    "COM.SUPER": "综合超市",
    "COM.CONV": "便利店",
    "COM.POST": "快递驿站",
    "COM.SERVICE": "便民商业",
    "COM.NEIGH": "邻里中心",
    "FIN.BANK": "银行网点",
    "GOV.POLICE": "警务室",
    "TRA.BUS": "公交站",
    "LAW.STUDIO": "司法所",
    "SOC.HUB": "社会组织孵化园",
    "ENV.TOILET": "公共厕所",
    "ENV.WASTE": "垃圾收集站",
    "SAF.SHELTER": "应急避难场所",
}
"""Class to the label in the planners' files."""

POINTS = {
    "CHD.KG": (1, 3), "EDU.PRIMARY": (0, 2), "EDU.JUNIOR": (0, 1),
    "HLT.PHARM": (2, 5), "COM.MARKET": (1, 2), "COM.SUPER": (1, 3),
    "COM.CONV": (3, 7), "COM.POST": (2, 5), "COM.SERVICE": (3, 7),
    "FIN.BANK": (0, 3), "TRA.BUS": (3, 6), "ENV.TOILET": (1, 4),
    "ENV.WASTE": (1, 2), "SPT.FIELD": (0, 2), "OPEN.PLAZA": (0, 2),
    "CHD.NURSERY": (0, 2), "GOV.POLICE": (1, 2), "CUL.STATION": (0, 2),
    "OPEN.PARK": (0, 2), "SAF.SHELTER": (0, 2),
}  # fmt: skip
"""From a map service, in every community: at least, fewer than."""

DISTRICT_WIDE = {
    "HLT.CENTRE": ("C03", "C11", "C14"),
    "HLT.STATION": ("C02", "C04", "C05", "C06", "C08", "C10", "C13"),
    "COM.NEIGH": ("C05", "C10"),
    "CUL.CENTRE": ("C03", "C14"),
    "ELD.HOME": ("C08",),
    "ELD.DAYCARE": ("C02", "C06", "C13"),
    "GRID.CENTRE": ("C03", "C10", "C14"),
    "SVC.STREET": ("C03", "C10", "C14"),
}
LEDGER = (
    "SVC.COMM",
    "SVC.STREET",
    "ELD.STATION",
    "ELD.DAYCARE",
    "ELD.HOME",
    "CUL.CENTRE",
    "GRID.CENTRE",
)

SERVICE_RATE = {
    "C01": 33.0, "C02": 31.5, "C03": 36.2, "C05": 24.0, "C06": 30.8, "C08": 18.3,
    "C11": 33.1, "C12": 30.6, "C13": 34.0, "C14": 22.4, "C15": 41.0,
}  # fmt: skip
"""Service rooms, m² per 100 households, where no planted fact says otherwise."""
ELDERLY_RATE = {
    "C01": 31.2, "C02": 22.5, "C03": 30.7, "C05": 12.4, "C06": 33.0, "C07": 31.0,
    "C08": 8.2, "C11": 18.4, "C13": 26.0, "C14": 30.9, "C15": 35.5,
}  # fmt: skip


@dataclass(slots=True, eq=False)
class Services:
    """Facilities (one row each, geometry as ``x``, ``y``) and rooms."""

    facilities: pd.DataFrame
    rooms: pd.DataFrame


class _Register:
    """Adds facilities one by one and numbers them."""

    def __init__(self, sites: Sites, rng: np.random.Generator) -> None:
        self.sites, self.rng = sites, rng
        self.rows: list[dict[str, object]] = []
        self.rooms: list[dict[str, object]] = []
        self.names = {s.community_id: s.name for s in COMMUNITIES}

    def site(self, community: str) -> Point:
        own = [
            p
            for p, c in zip(self.sites.points, self.sites.community_ids, strict=True)
            if c == community
        ]
        return own[int(self.rng.integers(len(own)))]

    def add(self, classes: Sequence[str], name: str, at: Point, **more: object) -> str:
        table = "ledger" if classes[0] in LEDGER else "map"
        prefix = "T" if table == "ledger" else "M"
        number = sum(r["table"] == table for r in self.rows) + 1
        facility_id = f"{prefix}{number:03d}"
        row: dict[str, object] = {
            "facility_id": facility_id, "table": table, "name": name,
            "facility_class": ";".join(classes), "status": "built",
            "opened": int(self.rng.integers(2003, 2025)), "floor_area_m2": None,
            "x": at.x, "y": at.y,
        }  # fmt: skip
        self.rows.append({**row, **more})
        return facility_id

    def room(self, facility_id: str, facility_class: str, area: int) -> None:
        self.rooms.append(
            {"facility_id": facility_id, "facility_class": facility_class,
             "floor_area_m2": area, "area_basis": "floor"}
        )  # fmt: skip


def open_services(
    sites: Sites,
    canteens: Canteens,
    alone: tuple[Point, Point],
    households: Mapping[str, int],
    rng: np.random.Generator,
) -> Services:
    """Open all facilities.

    Parameters
    ----------
    sites : Sites
        Street corners.
    canteens : Canteens
        Where elderly canteens stand, are planned or in the works.
    alone : tuple of Point
        Behind the wall of a compound, and across the railway: each gets the only
        facility of its class.
    households : mapping
        Community id to households.
    rng : numpy.random.Generator
        Decides the rest.

    Returns
    -------
    Services
        Facilities and rooms.
    """
    book = _Register(sites, rng)
    _centres(book, households)
    _canteens(book, canteens)
    book.add(["LAW.STUDIO"], "青溪司法所", alone[0])
    book.add(["SOC.HUB"], "青溪社会组织孵化园", alone[1])
    for facility_class, communities in DISTRICT_WIDE.items():
        for community in communities:
            stem = book.names[community].removesuffix("社区")
            book.add(
                [facility_class],
                f"{stem}{LABELS[facility_class]}",
                book.site(community),
            )
    for community in ("", *book.names):
        _everyday(book, community)
    return Services(pd.DataFrame(book.rows), pd.DataFrame(book.rooms))


def _centres(book: _Register, households: Mapping[str, int]) -> None:
    """Community centres and home-care stations, with the rooms that facts are about."""
    rated = {c: round(rate * households[c] / 100) for c, rate in SERVICE_RATE.items()}
    care = {c: round(rate * households[c] / 100) for c, rate in ELDERLY_RATE.items()}
    for community, name in book.names.items():
        at, label = book.site(community), f"{name}党群服务中心"
        if community == "C09":
            both = book.add(
                ["SVC.COMM", "ELD.STATION"], label, at, floor_area_m2=980, opened=2019
            )
            book.room(both, "SVC.COMM", 680)
            book.room(both, "ELD.STATION", 300)
        elif community == "C10":
            book.add(
                ["SVC.COMM", "ELD.STATION"], label, at, floor_area_m2=760, opened=2016
            )
        else:
            areas = {"C07": [512, 300], "C04": [960]}.get(
                community, [rated.get(community, 0)]
            )
            for number, area in enumerate(areas):
                one = book.add(
                    ["SVC.COMM"],
                    label if number == 0 else f"{name}便民服务站",
                    at if number == 0 else book.site(community),
                    floor_area_m2=area,
                )
                book.room(one, "SVC.COMM", area)
        area = 930 if community == "C04" else care.get(community, 0)
        if area and community not in ("C09", "C10"):
            station = book.add(
                ["ELD.STATION"],
                f"{name}居家养老服务站",
                book.site(community),
                floor_area_m2=area,
            )
            book.room(station, "ELD.STATION", area)


def _canteens(book: _Register, canteens: Canteens) -> None:
    for number, at in enumerate(canteens.points, start=1):
        book.add(["ELD.CANTEEN"], f"青溪老年食堂{number}号店", at)
    for at, status, opened in (
        (canteens.planned, "planned", 2028),
        (canteens.in_works, "under_construction", 2027),
    ):
        book.add(
            ["ELD.CANTEEN"],
            "望溪老年食堂" if status == "planned" else "城关老年食堂",
            at,
            status=status,
            opened=opened,
        )


def _everyday(book: _Register, community: str) -> None:
    stem = book.names.get(community, "区外").removesuffix("社区")
    for facility_class, (least, below) in POINTS.items():
        for number in range(int(book.rng.integers(least, below + 1))):
            status, opened = "built", int(book.rng.integers(1995, 2026))
            if book.rng.random() < 0.04:
                status, opened = (
                    str(book.rng.choice(["planned", "under_construction"])),
                    2027,
                )
            book.add(
                [facility_class],
                f"{stem}{LABELS[facility_class]}{number + 1}",
                book.site(community),
                status=status,
                opened=opened,
            )
