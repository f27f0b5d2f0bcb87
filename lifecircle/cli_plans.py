"""Commands that plan: grids and communities drawn anew."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

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
    from collections.abc import Mapping

    from lifecircle.jobs_plans import Comparison
    from lifecircle.model import CommunityPlan, District, GridPlan
    from lifecircle.text import Language

__all__ = ["communities", "regrid"]

Source = Annotated[
    Path,
    typer.Argument(
        metavar="DISTRICT.toml|OUT",
        help="区县配置文件或成果文件夹 · district file, or folder of a run",
    ),
]
Out = Annotated[
    Path | None,
    typer.Option("--out", "-o", help="写出整套成果 · write the whole study here"),
]


def regrid(
    source: Source,
    out: Out = None,
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
            found = jobs.compare_plan(source, compare, layer=layer, households=band)
            _show_comparison(console, found)
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


def communities(
    source: Source,
    out: Out = None,
    households: Annotated[
        str,
        typer.Option(metavar="2400-3600", help="每个社区户数 · households of each"),
    ] = "",
    split: Annotated[
        bool,
        typer.Option("--split", help="可按方案网格拆分社区 · split them by grids too"),
    ] = False,
    across_subdistricts: Annotated[
        bool,
        typer.Option("--across-subdistricts", help="可跨街道 · across subdistricts"),
    ] = False,
    lang: Lang = "zh",
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """合并、拆分社区 · merge and split communities."""
    console = Console(lang, quiet=quiet, verbose=verbose)
    from lifecircle import jobs_plans as jobs

    band = _band(households, console, example="2400-3600")
    with console.guard(), progress(console) as report:
        district, plan = jobs.replan_communities(
            source,
            out,
            households=band,
            by="grids" if split else "communities",
            subdistricts="cross" if across_subdistricts else None,
            lang=console.lang,
            report=report,
        )
    _show_areas(console, district, plan)
    if out is not None:
        console.tell("plan_written", out=out)


def _show_areas(console: Console, district: District, plan: CommunityPlan) -> None:
    """A line for every area, with its proof; then what changes, and why."""
    from lifecircle.publish.unit_sheets import area_name, unit_change_sentences

    low, high = plan.settings.community_households
    for row in plan.areas.to_dict("records"):
        name = area_name(row["area_id"], district, console.lang)
        if row["status"] == "not_planned":
            why = say(str(row["reason"]), console.lang)
            console.tell("plan_left_out", name=name, why=why)
            continue
        values = {key: f"{row[key]:,.0f}" for key in _AREA_COUNTS}
        share = f"{row['changed_share']:.1%}" if row["households"] else "0%"
        status = say(f"plans.status.{row['status']}", console.lang)
        values |= {"name": name, "changed_share": share, "status": status}
        console.tell("plan_area", low=low, high=high, **values)
        if row["certificate"] is not None:
            key = f"plans.community_certificate.{row['certificate']}"
            console.tell("plan_area_proof", why=say(key, console.lang))
    for sentence in unit_change_sentences(plan, console.lang):
        console.tell("plan_unit_change", what=sentence)


_AREA_COUNTS = ("communities", "k", "in_range_today", "in_range", "changed_households")


def _band(
    said: str, console: Console, *, example: str = "300-500"
) -> tuple[int, int] | None:
    if not said:
        return None
    match = re.fullmatch(r"(\d+)\s*[-–]\s*(\d+)", said.strip())
    if match is None:
        console.complain("plan_band", value=said, example=example)
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


def _show_comparison(console: Console, found: Comparison) -> None:
    """Their figures and ours, exceptions, then every rule that theirs breaks."""
    faults = found.faults
    for key, plan in (("plan_theirs", found.theirs), ("plan_ours", found.ours)):
        name = say(f"cli.{key}", console.lang)
        _show(console, plan, "plan_done", name=name)
    for row in found.exceptions.to_dict("records"):
        console.tell("plan_exception", **_exception_words(row, console.lang))
    for row in faults[faults["fault"] != "unassigned"].to_dict("records"):
        values = {
            str(name): "" if value is None or value != value else value
            for name, value in row.items()
        }
        value = values["value"]
        form = ".0%" if row["fault"] == "building_cut" else ",.0f"
        values["value"] = format(value, form) if isinstance(value, float) else value
        console.complain(f"fault_{row['fault']}", **values)
    counts = Counter(faults["fault"])
    console.tell("plan_kept_today", buildings=counts.pop("unassigned", 0))
    if counts:
        console.complain("plan_faults", count=sum(counts.values()))
        raise typer.Exit(DATA_PROBLEM)
    console.tell("plan_no_faults")


def _exception_words(row: Mapping[Any, Any], lang: Language) -> dict[str, str]:
    """A grid outside the band, with its reason and the proof of its community."""
    proof = row["certificate"]
    kinds = [] if proof is None else proof.split("+")
    said = [say(f"plans.certificate.{kind}", lang) for kind in kinds]
    words = [say(f"plans.exception.{row['reason']}", lang), *said]
    return {
        "grid_id": row["grid_id"],
        "community_id": row["community_id"],
        "households": f"{row['households']:,.0f}",
        "why": say("publish.list_comma", lang).join(words),
    }
