"""The frozen types that travel from stage to stage; the page to read first.

Rows live in frames, bundles in the dataclasses below, work in functions::

    DistrictConfig -> District -> WalkNetwork -> access (a frame)
                                     -> Findings -> Gaps -> Assessment

Geometry inside a ``District`` is in one metric CRS. Every frame has a plain
``RangeIndex``; ids are strings; unknown is NaN/None, never 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, cast

from lifecircle.city_study import CityStudy
from lifecircle.columns import ROW_COUNTS
from lifecircle.proposals import CommunityPlan, GridPlan
from lifecircle.rules import Reference, Rule, RuleBook
from lifecircle.settings import (
    BaseMap,
    DistrictConfig,
    RegridSettings,
    Source,
    Walker,
)

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from geopandas import GeoDataFrame
    from pandas import DataFrame

    from lifecircle.elevation import Elevation
    from lifecircle.picture import Picture

__all__ = [
    "MOST_OUTSIDE",
    "Assessment",
    "BaseMap",
    "CityStudy",
    "CommunityPlan",
    "District",
    "DistrictConfig",
    "Findings",
    "Gaps",
    "GridPlan",
    "Problem",
    "Reference",
    "RegridSettings",
    "Rule",
    "RuleBook",
    "Source",
    "WalkNetwork",
    "Walker",
]

Severity = Literal["error", "warning"]

MOST_OUTSIDE = 0.05
"""More of a circle's ground than this outside the communities, and who lives and
what stands in it is not known. Ours."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with the input, found by ``check``; rendered by ``text``.

    Attributes
    ----------
    key : str
        Sentence key, for example ``"tables.not_a_number"``.
    values : Mapping[str, Any]
        What the sentence needs (the value given, the values allowed).
    severity : {"error", "warning"}
        An error stops a run; a warning is counted in the report.
    file, layer, column : str
        Where; empty if it does not apply.
    row : int or None
        The row number that the spreadsheet shows (header row counted), or the
        feature's 1-based position in a spatial layer.
    """

    key: str
    values: Mapping[str, Any]
    severity: Severity = "error"
    file: str = ""
    layer: str = ""
    row: int | None = None
    column: str = ""


def _no_rows() -> DataFrame:
    import pandas as pd

    return pd.DataFrame()


def _no_registers() -> DataFrame:
    import pandas as pd

    text = {name: pd.Series(dtype=object) for name in ("level", "unit_id", "fact")}
    value = pd.Series(dtype="float64")
    return pd.DataFrame({**text, "value": value, "text": pd.Series(dtype=object)})


def _no_row_counts() -> DataFrame:
    import pandas as pd

    return pd.DataFrame(columns=list(ROW_COUNTS))


@dataclass(frozen=True, slots=True, eq=False)
class District:
    """The checked tables of one district in one metric CRS.

    Every table is present; one that the district file does not name is empty with
    its columns. Columns are listed in ``lifecircle.columns`` and, table by table,
    in ``lifecircle.tables.schemas``.

    Attributes
    ----------
    circles : GeoDataFrame
        Life circles: ``circle_id``, ``tier`` (of ``rules.TIERS``), ``build`` (new,
        existing, old_city; None = not said), ``outside_share`` (of its ground
        outside every community, in [0, 1]).
    projects : GeoDataFrame
        Building projects: ``project_id``, ``status``, ``floor_area_m2``,
        ``facility_class`` (None = not said).
    facility_classes : DataFrame
        Every class a facility offers: ``facility_id``, ``facility_class``.
    rooms : DataFrame
        ``facility_id``, ``facility_class``, ``floor_area_m2`` (NaN = unknown),
        ``area_basis``. A facility of one class with a floor area and no listed
        rooms has one row here; one of several classes without listed rooms has a
        NaN row for each.
    serves : DataFrame
        ``facility_id``, ``unit_id``, ``share``; declared, else point in polygon.
    complete_classes : frozenset of str
        Classes declared complete by a facility source.
    problems : tuple of Problem
        Warnings that did not stop the reading.
    rejected : DataFrame
        Rows left out: ``file``, ``layer``, ``row``, ``reason``, ``cells``, and
        geometry (in saved results without).
    registers : DataFrame
        Facts from registers, never about single persons: ``level``, ``unit_id``,
        ``fact``, ``value`` (NaN = text or unknown), ``text``.
    elevation : Elevation or None
        Heights of the ground; None = level.
    picture : Picture or None
        The raster below the review map, clipped; None = none.
    row_counts : DataFrame
        Rows read, used, left out and estimated, source by source
        (``columns.ROW_COUNTS``).
    topology : GeoDataFrame
        Faults of polygons (``evidence.TOPOLOGY``).
    review, merged : DataFrame
        Facilities whose class a person should see (``evidence.REVIEW``), and those
        that two sources tell of (``evidence.MERGED``); empty in saved results.
    fits, filled : DataFrame
        How layers fit the roads (``evidence.FITS``), and how full the columns of the
        files are (``evidence.FILLED``); empty in saved results.
    neighbours : GeoDataFrame
        Of a part of a city: homes of other districts in compounds whose walls are kept
        (``building_id``); they are judged there. Empty elsewhere.
    """

    config: DistrictConfig
    crs: str
    communities: GeoDataFrame
    circles: GeoDataFrame
    compounds: GeoDataFrame
    buildings: GeoDataFrame
    facilities: GeoDataFrame
    facility_classes: DataFrame
    rooms: DataFrame
    serves: DataFrame
    roads: GeoDataFrame
    gates: GeoDataFrame
    barriers: GeoDataFrame
    grids: GeoDataFrame
    projects: GeoDataFrame
    land: GeoDataFrame
    complete_classes: frozenset[str]
    problems: tuple[Problem, ...]
    rejected: DataFrame
    registers: DataFrame = field(default_factory=_no_registers)
    elevation: Elevation | None = None
    picture: Picture | None = None
    row_counts: DataFrame = field(default_factory=_no_row_counts)
    topology: DataFrame = field(default_factory=_no_rows)
    review: DataFrame = field(default_factory=_no_rows)
    merged: DataFrame = field(default_factory=_no_rows)
    fits: DataFrame = field(default_factory=_no_rows)
    filled: DataFrame = field(default_factory=_no_rows)
    neighbours: DataFrame = field(default_factory=_no_rows)


@dataclass(frozen=True, slots=True, eq=False)
class WalkNetwork:
    """Walkable segments as CSR arrays, nodes in Morton order.

    Attributes
    ----------
    node_xy : float64 array (n, 2)
        Metres in ``crs``.
    segment_nodes : int32 array (m, 2)
        Start and end node of every segment.
    segment_length_m : float64 array (m,)
    segment_compound : int32 array (m,)
        Position in ``compound_ids`` of the walled compound that the segment lies
        in; -1 = outside all walls.
    segment_kind : object array (m,) of str
        ``street``, ``path``, ``steps``, ``bridge``, ``tunnel``, ``connector`` or
        ``join``.
    indptr, neighbour, edge_segment : int32 arrays
        CSR adjacency, both directions; ``edge_segment`` names the segment.
    edge_length_m : float64 array
        Parallel to ``neighbour``.
    component : int32 array (n,)
        0 is the largest by street length.
    compound_ids : tuple of str
        Walled compounds (``gated`` yes, at least one gate known).
    cuts : GeoDataFrame
        Points where a wall or barrier cut a street: ``cut_by``, ``barrier_id``.
    features : Mapping[str, float64 array]
        What there is on the segments beside their length; a name that is absent is
        nowhere. ``steps`` (m,): 1 = steps, on a bridge too. ``signals``,
        ``footbridge`` (m,): the share of a crossing that the segment is.
        ``tobler``, ``naismith`` (m, 2): metres on the level that take as long as
        the segment, from start to end and back.
    """

    crs: str
    node_xy: npt.NDArray[np.float64]
    segment_nodes: npt.NDArray[np.int32]
    segment_length_m: npt.NDArray[np.float64]
    segment_compound: npt.NDArray[np.int32]
    segment_kind: npt.NDArray[np.object_]
    indptr: npt.NDArray[np.int32]
    neighbour: npt.NDArray[np.int32]
    edge_segment: npt.NDArray[np.int32]
    edge_length_m: npt.NDArray[np.float64]
    component: npt.NDArray[np.int32]
    compound_ids: tuple[str, ...]
    cuts: GeoDataFrame
    features: Mapping[str, npt.NDArray[np.float64]] = field(default_factory=dict)

    @property
    def segment_geometry(self) -> npt.NDArray[np.object_]:
        """Segments as shapely lines (m,), start node to end node; made at each call."""
        import shapely

        lines = shapely.linestrings(self.node_xy[self.segment_nodes])
        return cast("npt.NDArray[np.object_]", lines)


@dataclass(frozen=True, slots=True, eq=False)
class Findings:
    """What the rule books say of the district.

    Attributes
    ----------
    rows : DataFrame
        One row per rule and unit, columns in ``lifecircle.columns.FINDINGS``.
    books : tuple of RuleBook
    totals : DataFrame
        Check rows: building sums against declared community totals.
    """

    rows: DataFrame
    books: tuple[RuleBook, ...]
    totals: DataFrame


@dataclass(frozen=True, slots=True, eq=False)
class Gaps:
    """Where, and for whom, it falls short.

    Attributes
    ----------
    areas : GeoDataFrame
        Gap areas of walking rules, columns in ``lifecircle.columns.GAP_AREAS``.
    shortfalls : DataFrame
        Failing findings as amounts to provide: m², households.
    """

    areas: GeoDataFrame
    shortfalls: DataFrame


@dataclass(frozen=True, slots=True, eq=False)
class Assessment:
    """One finished study: everything that ``publish`` may show.

    Attributes
    ----------
    access : DataFrame
        Columns in ``lifecircle.columns.ACCESS``.
    served : DataFrame
        Households, persons and elderly by minutes; ``lifecircle.columns.SERVED``.
    dashboard : DataFrame
        Requirements met by community and rule family; ``columns.DASHBOARD``.
    reached : DataFrame
        Who is within reach by rule, at all seven levels; ``columns.REACHED``.
    missing_area : DataFrame
        Square metres that every area rule lacks, from communities up to the city;
        ``columns.MISSING_AREA``.
    isochrones : GeoDataFrame
        ``facility_class``, ``walker``, ``limit_min``, cumulative polygons.
    routes : GeoDataFrame
        One example walk per gap area; ``lifecircle.columns.ROUTES``.
    network_report : DataFrame
        ``item``, ``value``, ``unit``: what the network is made of.
    gate_readings : DataFrame or None
        Who is within reach if unknown gates are open, and if they are shut;
        ``columns.GATE_READINGS``. None = every gate is known.
    manifest : dict
        How this was made; only ``manifest["made_at"]`` changes between runs.
    grid_plan : GridPlan or None
        Grids drawn anew; None = no plan was made.
    community_plan : CommunityPlan or None
        Communities merged or split; None = no plan was made.
    """

    district: District
    access: DataFrame
    findings: Findings
    gaps: Gaps
    served: DataFrame
    dashboard: DataFrame
    reached: DataFrame
    missing_area: DataFrame
    isochrones: GeoDataFrame
    routes: GeoDataFrame
    network_report: DataFrame
    manifest: dict[str, Any]
    grid_plan: GridPlan | None = None
    community_plan: CommunityPlan | None = None
    gate_readings: DataFrame | None = None
