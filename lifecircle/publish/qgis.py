"""Styles stored inside the GeoPackage, so that it opens coloured in QGIS.

Two views join what tables hold apart: minutes to the buildings, and verdicts to the
communities, for the rule that the review map opens on.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from lifecircle.columns import column
from lifecircle.publish.headline import opening_rule, rules_by_id
from lifecircle.publish.prints import tokens
from lifecircle.publish.qml import Label, Look, filled, line, marker, qml
from lifecircle.text import say

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from lifecircle.model import Assessment, Rule
    from lifecircle.text import Language

__all__ = ["STYLES", "TOPOLOGY_LAYER", "VERDICTS", "WALKS", "add_styles"]

TOPOLOGY_LAYER = "topology_faults"
"""Layer of the faults of polygons; there is none where nothing is wrong."""

STYLES = "layer_styles"
"""Table that QGIS reads styles from."""

WALKS, VERDICTS = "map_walks", "map_verdicts"
"""Views: buildings with their minutes, communities with their verdict."""

_STYLES = """CREATE TABLE layer_styles (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT(256),
    f_table_schema TEXT(256), f_table_name TEXT(256), f_geometry_column TEXT(256),
    styleName TEXT(30), styleQML TEXT, styleSLD TEXT, useAsDefault BOOLEAN,
    description TEXT, owner TEXT(30), ui TEXT(30), update_time DATETIME)"""
_CLOCK = "2000-01-01T00:00:00.000Z"


def add_styles(study: Assessment, path: str | Path, *, lang: Language) -> None:
    """Store a default style for every layer, and names of fields, in a GeoPackage.

    Parameters
    ----------
    study : Assessment
        The study that the GeoPackage holds.
    path : str or Path
        The GeoPackage.
    lang : {"zh", "en"}
        Language of legends and names of fields.

    Examples
    --------
    >>> add_styles(study, "out/district.gpkg", lang="zh")  # doctest: +SKIP
    """
    rule_id = opening_rule(study.findings)
    rule = rules_by_id(study.findings)[rule_id] if rule_id else None
    with closing(sqlite3.connect(path)) as base:
        if rule is not None:
            _add_view(base, VERDICTS, "communities", _verdicts_sql(rule))
            if rule.kind.startswith("walk"):
                _add_view(base, WALKS, "buildings", _walks_sql(rule))
        base.execute(_STYLES)
        _register(base, STYLES, "attributes", "")
        layers = base.execute(
            "select table_name, column_name from gpkg_geometry_columns"
        ).fetchall()
        tables = base.execute(
            "select table_name, '' from gpkg_contents where data_type = 'attributes' "
            "and table_name not in ('layer_styles', 'lifecircle_study')"
        ).fetchall()
        looks = _looks(rule, lang)
        for name, geometry in sorted([*layers, *tables]):
            aliases = _aliases(base, name, lang)
            text = qml(looks.get(name, ()), label=_LABELS.get(name), aliases=aliases)
            base.execute(
                "insert into layer_styles values (null, '', '', ?, ?, ?, ?, '', 1, "
                "?, '', null, ?)",
                (name, geometry, "lifecircle", text, "lifecircle", _CLOCK),
            )
        base.commit()


def _add_view(base: sqlite3.Connection, name: str, layer: str, select: str) -> None:
    """A view with the geometry of a layer, registered as the standard asks."""
    base.execute(f'CREATE VIEW "{name}" AS {select}')
    _register(base, name, "features", layer)
    base.execute(
        "insert into gpkg_geometry_columns select ?, column_name, geometry_type_name, "
        "srs_id, z, m from gpkg_geometry_columns where table_name = ?",
        (name, layer),
    )


def _register(base: sqlite3.Connection, name: str, kind: str, layer: str) -> None:
    base.execute(
        "insert into gpkg_contents (table_name, data_type, identifier, description, "
        "last_change) values (?, ?, ?, '', ?)",
        (name, kind, name, _CLOCK),
    )
    if layer:
        base.execute(
            "update gpkg_contents set (min_x, min_y, max_x, max_y, srs_id) = (select "
            "min_x, min_y, max_x, max_y, srs_id from gpkg_contents where table_name = "
            "?) where table_name = ?",
            (layer, name),
        )


def _quoted(texts: Iterable[str]) -> str:
    return ", ".join("'" + text.replace("'", "''") + "'" for text in texts)


def _walks_sql(rule: Rule) -> str:
    """Nearest of the rule's classes for its walker; NULL where there is no walk."""
    return (
        "SELECT b.fid AS OGC_FID, b.geom AS geom, b.building_id, b.name, b.households, "
        "a.walk_min FROM buildings b LEFT JOIN (SELECT building_id, min(walk_min) AS "
        f"walk_min FROM access WHERE facility_class IN ({_quoted(rule.classes)}) "
        f"AND walker = {_quoted([rule.walker])} "
        f"AND status_set = {_quoted(['+'.join(rule.statuses)])} "
        "GROUP BY building_id) a ON a.building_id = b.building_id"
    )


def _verdicts_sql(rule: Rule) -> str:
    return (
        "SELECT c.fid AS OGC_FID, c.geom AS geom, c.community_id, c.name, "
        "f.rule_id, f.verdict, f.measured, f.unit_of_measure, f.threshold_min, "
        "f.threshold_max, f.shortfall_share, f.affected FROM communities c "
        "LEFT JOIN findings f ON f.level = 'community' AND f.unit_id = c.community_id "
        f"AND f.rule_id = {_quoted([rule.rule_id])}"
    )


def _aliases(base: sqlite3.Connection, table: str, lang: Language) -> dict[str, str]:
    aliases = {}
    for _, name, *_ in base.execute(f'pragma table_info("{table}")'):
        try:
            labels = column(name)
        except KeyError:
            continue
        said = labels.zh if lang == "zh" else labels.en
        aliases[name] = f"{said} ({labels.unit})" if labels.unit else said
    return aliases


_LABELS = {
    "communities": Label('"name"', size_pt=10),
    VERDICTS: Label('"name"', size_pt=10),
    TOPOLOGY_LAYER: Label('"unit_ids"', size_pt=7, colour="#B5420E"),
    "grids": Label('"name"', size_pt=7, colour="#5B636B"),
    "plan_grids": Label('"households"', size_pt=8),
    "gap_areas": Label("round(\"households\") || ' 户'", size_pt=8, colour="#9A360A"),
}


def _looks(rule: Rule | None, lang: Language) -> dict[str, list[Look]]:
    """Looks by layer, in the colours of the review map."""
    looks = {
        "communities": [_all("fill", filled("#FFFFFF", edge=tokens.COMMUNITY,
                                            edge_mm=0.3, style="no"))],
        "circles": [_all("fill", filled("#FFFFFF", edge=tokens.SUBDISTRICT,
                                        edge_mm=0.5, style="no"))],
        "compounds": [_all("fill", filled(tokens.LAND["residential"],
                                          edge=tokens.CASING))],
        "buildings": [_all("fill", filled(tokens.PLAIN, edge=tokens.PLAIN_EDGE))],
        "land": _land(),
        "roads": _roads(),
        "gates": _gates(lang),
        "barriers": _barriers(),
        "grids": [_all("fill", filled("#FFFFFF", edge="#6A7077", edge_mm=0.25,
                                      style="no"))],
        "plan_grids": _against_band(lang),
        "community_plan_units": _against_band(lang),
        "projects": [_all("marker", marker("#FFFFFF", shape="diamond", size_mm=3,
                                           edge=tokens.INK))],
        "facilities": _facilities(lang),
        "gap_areas": [_all("fill", filled(tokens.GAP_FILL, opacity=0.55),
                           filled(tokens.GAP, edge=tokens.GAP, edge_mm=0.4,
                                  style="b_diagonal"))],
        "isochrones": [_all("fill", filled("#2E6DA4", edge="#2E6DA4", edge_mm=0.4,
                                           style="no"))],
        "routes": [_all("line", line("#FFFFFF", 1.4), line(tokens.INK, 0.8,
                                                           dash_mm=(0.1, 1.4)))],
        TOPOLOGY_LAYER: _faults(lang),
        VERDICTS: _verdicts(lang),
    }  # fmt: skip
    if rule is None:
        return looks
    # Gap areas of all rules lie over each other: those of the rule shown are drawn.
    mine = f'"rule_id" = {_quoted([rule.rule_id])}'
    for name in ("gap_areas", "routes"):
        looks[name] = [replace(look, filter=mine) for look in looks[name]]
    if rule.kind.startswith("walk"):
        looks[WALKS] = _walks(rule, lang)
    return looks


def _all(kind: str, *layers: tuple[str, dict[str, str]]) -> Look:
    return Look("", "", kind, layers)


def _against_band(lang: Language) -> list[Look]:
    """Proposed units by how they fit the band, as the review map shows them."""
    inked = partial(filled, edge=tokens.INK, edge_mm=0.45)
    under = (filled("#DDD8EA"), inked("#6B5FA0", style="horizontal"))
    over = (filled("#F3D0B3"), inked("#B5420E", style="vertical"))
    return [
        Look(
            f'"outside_households" {test}', say(f"publish.{key}", lang), "fill", layers
        )
        for test, key, layers in (
            ("< 0", "grid_under", under),
            ("= 0", "grid_within", (inked("#FFFFFF", style="no"),)),
            ("> 0", "grid_over", over),
        )
    ]


def _land() -> list[Look]:
    colours = {**tokens.LAND, "water": tokens.WATER}
    return [
        Look(f"\"land_kind\" = '{kind}'", kind, "fill", (filled(colour),))
        for kind, colour in colours.items()
    ]


def _roads() -> list[Look]:
    widths: dict[float, list[str]] = {}
    for kind, width in tokens.ROAD_WIDTHS_M.items():
        widths.setdefault(width, []).append(kind)
    looks = [
        Look(
            f'"road_class" IN ({_quoted(kinds)})',
            "、".join(kinds),
            "line",
            (line(tokens.CASING, width / 12 + 0.3), line(tokens.ROAD, width / 12)),
        )
        for width, kinds in sorted(widths.items())
    ]
    return [*looks, Look("ELSE", "", "line", (line(tokens.CASING, 0.5),))]


def _gates(lang: Language) -> list[Look]:
    looks = []
    for value, colour in (("yes", "#2E6DA4"), ("no", tokens.GAP)):
        sign = marker(colour, shape="circle", size_mm=1.8)
        said = say(f"publish.{value}", lang)
        looks.append(Look(f"\"open\" = '{value}'", said, "marker", (sign,)))
    unknown = marker("#8A9096", shape="circle", size_mm=1.8)
    return [*looks, Look("ELSE", "?", "marker", (unknown,))]


def _barriers() -> list[Look]:
    return [
        Look("\"barrier_kind\" = 'river'", "river", "line", (line(tokens.BANK, 0.4),)),
        Look(
            "\"barrier_kind\" = 'railway'",
            "railway",
            "line",
            (line("#8B8881", 0.8, cap="flat"), line("#FFFFFF", 0.45, dash_mm=(2, 2))),
        ),
        Look("ELSE", "wall", "line", (line("#8A8578", 0.35),)),
    ]


def _facilities(lang: Language) -> list[Look]:
    return [
        Look(
            f"\"status\" = '{status}'",
            say(f"print.status_{status}", lang),
            "marker",
            (marker(colour, edge=edge),),
        )
        for status, colour, edge in (
            ("built", tokens.INK, "#FFFFFF"),
            ("under_construction", "#8A9096", tokens.INK),
            ("planned", "#FFFFFF", tokens.INK),
        )
    ]


def _faults(lang: Language) -> list[Look]:
    """Faults of polygons by kind, in strong colours: many are small."""
    colours = {
        "overlap": "#B5420E",
        "gap": "#6B5FA0",
        "across": "#A87B00",
        "elsewhere": "#2E6DA4",
        "outside": "#1F8A8A",
        "unmatched": "#8A4B1F",
        "multipart": "#5B636B",
        "sliver": "#B03A78",
        "invalid": "#111111",
        "repaired": "#3F7D3A",
    }
    return [
        Look(
            f"\"fault\" = '{kind}'",
            say(f"quality.kind_{kind}", lang),
            "fill",
            (filled(colour, edge=colour, edge_mm=0.8, opacity=0.5),),
        )
        for kind, colour in colours.items()
    ]


def _verdicts(lang: Language) -> list[Look]:
    fills = {"pass": "#DCE8F3", "fail": tokens.OVER, "not_assessed": "#FFFFFF"}
    looks = []
    for verdict, colour in fills.items():
        layers = [filled(colour, edge=tokens.COMMUNITY, edge_mm=0.3, opacity=0.6)]
        if verdict == "fail":
            layers.append(filled(tokens.GAP, style="b_diagonal"))
        said = say(f"verdicts.{verdict}", lang)
        looks.append(Look(f"\"verdict\" = '{verdict}'", said, "fill", tuple(layers)))
    rest = filled("#F8F5EE", edge=tokens.COMMUNITY, edge_mm=0.3, opacity=0.6)
    return [*looks, Look("ELSE", "–", "fill", (rest,))]


def _walks(rule: Rule, lang: Language) -> list[Look]:
    timed = rule.kind == "walk_minutes_coverage"
    limit = (rule.value_max or rule.value_min or 15.0) if timed else 15.0
    unit = say("publish.minutes_unit", lang)
    looks = []
    for band in tokens.minute_bands(limit):
        low = f'"walk_min" > {band.after_min:g}' if band.after_min else ""
        high = f'"walk_min" <= {band.to_min:g}' if band.to_min != float("inf") else ""
        said = f"> {band.after_min:g}" if not high else f"≤ {band.to_min:g}"
        look = filled(band.fill, edge=band.edge)
        test = " AND ".join(part for part in (low, high) if part)
        looks.append(Look(test, f"{said} {unit}", "fill", (look,)))
    colour, edge = tokens.NO_PATH
    none = say("publish.col.no_path", lang)
    look = filled(colour, edge=edge)
    return [*looks, Look('"walk_min" IS NULL', none, "fill", (look,))]
