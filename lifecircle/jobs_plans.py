"""One function per command that plans: grids and communities drawn anew."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pandas as pd

from lifecircle.jobs import assess
from lifecircle.network.graph import build_network
from lifecircle.plans.assembly import prepare
from lifecircle.plans.communities import merge_communities
from lifecircle.plans.drawn import drawn_faults
from lifecircle.plans.edited import edited_plan
from lifecircle.plans.exceptions import told_apart
from lifecircle.plans.regrid import frontier, plan_grids, regrid, settings_for
from lifecircle.publish.outputs import write_study
from lifecircle.publish.results import read_study
from lifecircle.tables.district import read_district
from lifecircle.tables.plan_file import read_plan_file

if TYPE_CHECKING:
    from pandas import DataFrame

    from lifecircle.jobs import StageReport
    from lifecircle.model import Assessment, CommunityPlan, District, GridPlan
    from lifecircle.text import Language

__all__ = [
    "Comparison",
    "compare_plan",
    "plan_frontier",
    "replan",
    "replan_communities",
]


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """An edited plan beside ours.

    Attributes
    ----------
    theirs, ours : GridPlan
        Of the same district and band.
    faults : DataFrame
        Rules that the edited plan breaks; ``lifecircle.plans.edited.FAULTS``.
    exceptions : DataFrame
        Its grids outside the band that nothing could mend;
        ``lifecircle.plans.exceptions.EXCEPTIONS``.
    """

    theirs: GridPlan
    ours: GridPlan
    faults: DataFrame
    exceptions: DataFrame


def replan(
    path: str | Path,
    out: str | Path | None = None,
    *,
    households: tuple[int, int] | None = None,
    stability: float | None = None,
    lang: Language = "zh",
    report: StageReport,
) -> tuple[District, GridPlan]:
    """Draw the grids of a district anew, with other settings than its file's.

    Parameters
    ----------
    path : str or Path
        A district file, or the folder of a finished study.
    out : str or Path, optional
        Folder to write the whole study with this plan to.
    households : tuple of int, optional
        Fewest and most households of a grid.
    stability : float, optional
        0 = best shape, 1 = least change.
    lang : {"zh", "en"}
        Language of what is written.
    report : callable
        Called with the name of each stage as it begins.

    Returns
    -------
    tuple of District, GridPlan

    Raises
    ------
    ConfigError, TableError, NetworkError, RuleBookError, ResultError
        As ``assess`` and ``read_study``; an empty band or a stability that is not
        from 0 to 1.

    Examples
    --------
    >>> _, plan = replan("out", stability=1.0, report=print)  # doctest: +SKIP
    """
    if out is None:
        district = _district(path)
        return district, _drawn(district, households, stability)
    study = _study(path, report)
    report("regrid")
    plan = _drawn(study.district, households, stability)
    report("publish")
    write_study(replace(study, grid_plan=plan), out, lang=lang)
    return study.district, plan


def replan_communities(
    path: str | Path,
    out: str | Path | None = None,
    *,
    households: tuple[int, int] | None = None,
    by: Literal["communities", "grids"] = "communities",
    subdistricts: Literal["keep", "cross"] | None = None,
    lang: Language = "zh",
    report: StageReport,
) -> tuple[District, CommunityPlan]:
    """Merge or split the communities of a district.

    Parameters
    ----------
    path : str or Path
        A district file, or the folder of a finished study.
    out : str or Path, optional
        Folder to write the whole study with this plan to.
    households : tuple of int, optional
        Fewest and most households of a community.
    by : {"communities", "grids"}
        Whole ones are merged; or they are split by the proposed grids as well.
    subdistricts : {"keep", "cross"}, optional
        Whether a community may cross a subdistrict's boundary.
    lang : {"zh", "en"}
        Language of what is written.
    report : callable
        Called with the name of each stage as it begins.

    Returns
    -------
    tuple of District, CommunityPlan

    Raises
    ------
    ConfigError, TableError, NetworkError, RuleBookError, ResultError
        As ``replan``.

    Examples
    --------
    >>> _, plan = replan_communities("out", by="grids", report=print)  # doctest: +SKIP
    """
    study = None
    if out is not None or Path(path).is_dir():
        study = _study(path, report)
    district = read_district(path) if study is None else study.district
    report("regrid")
    grids = None
    if by == "grids":
        grids = None if study is None else study.grid_plan
        grids = grids or _drawn(district, None, None)
    plan = merge_communities(
        district, households=households, grids=grids, subdistricts=subdistricts
    )
    if study is not None and out is not None:
        report("publish")
        drawn = study.grid_plan if grids is None else grids
        finished = replace(study, grid_plan=drawn, community_plan=plan)
        write_study(finished, out, lang=lang)
    return district, plan


def plan_frontier(
    path: str | Path, *, households: tuple[int, int] | None = None
) -> tuple[GridPlan, ...]:
    """Five plans from the best shape to the least change.

    Parameters
    ----------
    path : str or Path
        A district file, or the folder of a finished study.
    households : tuple of int, optional
        Fewest and most households of a grid.

    Returns
    -------
    tuple of GridPlan
        By stability, ascending.

    Raises
    ------
    ConfigError, TableError, ResultError
        As ``replan``.

    Examples
    --------
    >>> plans = plan_frontier("data/demo/district.toml")  # doctest: +SKIP
    """
    return frontier(_district(path), households=households)


def compare_plan(
    path: str | Path,
    file: str | Path,
    *,
    layer: str = "",
    households: tuple[int, int] | None = None,
) -> Comparison:
    """Check a plan edited by hand against every rule, and against ours.

    Parameters
    ----------
    path : str or Path
        A district file, or the folder of a finished study.
    file : str or Path
        The edited plan (``read_plan_file``).
    layer : str
        Its layer or sheet.
    households : tuple of int, optional
        Fewest and most households of a grid.

    Returns
    -------
    Comparison
        The edited plan, ours, the rules that the edited one breaks, its exceptions.

    Raises
    ------
    ConfigError, TableError, ResultError
        As ``replan`` and ``read_plan_file``.

    Examples
    --------
    >>> compare_plan("out", "plan.csv").faults  # doctest: +SKIP
    """
    district = _district(path)
    edited = read_plan_file(file, district, layer=layer)
    settings = settings_for(district, households=households)
    prepared = prepare(district, settings)
    theirs, faults = edited_plan(prepared, edited.grid_of, settings)
    ours = plan_grids(prepared, settings)
    faults, exceptions = told_apart(faults, theirs, ours)
    if edited.drawn is not None:
        drawn = drawn_faults(edited.drawn, district)
        faults = pd.concat(
            [frame for frame in (faults, drawn) if len(frame)] or [faults]
        )
    return Comparison(theirs, ours, faults.reset_index(drop=True), exceptions)


def _drawn(
    district: District, households: tuple[int, int] | None, stability: float | None
) -> GridPlan:
    """Grids with the longest walk inside: metres, which heights do not change."""
    level = replace(district.config, elevation=None)
    flat = replace(district, config=level, elevation=None)
    return regrid(
        district,
        households=households,
        stability=stability,
        network=build_network(flat),
    )


def _study(path: str | Path, report: StageReport) -> Assessment:
    """A finished study, or one made now."""
    return read_study(path) if Path(path).is_dir() else assess(path, report=report)


def _district(path: str | Path) -> District:
    return read_study(path).district if Path(path).is_dir() else read_district(path)
