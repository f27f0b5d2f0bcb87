"""Commands that plan: grids drawn anew."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lifecircle.console import (
    DATA_PROBLEM,
    WRONG_CALL,
    Console,
    Lang,
    Quiet,
    Verbose,
    progress,
)
from lifecircle.text import say

if TYPE_CHECKING:
    from pandas import DataFrame

    from lifecircle.model import GridPlan

__all__ = ["regrid"]


def regrid(
    source: Annotated[
        Path,
        typer.Argument(
            metavar="DISTRICT.toml|OUT",
            help="区县配置文件或成果文件夹 · district file, or folder of a run",
        ),
    ],
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="写出整套成果 · write the whole study here"),
    ] = None,
    households: Annotated[
        str, typer.Option(metavar="300-500", help="每格户数 · households of a grid")
    ] = "",
    stability: Annotated[
        float | None,
        typer.Option(help="0 = 形状最优，1 = 调整最少 · 0 best shape, 1 least change"),
    ] = None,
    frontier: Annotated[
        bool,
        typer.Option("--frontier", help="五个方案供选 · five plans to choose from"),
    ] = False,
    compare: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="核对手工修改的方案 · check an edited plan"),
    ] = None,
    layer: Annotated[
        str, typer.Option(help="该文件的图层或工作表 · layer or sheet of that file")
    ] = "",
    lang: Lang = "zh",
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """重划网格 · draw the governance grids anew."""
    console = Console(lang, quiet=quiet, verbose=verbose)
    from lifecircle import jobs_plans as jobs

    band = _band(households, console)
    with console.guard():
        if compare is not None:
            theirs, ours, faults = jobs.compare_plan(
                source, compare, layer=layer, households=band
            )
            _show_comparison(console, theirs, ours, faults)
            return
        if frontier:
            for plan in jobs.plan_frontier(source, households=band):
                _show(console, plan, "plan_row", stability=plan.settings.stability)
            return
        with progress(console) as report:
            district, plan = jobs.replan(
                source,
                out,
                households=band,
                stability=stability,
                lang=console.lang,
                report=report,
            )
    _show(console, plan, "plan_done", name=district.config.name)
    for row in plan.communities.to_dict("records"):
        if row["status"] == "not_planned":
            why = say(str(row["reason"]), console.lang)
            console.tell("plan_left_out", name=row["community_name"], why=why)
    if out is not None:
        console.tell("plan_written", out=out)


def _band(said: str, console: Console) -> tuple[int, int] | None:
    if not said:
        return None
    match = re.fullmatch(r"(\d+)\s*[-–]\s*(\d+)", said.strip())
    if match is None:
        console.complain("plan_band", value=said)
        raise typer.Exit(WRONG_CALL)
    return int(match[1]), int(match[2])


def _show(console: Console, plan: GridPlan, key: str, **values: object) -> None:
    """A plan in one line of figures."""
    from lifecircle.plans.edited import plan_figures

    found = plan_figures(plan)
    low, high = plan.settings.households
    words = {name: f"{value:,.0f}" for name, value in found.items()}
    words["changed_share"] = f"{found['changed_share']:.1%}"
    console.tell(key, low=low, high=high, **words, **values)


def _show_comparison(
    console: Console, theirs: GridPlan, ours: GridPlan, faults: DataFrame
) -> None:
    """Their figures and ours, then every rule that theirs breaks."""
    for key, plan in (("plan_theirs", theirs), ("plan_ours", ours)):
        name = say(f"cli.{key}", console.lang)
        _show(console, plan, "plan_done", name=name)
    for row in faults[faults["fault"] != "unassigned"].to_dict("records"):
        values = {
            str(name): "" if value is None or value != value else value
            for name, value in row.items()
        }
        value = values["value"]
        values["value"] = f"{value:,.0f}" if isinstance(value, float) else value
        console.complain(f"fault_{row['fault']}", **values)
    counts = Counter(faults["fault"])
    console.tell("plan_kept_today", buildings=counts.pop("unassigned", 0))
    if counts:
        console.complain("plan_faults", count=sum(counts.values()))
        raise typer.Exit(DATA_PROBLEM)
    console.tell("plan_no_faults")
