"""The hand-drawn part: river, railway, main roads, outline, where communities lie.

Coordinates are metres east and north of the demo's centre. Everything else of the
district grows around this skeleton from the seed.
"""

from __future__ import annotations

from dataclasses import dataclass

from shapely import Polygon, box

from lifecircle.demo.curves import Pair, smooth

__all__ = [
    "COMMUNITIES",
    "EMBANKMENT_M",
    "FRAME",
    "MAIN_ROADS",
    "ORIGIN",
    "OUTLINE",
    "RAIL",
    "RAIL_HALF_M",
    "RIVER",
    "RIVER_HALF_M",
    "SUBDISTRICTS",
    "MainRoad",
    "Seat",
]

ORIGIN: Pair = (523_650.0, 3_525_600.0)
"""Local (0, 0) in EPSG:4548, near 117.25 E, 31.85 N."""

FRAME = box(-1960, -1760, 1960, 1760)
"""How far the map and its streets go, some 450 m beyond the boundary."""

RIVER_HALF_M = 44.0
EMBANKMENT_M = 72.0
"""Embankment roads run this far from the middle of the river."""
RAIL_HALF_M = 16.0

RIVER = smooth(
    [
        (330, 2100), (380, 1600), (300, 1150), (110, 700), (20, 250), (80, -200),
        (280, -600), (400, -1000), (350, -1450), (270, -2100),
    ]
)  # fmt: skip
RAIL = smooth(
    [
        (1090, 2100), (960, 1400), (850, 800), (800, 200), (860, -400), (1000, -1000),
        (1080, -1500), (1130, -2100),
    ]
)  # fmt: skip

OUTLINE = Polygon(
    [
        (-1090, 1400), (-640, 1340), (0, 1330), (420, 1330), (900, 1390), (1290, 1290),
        (1300, 960), (1640, 900), (1560, 300), (1640, -400), (1590, -560), (1340, -600),
        (1330, -1330), (700, -1370), (420, -1500), (60, -1330), (-500, -1330),
        (-1030, -1290), (-1060, -900), (-1560, -860), (-1570, -300), (-1560, 300),
        (-1560, 760), (-1120, 800),
    ]
)  # fmt: skip
"""A block whose inner point lies in here belongs to the district."""


@dataclass(frozen=True, slots=True)
class MainRoad:
    """A main road, drawn through points; ``zones`` are the banks it runs on."""

    name: str
    road_class: str
    points: tuple[Pair, ...]
    zones: tuple[str, ...]
    bridge: str = ""


MAIN_ROADS = (
    MainRoad("西环路", "primary", ((-1560, 2000), (-1530, 1000), (-1600, 150),
             (-1540, -900), (-1600, -2000)), ("west",)),
    MainRoad("府前街", "secondary", ((-1100, 2000), (-1130, 1250), (-1020, 560),
             (-1110, -150), (-1000, -850), (-1090, -1400), (-1070, -2000)), ("west",)),
    MainRoad("中兴路", "primary", ((-560, 2000), (-620, 1250), (-500, 520),
             (-590, -120), (-480, -720), (-560, -1350), (-500, -2000)), ("west",)),
    MainRoad("北环路", "primary", ((-2000, 1250), (-1100, 1330), (-400, 1270),
             (200, 1320), (750, 1300), (1100, 1330), (2000, 1180)),
             ("west", "mid", "east")),
    MainRoad("钟楼大街", "secondary", ((-2000, 700), (-1100, 740), (-500, 690),
             (-150, 790), (120, 870), (400, 880), (650, 800), (1000, 840)),
             ("west", "mid"), bridge="老桥"),
    MainRoad("建设路", "primary", ((-2000, 60), (-1100, 150), (-550, 40), (-200, 100),
             (200, 60)), ("west",)),
    MainRoad("建设东路", "primary", ((-100, 200), (250, 120), (560, 60), (830, 100),
             (1150, 40), (1500, 110), (2000, 30)), ("mid", "east")),
    MainRoad("新溪路", "secondary", ((-2000, -640), (-1100, -560), (-500, -680),
             (-100, -640), (250, -690), (600, -610), (1100, -680)),
             ("west", "mid"), bridge="新溪大桥"),
    MainRoad("南环路", "primary", ((-2000, -1260), (-1080, -1310), (-500, -1250),
             (50, -1330), (500, -1280), (900, -1330)), ("west", "mid")),
    MainRoad("纺织路", "secondary", ((660, 2000), (650, 1300), (520, 780), (440, 200),
             (490, -250), (680, -700), (760, -1250), (730, -2000)), ("mid",)),
    MainRoad("城关大街", "secondary", ((1360, 2000), (1290, 1280), (1190, 600),
             (1230, 50), (1180, -350), (1320, -950), (1350, -2000)), ("east",)),
    MainRoad("东环路", "primary", ((1650, 2000), (1690, 1000), (1600, 250),
             (1680, -500), (1650, -1100), (1760, -2000)), ("east",)),
    MainRoad("文昌路", "tertiary", ((700, 640), (1000, 610), (1400, 680),
             (2000, 620)), ("east",)),
    MainRoad("杏林路", "tertiary", ((700, -540), (1050, -590), (1400, -520),
             (2000, -600)), ("east",)),
    MainRoad("南关路", "secondary", ((900, -1180), (1300, -1250), (1650, -1200),
             (2000, -1290)), ("east",)),
)  # fmt: skip
"""建设东路 alone passes the railway, in the underpass."""

SUBDISTRICTS = {
    "west": ("S1", "老城街道"),
    "mid": ("S2", "河东街道"),
    "east": ("S3", "城关镇"),
}


@dataclass(frozen=True, slots=True)
class Seat:
    """Where a community lies; blocks go to the nearest seat of their zone."""

    community_id: str
    name: str
    zone: str
    at: Pair


COMMUNITIES = (
    Seat("C01", "北关社区", "west", (-1120, 1000)),
    Seat("C02", "钟楼社区", "west", (-250, 1010)),
    Seat("C03", "文庙社区", "west", (-280, 400)),
    Seat("C04", "柳巷社区", "west", (-1080, 400)),
    Seat("C05", "南门社区", "west", (-270, -260)),
    Seat("C06", "桂园社区", "west", (-1090, -230)),
    Seat("C07", "稻香社区", "west", (-1050, -900)),
    Seat("C08", "西营社区", "west", (-180, -980)),
    Seat("C09", "望溪社区", "mid", (620, 1080)),
    Seat("C10", "渡口社区", "mid", (430, 420)),
    Seat("C11", "纺织社区", "mid", (500, -280)),
    Seat("C12", "东塘社区", "mid", (680, -980)),
    Seat("C13", "城关社区", "east", (1220, 900)),
    Seat("C14", "砖桥社区", "east", (1210, 80)),
    Seat("C15", "杏林社区", "east", (1300, -860)),
)
