"""One schema per table: which columns, what may stand in them.

The schemas are ours and small: one entry drives how a cell is parsed, what its
default is and what is checked, so that every failure still knows the file, the row
and the column that the planner sees. (A general schema library was weighed and left:
it would have been a second schema beside the parser's, half a second of import, and
its failure cases know neither spreadsheet rows nor the file's column names.)
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from lifecircle.rules import TIERS

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    *("BASES", "NUMERIC", "OUTLINES", "REQUIRED_TABLES", "SCHEMAS", "Field", "Schema"),
]

Kind = Literal[
    "id", "text", "number", "year", "choice", "class", "classes", "flag", "list"
]

NUMERIC = ("number", "year", "flag")
"""Kinds that are float64, NaN where missing; all others are text."""

BASES = ("registered", "resident", "dwellings", "planned", "")
"""What a household is: 户籍户, 常住户, 住宅套数, 规划户数; empty = not said."""

REQUIRED_TABLES = (
    ("communities",),
    ("buildings", "compounds"),
    ("facilities",),
    ("roads",),
)
"""One table of each group must be there."""

_AREA = ("m2", "m²", "㎡", "平方米", "平米", "平", "sqm")
_HOUSEHOLDS = ("户", "households")
_PERSONS = ("人", "名", "口", "persons")
_YES_NO = ("yes", "no")
_STATUSES = ("built", "under_construction", "planned")


@dataclass(frozen=True, slots=True)
class Field:
    """One column: its kind and what may stand in it.

    Attributes
    ----------
    kind : str
        ``id`` and ``text`` are strings, ``number`` and ``year`` float64, ``choice``
        one of ``choices``, ``class`` a facility class, ``classes`` several, ``flag``
        yes (1) or no (0), ``list`` text of several items.
    required : bool
        No row may lack it, and the district file must name it.
    unique : bool
        No value twice in the table.
    least, most : float or None
        Bounds of a number, inclusive.
    units : tuple of str
        Units that may stand inside a cell.
    default : str, float or None
        For rows that lack it.
    place : str
        ``table``: read, and kept. ``input``: read, not a column of the finished
        table. ``derived``: made by us, never read.
    """

    name: str
    kind: Kind = "text"
    required: bool = False
    unique: bool = False
    least: float | None = None
    most: float | None = None
    whole: bool = False
    units: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    default: str | float | None = None
    place: Literal["table", "input", "derived"] = "table"


@dataclass(frozen=True, slots=True, eq=False)
class Schema:
    """A table: its columns in order, and the geometry that its rows may have.

    Attributes
    ----------
    shapes : tuple of str
        Geometry types allowed; empty for a table without geometry.
    order : tuple of str
        Columns that the finished table is sorted by.
    """

    name: str
    fields: tuple[Field, ...]
    shapes: tuple[str, ...] = ()
    order: tuple[str, ...] = ()

    @property
    def readable(self) -> Mapping[str, Field]:
        """The fields that a file may give, by name.

        Returns
        -------
        Mapping
            Name to field, in the table's order.
        """
        return _readable(self)

    @property
    def key(self) -> str:
        """The id column (``land`` has none: its kind).

        Returns
        -------
        str
            Column name.
        """
        return self.fields[0].name

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the finished table, geometry last.

        Returns
        -------
        tuple of str
            Column names.
        """
        names = tuple(f.name for f in self.fields if f.place != "input")
        return (*names, "geometry") if self.shapes else names


@cache
def _readable(schema: Schema) -> Mapping[str, Field]:
    fields = schema.fields
    return MappingProxyType({f.name: f for f in fields if f.place != "derived"})


def _id(name: str, *, required: bool = True, unique: bool = True) -> Field:
    return Field(name, "id", required=required, unique=unique)


def _count(name: str, units: tuple[str, ...], *, whole: bool = True) -> Field:
    return Field(name, "number", least=0.0, whole=whole, units=units)


def _choice(name: str, choices: tuple[str, ...], default: str | None = None) -> Field:
    return Field(name, "choice", choices=choices, default=default)


_HOUSEHOLD_COUNT = _count("households", _HOUSEHOLDS)
_PERSON_COUNT = _count("persons", _PERSONS, whole=False)
_ELDERLY_COUNT = _count("elderly", _PERSONS, whole=False)
_FLOOR_AREA = Field("floor_area_m2", "number", least=0.0, units=_AREA)
_BASIS = _choice("household_basis", BASES, "")
_AREA_BASIS = _choice(
    "area_basis", ("floor", "usable", "land", "unspecified"), "unspecified"
)
_METHODS = (
    *("declared", "units", "floor_area", "footprint_floors"),
    *("compound_total", "community_total"),
)
"""Where a building's households come from, in the order of trust."""

_POLYGON = ("Polygon", "MultiPolygon")
_POLYGON_OR_POINT = (*_POLYGON, "Point")
_LINE = ("LineString", "MultiLineString")

_ALL = (
    Schema(
        "communities",
        (
            _id("community_id"),
            Field("name"),
            Field("subdistrict_id", "id"),
            Field("subdistrict_name"),
            _choice("settlement", ("urban", "county_town", "rural")),
            _choice("affiliation", ("city", "county")),
            _choice("unit_kind", ("community", "approximate_catchment"), "community"),
            _HOUSEHOLD_COUNT,
            _PERSON_COUNT,
            _ELDERLY_COUNT,
            _BASIS,
        ),
        _POLYGON,
        ("community_id",),
    ),
    Schema(
        "circles",
        (
            _id("circle_id"),
            Field("tier", "choice", required=True, choices=TIERS),
            Field("name"),
            _choice("build", ("new", "existing", "old_city")),
            Field("outside_share", "number", place="derived"),
        ),
        _POLYGON,
        ("circle_id",),
    ),
    Schema(
        "compounds",
        (
            _id("compound_id"),
            Field("name"),
            Field("community_id", "id"),
            _HOUSEHOLD_COUNT,
            _count("planned_dwellings", ("套", "户")),
            _choice("gated", ("yes", "no", "unknown"), "unknown"),
            Field("year_built", "year", least=1900, most=2100),
            _BASIS,
            Field("floor_area_m2", "number", least=0.0, units=_AREA, place="input"),
            Field("units", "number", least=0.0, units=("套", "户"), place="input"),
        ),
        _POLYGON_OR_POINT,
        ("compound_id",),
    ),
    Schema(
        "buildings",
        (
            _id("building_id"),
            Field("name"),
            Field("address"),
            Field("community_id", "id"),
            Field("compound_id", "id"),
            Field("grid_id", "id"),
            _HOUSEHOLD_COUNT,
            _choice("households_method", _METHODS),
            _PERSON_COUNT,
            _ELDERLY_COUNT,
            Field("persons_method", place="derived"),
            Field("elderly_method", place="derived"),
            Field("floors", "number", least=0.0, most=200.0, units=("层", "f")),
            _FLOOR_AREA,
            _count("units", ("套", "户")),
            _count("children_0_3", _PERSONS, whole=False),
            _count("cases", ("件", "起", "宗")),
            _BASIS,
            Field("role", place="derived"),
        ),
        _POLYGON_OR_POINT,
        ("building_id",),
    ),
    Schema(
        "facilities",
        (
            _id("facility_id"),
            Field("name"),
            Field("facility_class", "classes", required=True),
            _choice("status", _STATUSES, "built"),
            Field("opened", "year", least=1900, most=2100),
            _FLOOR_AREA,
            _AREA_BASIS,
            Field("functions"),
            Field("address"),
            Field("role", place="derived"),
            Field("community_id", place="derived"),
            Field("source_note"),
            Field("source_label", place="input"),
        ),
        # Several points are several entrances.
        (*_POLYGON_OR_POINT, "MultiPoint"),
        ("facility_id",),
    ),
    Schema(
        "rooms",
        (
            _id("facility_id", unique=False),
            Field("facility_class", "class", required=True),
            _FLOOR_AREA,
            _AREA_BASIS,
            _choice("shared_use", _YES_NO),
        ),
        (),
        ("facility_id", "facility_class", "floor_area_m2", "area_basis"),
    ),
    Schema(
        "serves",
        (
            _id("facility_id", unique=False),
            _id("unit_id", unique=False),
            Field("share", "number", required=True, least=0.0, most=1.0),
            Field("origin", place="derived"),
        ),
        (),
        ("facility_id", "unit_id"),
    ),
    Schema(
        "roads",
        (
            _id("road_id", required=False, unique=False),
            Field("name"),
            Field("road_class"),
            _choice("walkable", _YES_NO),
            _choice("bridge", _YES_NO, "no"),
            _choice("tunnel", _YES_NO, "no"),
            Field("layer", "number", least=-10.0, most=10.0, default=0.0),
            _choice("steps", _YES_NO),
            _choice("crossing", ("signals", "footbridge", "underpass", "no"), "no"),
        ),
        _LINE,
        ("road_id",),
    ),
    Schema(
        "gates",
        (
            _id("gate_id", required=False),
            Field("compound_id", "id"),
            Field("name"),
            _choice("open", _YES_NO, "yes"),
            Field("hours"),
        ),
        ("Point",),
        ("gate_id",),
    ),
    Schema(
        "barriers",
        (
            _id("barrier_id", required=False),
            Field("name"),
            Field(
                "barrier_kind",
                "choice",
                required=True,
                choices=("river", "railway", "expressway", "wall"),
            ),
        ),
        _LINE,
        ("barrier_id",),
    ),
    Schema(
        "grids",
        (
            _id("grid_id"),
            Field("community_id", "id"),
            Field("name"),
            Field("grid_kind"),
            _choice("locked", _YES_NO, "no"),
            _count("staff", ("人", "名"), whole=False),
        ),
        _POLYGON,
        ("grid_id",),
    ),
    Schema(
        "projects",
        (
            _id("project_id"),
            Field("name"),
            Field("facility_class", "class"),
            Field("tier"),
            Field("status", "choice", required=True, choices=_STATUSES),
            Field("year", "year", least=1900, most=2100),
            replace(_FLOOR_AREA, required=True),
        ),
        ("Point",),
        ("project_id",),
    ),
    Schema(
        "land",
        (
            _choice(
                "land_kind",
                (
                    *("water", "green", "residential", "industrial", "vacant"),
                    *("village", "other", "nonresidential_building"),
                ),
                "other",
            ),
            Field("name"),
        ),
        _POLYGON,
        ("land_kind", "name"),
    ),
)

SCHEMAS: Mapping[str, Schema] = MappingProxyType({table.name: table for table in _ALL})
"""Every table of a district but the registers, by name."""

OUTLINES: Mapping[str, Schema] = MappingProxyType(
    {
        "subdistricts": Schema(
            "subdistricts", (_id("subdistrict_id"), Field("name")), _POLYGON
        ),
        "districts": Schema(
            "districts", (_id("district_id", required=False), Field("name")), _POLYGON
        ),
    }
)
"""Outlines of the levels above the communities: compared with them, never kept."""
