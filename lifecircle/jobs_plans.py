"""One function per command that plans: grids drawn anew, compared, chosen from."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from lifecircle.jobs import assess
from lifecircle.plans.assembly import prepare
from lifecircle.plans.edited import edited_plan
from lifecircle.plans.regrid import frontier, plan_grids, regrid, settings_for
from lifecircle.publish.outputs import write_study
from lifecircle.publish.results import read_study
from lifecircle.tables.district import read_district
from lifecircle.tables.plan_file import read_plan_file

if TYPE_CHECKING:
    from pandas import DataFrame

    from lifecircle.jobs import StageReport
    from lifecircle.model import District, GridPlan
    from lifecircle.text import Language

__all__ = ["compare_plan", "plan_frontier", "replan"]


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
        return district, regrid(district, households=households, stability=stability)
    saved = Path(path).is_dir()
    study = read_study(path) if saved else assess(path, report=report)
    report("regrid")
    plan = regrid(study, households=households, stability=stability)
    report("publish")
    write_study(replace(study, grid_plan=plan), out, lang=lang)
    return study.district, plan


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
) -> tuple[GridPlan, GridPlan, DataFrame]:
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
    tuple of GridPlan, GridPlan, DataFrame
        The edited plan, ours, and the rules that the edited one breaks.

    Raises
    ------
    ConfigError, TableError, ResultError
        As ``replan`` and ``read_plan_file``.

    Examples
    --------
    >>> theirs, ours, faults = compare_plan("out", "plan.csv")  # doctest: +SKIP
    """
    district = _district(path)
    edited = read_plan_file(file, district, layer=layer)
    settings = settings_for(district, households=households)
    prepared = prepare(district, settings)
    theirs, faults = edited_plan(prepared, edited, settings)
    return theirs, plan_grids(prepared, settings), faults


def _district(path: str | Path) -> District:
    return read_study(path).district if Path(path).is_dir() else read_district(path)
