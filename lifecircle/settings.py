"""What a district file says, typed: sources, walkers, settings.

Part of ``lifecircle.model``; import them from there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Literal

__all__ = [
    "GAP_M2",
    "BaseMap",
    "Disclosure",
    "DistrictConfig",
    "RegridSettings",
    "Source",
    "Walker",
]

GAP_M2 = 10_000.0
"""A hole between communities or grids of up to this area is a gap; larger ones only
where they are slivers: a lake or an enclave is no fault."""

Disclosure = Literal["internal", "review", "public"]


@dataclass(frozen=True, slots=True)
class Walker:
    """A walker profile: adult, elderly, pram.

    What slows the walker counts in minutes only where the data says that it is
    there; metres are never lengthened by it.

    Attributes
    ----------
    speed_m_per_s : float
        Walking speed on level street, metres per second.
    source : str
        Where the speed comes from.
    slow_m_per_s, fast_m_per_s : float or None
        Range of the speed; None = not stated.
    steps : {"yes", "no"}
        ``no``: the walker cannot take steps.
    steps_factor : float
        Time on steps, as a multiple of the time on level street of their length.
    signal_delay_s, footbridge_delay_s : float
        Wait at a signalled crossing; detour over a footbridge or by an underpass.
    slope : {"tobler", "naismith", "none"}
        How slope changes the time, where heights are known.
    """

    name: str
    speed_m_per_s: float
    source: str
    slow_m_per_s: float | None = None
    fast_m_per_s: float | None = None
    steps: str = "yes"
    steps_factor: float = 1.0
    signal_delay_s: float = 0.0
    footbridge_delay_s: float = 0.0
    slope: str = "tobler"


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """One ``[[sources.TABLE]]`` entry of the district file.

    Attributes
    ----------
    table : str
        Table of DESIGN section 4: ``communities``, ``buildings``, …
    path : Path
        Absolute path of the file; for a database a name to show.
    database : str
        Environment variable with the address of a PostGIS database; ``layer`` is the
        table in it.
    geometry : str
        Column of shapes of a table that has several; empty = the first.
    crs : str
        ``"EPSG:n"``, ``"gcj02"``, ``"bd09"``, or ``""`` for tables without geometry.
    columns : Mapping[str, str]
        Our column name -> the file's column name.
    values : Mapping[str, Mapping[str, str]]
        Our column name -> {the file's value -> our value}.
    constants : Mapping[str, Any]
        Our column name -> the value for every row.
    header_row, header_rows : int
        First row of the headings, from 1, and how many rows they take.
    household_basis : str
        ``registered``, ``resident``, ``dwellings``, ``planned`` or ``""``.
    complete_classes : tuple of str
        Facility classes of which this layer is declared complete.
    provider : str
        Whose labels the facilities bear (``baidu``, ``amap``, ``osm``, ``name``);
        empty = their classes are declared.
    reviewed : Path or None
        Absolute path of the review list with decisions made by hand.
    """

    table: str
    path: Path
    layer: str = ""
    encoding: str = ""
    sheet: str = ""
    header_row: int = 1
    header_rows: int = 1
    crs: str = ""
    x: str = ""
    y: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    constants: Mapping[str, Any] = field(default_factory=dict)
    household_basis: str = ""
    complete_classes: tuple[str, ...] = ()
    as_of: date | None = None
    note: str = ""
    provider: str = ""
    reviewed: Path | None = None
    database: str = ""
    geometry: str = ""


@dataclass(frozen=True, slots=True)
class RegridSettings:
    """The ``[regrid]`` section: bands, and what weighs how much in a plan.

    Attributes
    ----------
    households, community_households : tuple of int
        Band of households of a grid and of a community, both ends inclusive.
    stability : float
        0 = best shape, 1 = least change. A household that changes grid costs
        ``stability / (1 - stability)``.
    border : Mapping[str, float]
        Cost per metre of border cut: ``inside_compound``, ``minor_street``,
        ``main_road_or_river``.
    compactness : float
        Cost per metre of a grid's outline beyond that of a circle of its area.
    grids : float
        Cost per grid.
    balance : float
        Cost per unit of workload away from the mean grid.
    workload : Mapping[str, float]
        What a street shop, one of the elderly and a case of the year add to a grid's
        workload: ``street_shops``, ``elderly``, ``cases``.
    split : float or None
        Cost per compound of at most the band's households that lies in several grids;
        None = no such compound is split if that can be avoided.
    subdistricts : {"keep", "cross"}
        ``cross``: communities may be merged across a subdistrict's boundary.
    communities : {"none", "merge", "split"}
        Whether ``lifecircle run`` proposes communities too: whole ones merged, or
        split by the proposed grids as well.
    seed : int
        The same seed gives the same plan.
    """

    households: tuple[int, int] = (300, 500)
    community_households: tuple[int, int] = (2400, 3600)
    stability: float = 0.5
    border: Mapping[str, float] = field(
        default_factory=lambda: {
            "inside_compound": 2.0,
            "minor_street": 0.6,
            "main_road_or_river": 0.05,
        }
    )
    compactness: float = 0.05
    grids: float = 0.0
    balance: float = 0.0
    workload: Mapping[str, float] = field(
        default_factory=lambda: {"street_shops": 0.0, "elderly": 0.0, "cases": 0.0}
    )
    split: float | None = None
    subdistricts: str = "keep"
    communities: str = "none"
    seed: int = 1


@dataclass(frozen=True, slots=True)
class BaseMap:
    """What lies below the plan: a raster, and tiles for those with a network.

    Attributes
    ----------
    raster : Path or None
        Absolute path of a picture with a place, 8-bit; None = none.
    crs : str
        ``EPSG:n`` of a raster that does not say; empty = it does.
    raster_source : str
        Whose picture it is and of when; shown beside it.
    tiles : str
        Name of a service that we know, or an address with ``{z}``, ``{x}``, ``{y}``
        (``{-y}`` where rows count from the south), and ``{key}`` for a key that the
        reader types; empty = none.
    datum : {"wgs84", "cgcs2000", "gcj02"}
        What the tiles are in; always Web Mercator.
    subdomains : tuple of str
        For ``{s}`` in the address.
    max_zoom : int
        Finest level of the tiles.
    attribution, approval : str
        Whose tiles they are, and the approval number (审图号) of their map.
    """

    raster: Path | None = None
    crs: str = ""
    raster_source: str = ""
    tiles: str = ""
    datum: str = "wgs84"
    subdomains: tuple[str, ...] = ()
    max_zoom: int = 18
    attribution: str = ""
    approval: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class DistrictConfig:
    """A district file, checked.

    Attributes
    ----------
    crs : str
        The district's metric CRS, for example ``"EPSG:4548"``.
    settlement : str
        Default for communities that do not say: urban, county_town, rural.
    synthetic : bool
        True for made-up data: stamped on every output.
    sources : tuple of Source
        In the order of the file.
    adopted_books, reference_books : tuple of str
        Rule book ids (or paths) that bind the district, and those shown as 参照.
    shares : Mapping[str, float]
        Rule id -> share in [0, 1] of people to be served, set by the district
        where the source names none.
    walkers : Mapping[str, Walker]
        By name; always holds ``adult`` and ``elderly``.
    floor_area_per_household_m2 : float or None
        Declared area per household for estimating; None = not declared.
    persons_per_household, elderly_share : float or None
        Declared for estimating persons and the elderly; None = not declared.
    isochrone_classes : tuple of str
        Facility classes whose isochrones are drawn.
    isochrone_limits_min : tuple of float
        Minutes, ascending.
    max_off_road_m : float
        A point farther than this from every street is unreachable.
    smallest_gap_households : int
        Smaller gap areas are counted, not drawn.
    profile : {"planning", "full"}
        Rules that planning data can feed, or those of registers too.
    node_lines_m : float or None
        Unnoded roads are noded with this tolerance, metres; None = they are noded.
    join_islands_m : float or None
        Streets apart from the rest are joined over gaps up to this; None = never.
    regrid : RegridSettings
        How grids and communities are drawn anew.
    elevation : Path or None
        Absolute path of a raster of heights, metres; None = level ground.
    walk_at : str
        Hour of the day of the walks, ``20:00``: gates shut then let nobody through;
        empty = every gate that is open at some time of the day.
    merge_within_m : float
        Facilities of one name and class from two sources that stand within this of
        each other are one; 0 = never.
    repair : tuple of str
        Faults of polygons that are repaired: invalid, slivers, overlaps, gaps; none
        unless asked.
    repair_gap_m2 : float
        Gaps of up to this are closed, square metres.
    base_map : BaseMap
        What lies below the plan on the review map; nothing unless asked.
    part : Mapping[str, tuple of str]
        Column of the communities' own file -> its values that make the district, where
        the files are a whole city's; empty = the files are the district's.
    context_m : float
        Of a part: how far around its communities streets, facilities and walls are
        kept, metres.
    """

    district_id: str
    name: str
    path: Path
    crs: str
    as_of: date
    sources: tuple[Source, ...]
    name_en: str = ""
    settlement: str = "urban"
    synthetic: bool = False
    disclosure: Disclosure = "internal"
    map_approval: str = ""
    prepared_by: str = ""
    adopted_books: tuple[str, ...] = ()
    reference_books: tuple[str, ...] = ()
    shares: Mapping[str, float] = field(default_factory=dict)
    walkers: Mapping[str, Walker] = field(default_factory=dict)
    floor_area_per_household_m2: float | None = None
    persons_per_household: float | None = None
    elderly_share: float | None = None
    isochrone_classes: tuple[str, ...] = ()
    isochrone_limits_min: tuple[float, ...] = (5.0, 10.0, 15.0, 20.0)
    max_off_road_m: float = 100.0
    smallest_gap_households: int = 50
    profile: str = "planning"
    node_lines_m: float | None = None
    join_islands_m: float | None = None
    regrid: RegridSettings = field(default_factory=RegridSettings)
    elevation: Path | None = None
    walk_at: str = ""
    merge_within_m: float = 50.0
    repair: tuple[str, ...] = ()
    repair_gap_m2: float = GAP_M2
    base_map: BaseMap = field(default_factory=BaseMap)
    part: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    context_m: float = 6000.0
