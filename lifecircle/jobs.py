"""One function per command: the stages in order, then publish.

::

    read -> network -> access -> isochrones -> checks -> gaps -> regrid -> (publish)
"""

from __future__ import annotations

import logging
from dataclasses import asdict
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

import pandas as pd

from lifecircle import __version__
from lifecircle.access.gates import compare_walks, reading_counts, sealed_walks
from lifecircle.access.isochrones import isochrones
from lifecircle.access.minutes import walk_access
from lifecircle.access.routes import example_routes
from lifecircle.cache import cached_network
from lifecircle.checks.dashboard import dashboard
from lifecircle.checks.equity import gini, lorenz_curve
from lifecircle.checks.evaluate import check
from lifecircle.checks.gaps import find_gaps
from lifecircle.checks.measures.registry import REACH_KINDS
from lifecircle.checks.missing_area import roll_up_area
from lifecircle.checks.reached import roll_up_reach
from lifecircle.checks.readings import compare_readings
from lifecircle.checks.rollup import roll_up
from lifecircle.errors import ConfigError
from lifecircle.model import Assessment
from lifecircle.network.gate_changes import sealed_district, uncertain_compounds
from lifecircle.network.graph import build_network, network_report
from lifecircle.plans.communities import merge_communities
from lifecircle.plans.regrid import regrid
from lifecircle.publish.outputs import write_study
from lifecircle.publish.prints.charts import (
    lorenz_figure,
    minutes_figure,
    write_chart,
)
from lifecircle.publish.prints.grid_chart import grids_figure
from lifecircle.publish.prints.sheet import FORMATS
from lifecircle.publish.results import read_study
from lifecircle.standards.rulebook import read_rule_book
from lifecircle.tables.digest import input_digests
from lifecircle.tables.district import book_paths, read_district

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geopandas import GeoDataFrame
    from pandas import DataFrame

    from lifecircle.model import (
        CommunityPlan,
        District,
        GridPlan,
        RuleBook,
        WalkNetwork,
    )
    from lifecircle.tables.whole import CityFiles
    from lifecircle.text import Language

__all__ = ["STAGES", "StageReport", "assess", "draw_charts", "run"]

logger = logging.getLogger(__name__)

StageName = Literal[
    "read", "network", "access", "isochrones", "checks", "gaps", "regrid", "publish"
]
STAGES: tuple[StageName, ...] = (
    "read",
    "network",
    "access",
    "isochrones",
    "checks",
    "gaps",
    "regrid",
    "publish",
)
"""The stages of a run, in order."""

_LIBRARIES = ("geopandas", "numba", "numpy", "pandas", "pyogrio", "pyproj", "shapely")


class StageReport(Protocol):
    """Called when a stage begins; a progress bar, or nothing."""

    def __call__(self, stage: StageName, /) -> None:
        """Take note that ``stage`` begins."""


def _silent(stage: StageName, /) -> None:
    logger.debug("stage %s", stage)


def assess(
    path: str | Path,
    *,
    settings: Mapping[str, Any] | None = None,
    cache: str | Path | None = None,
    report: StageReport = _silent,
    files: CityFiles | None = None,
) -> Assessment:
    """Read, measure and judge a district: every stage but the publishing.

    Parameters
    ----------
    path : str or Path
        The district file.
    settings : Mapping, optional
        What the district file says, in its place (of a city file).
    cache : str or Path, optional
        Folder that keeps built networks by the content of their inputs.
    report : callable, optional
        Called with the name of each stage as it begins.
    files : CityFiles, optional
        Keeps what is read and hashed for the next district of the same files.

    Returns
    -------
    Assessment
        The district with who reaches what, findings, gaps and how it was made.

    Raises
    ------
    ConfigError
        If the district file is wrong.
    TableError
        If the tables have errors; ``check_district`` lists them all.
    NetworkError
        If no street can be walked.
    RuleBookError
        If a rule book that the district file names cannot be used.

    Examples
    --------
    >>> study = assess("data/demo/district.toml")  # doctest: +SKIP
    >>> study.gaps.areas[["gap_id", "households"]]  # doctest: +SKIP
    """
    report("read")
    district = read_district(path, settings=settings, files=files)
    books = [read_rule_book(book) for book in book_paths(district.config)]
    report("network")
    network = _network(district, cache)
    report("access")
    classes = _classes(district, books)
    access = walk_access(network, district, classes=classes)
    sealed = _sealed_access(district, access, classes, cache)
    report("isochrones")
    reach = _isochrones(network, district)
    report("checks")
    findings = check(district, access, *books, sealed=sealed)
    report("gaps")
    gaps = find_gaps(district, access, findings)
    routes = example_routes(network, district, access, gaps.areas)
    report("regrid")
    grid_plan = regrid(district, network=network)
    community_plan = _communities(district, grid_plan)
    reached = roll_up_reach(district, access, findings)
    made_of, readings = network_report(network, district), None
    if sealed is not None:
        counts = reading_counts(compare_walks(access, sealed), district)
        made_of = pd.concat([made_of, counts], ignore_index=True)
        readings = compare_readings(district, reached, sealed, findings)
    return Assessment(
        district=district,
        access=access,
        findings=findings,
        gaps=gaps,
        served=roll_up(district, access),
        dashboard=dashboard(district, findings),
        reached=reached,
        missing_area=roll_up_area(district, findings),
        isochrones=reach,
        routes=routes,
        network_report=made_of,
        manifest=_manifest(district, books, files),
        grid_plan=grid_plan,
        community_plan=community_plan,
        gate_readings=readings,
    )


def _communities(district: District, grids: GridPlan) -> CommunityPlan | None:
    """Communities drawn anew, if the district file asks for them."""
    wanted = district.config.regrid.communities
    if wanted == "none":
        return None
    return merge_communities(district, grids=grids if wanted == "split" else None)


def run(
    path: str | Path,
    out: str | Path,
    *,
    lang: Language = "zh",
    cache: str | Path | None = None,
    report: StageReport = _silent,
) -> Assessment:
    """Assess a district and write its map, workbook, GeoPackage and manifest.

    Parameters
    ----------
    path : str or Path
        The district file.
    out : str or Path
        Folder to write; it appears whole or not at all.
    lang : {"zh", "en"}
        Language of workbook and map (the map can switch).
    cache : str or Path, optional
        Folder that keeps built networks by the content of their inputs.
    report : callable, optional
        Called with the name of each stage as it begins.

    Returns
    -------
    Assessment
        What was written.

    Raises
    ------
    ConfigError, TableError, NetworkError, RuleBookError
        As ``assess``.

    Examples
    --------
    >>> study = run("data/demo/district.toml", "out")  # doctest: +SKIP
    """
    study = assess(path, cache=cache, report=report)
    report("publish")
    write_study(study, out, lang=lang)
    return study


def draw_charts(
    out: str | Path, *, kind: str = "pdf", lang: Language = "zh"
) -> list[Path]:
    """Draw the charts of a saved study into its folder ``charts``.

    Households by minutes for every walker; grids by households before and after;
    Lorenz curves of the classes that are declared complete, for adults.

    Parameters
    ----------
    out : str or Path
        Folder of a run.
    kind : {"pdf", "svg", "png"}
        Format of the files.
    lang : {"zh", "en"}
        Language.

    Returns
    -------
    list of Path
        What was drawn.

    Raises
    ------
    ConfigError
        If the format is not known.
    ResultError
        If there is no such study, or matplotlib or a Chinese font is missing.

    Examples
    --------
    >>> draw_charts("out/demo", kind="svg")  # doctest: +SKIP
    """
    if f".{kind}" not in FORMATS:
        raise ConfigError(
            where="--format", what=f"{kind!r} is given.", fix="Use pdf, svg or png."
        )
    study = read_study(out)
    district, folder = study.district, Path(out) / "charts"
    folder.mkdir(exist_ok=True)
    charts = {
        f"minutes_{walker}": minutes_figure(study, walker=walker, lang=lang)
        for walker in sorted(district.config.walkers)
    }
    listed = set(district.facility_classes["facility_class"])
    curves = {
        code: lorenz_curve(district, study.access, facility_class=code, walker="adult")
        for code in sorted(listed & district.complete_classes)
    }
    told = {code: (curve, gini(curve)) for code, curve in curves.items()}
    if study.grid_plan is not None:
        charts["grids"] = grids_figure(study.grid_plan, lang=lang)
    charts["lorenz_adult"] = lorenz_figure(told, walker="adult", lang=lang)
    for name, figure in charts.items():
        write_chart(figure, folder / f"{name}.{kind}")
    return [folder / f"{name}.{kind}" for name in charts]


def _network(district: District, cache: str | Path | None) -> WalkNetwork:
    if cache is None:
        return build_network(district)
    return cached_network(district, Path(cache))


def _sealed_access(
    district: District,
    access: DataFrame,
    classes: tuple[str, ...],
    cache: str | Path | None,
) -> DataFrame | None:
    """Walks with every unknown wall applied; None where all gates are known."""
    if not uncertain_compounds(district).any():
        return None
    sealed = sealed_district(district)
    walks = walk_access(_network(sealed, cache), sealed, classes=classes)
    return sealed_walks(access, walks)


def _classes(district: District, books: list[RuleBook]) -> tuple[str, ...]:
    """Classes that a facility offers or a walking rule asks for."""
    present = set(district.facility_classes["facility_class"])
    asked = {
        name
        for book in books
        for rule in book.rules
        if rule.kind in REACH_KINDS
        for name in rule.classes
    }
    return tuple(sorted(present | asked | set(district.config.isochrone_classes)))


def _isochrones(network: WalkNetwork, district: District) -> GeoDataFrame:
    config = district.config
    frames = [
        isochrones(
            network,
            district,
            facility_class,
            walker=walker,
            limits_min=config.isochrone_limits_min,
        )
        for facility_class in sorted(config.isochrone_classes)
        for walker in sorted(config.walkers)
    ]
    if not frames:
        frames = [isochrones(network, district, "", walker="adult", limits_min=())]
    columns = ["facility_class", "walker", "limit_min", "geometry"]
    return pd.concat(frames, ignore_index=True)[columns]


def _manifest(
    district: District, books: list[RuleBook], files: CityFiles | None
) -> dict[str, Any]:
    config = district.config
    settings = {
        "crs": config.crs,
        "as_of": config.as_of.isoformat(),
        "settlement": config.settlement,
        "disclosure": config.disclosure,
        "synthetic": config.synthetic,
        "adopted_books": list(config.adopted_books),
        "reference_books": list(config.reference_books),
        "shares": dict(config.shares),
        "walkers": {name: asdict(walker) for name, walker in config.walkers.items()},
        "floor_area_per_household_m2": config.floor_area_per_household_m2,
        "persons_per_household": config.persons_per_household,
        "elderly_share": config.elderly_share,
        "isochrone_classes": list(config.isochrone_classes),
        "isochrone_limits_min": list(config.isochrone_limits_min),
        "max_off_road_m": config.max_off_road_m,
        "walk_at": config.walk_at,
        "node_lines_m": config.node_lines_m,
        "join_islands_m": config.join_islands_m,
        "elevation": None if config.elevation is None else config.elevation.name,
        "profile": config.profile,
        "smallest_gap_households": config.smallest_gap_households,
        "regrid": asdict(config.regrid),
    }
    return {
        "made_at": datetime.now(tz=UTC).isoformat(timespec="seconds"),
        "district": {"id": config.district_id, "name": config.name},
        "versions": {
            "lifecircle": __version__,
            **{library: version(library) for library in _LIBRARIES},
        },
        "inputs": input_digests(config, files=files),
        "rows": district.row_counts.to_dict("records"),
        "rule_books": [
            {
                "book_id": book.book_id,
                "title": book.title_zh,
                "published": None if book.published is None else str(book.published),
                "status": book.status,
                "rules": len(book.rules),
                "sha256": book.sha256,
            }
            for book in books
        ],
        "settings": settings,
    }
