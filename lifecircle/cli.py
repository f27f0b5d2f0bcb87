"""The command line: arguments in, jobs called, messages out.

Exit codes: 0 done, 1 a problem in the data, 2 a wrong call, 3 finished with failed
districts (batch), 130 ended by Ctrl-C (batch).
"""

import sys
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Annotated

import typer

from lifecircle import __version__
from lifecircle.cli_batch import batch
from lifecircle.cli_data import export, init, inspect
from lifecircle.cli_lists import (
    write_merged,
    write_quality_page,
    write_rejected,
    write_review,
    write_stopped,
)
from lifecircle.cli_plans import communities, regrid
from lifecircle.cli_walks import gates
from lifecircle.console import (
    DATA_PROBLEM,
    Console,
    Lang,
    Quiet,
    Verbose,
    problem_counts,
    progress,
)
from lifecircle.text import say, say_all, sentences

__all__ = ["app", "main"]

app = typer.Typer(
    name="lifecircle",
    help="15分钟社区生活圈：测算、评估、改进。"
    " Measure, judge and improve the 15-minute community life circle.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

DistrictFile = Annotated[
    Path, typer.Argument(metavar="DISTRICT.toml", help="区县配置文件 · district file")
]


def _version(value: bool) -> None:
    if value:
        typer.echo(f"lifecircle {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_version, is_eager=True, help="版本 · version"
        ),
    ] = False,
) -> None:
    del version


@app.command()
def demo(
    folder: Annotated[Path, typer.Argument(help="写入的文件夹 · folder to write")],
    seed: Annotated[
        int | None, typer.Option(help="随机种子，默认即 data/demo · random seed")
    ] = None,
    lang: Lang = "zh",
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """生成虚构的示例区县 · write a made-up, lifelike district."""
    console = Console(lang, quiet=quiet, verbose=verbose)
    from lifecircle.demo.write import DEFAULT_SEED, write_demo

    with console.guard():
        write_demo(folder, seed=DEFAULT_SEED if seed is None else seed)
    console.tell("demo_written", folder=folder)


@app.command()
def check(
    district: DistrictFile,
    report: Annotated[
        Path | None,
        typer.Option(help="另写数据质量页 · write the data-quality page too"),
    ] = None,
    lang: Lang = "zh",
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """检查数据，一次列出全部问题 · list every problem of every table at once."""
    console = Console(lang, quiet=quiet, verbose=verbose)
    from lifecircle.tables.district import examine_district

    with console.guard():
        found = examine_district(district)
    problems = found.problems
    shown = [p for p in problems if p.severity == "error" or not console.quiet]
    console.show_problems(shown)
    write_rejected(found.rejected, district, console)
    write_merged(found.merged, district, console)
    write_review(found.review, found.reviewed, district, console)
    counts = problem_counts(problems)
    if report is not None:
        write_quality_page(found.district, report, console)
    if counts["errors"]:
        console.complain("problem_count", **counts)
        raise typer.Exit(DATA_PROBLEM)
    console.tell("check_passed", **counts)


@app.command()
def run(
    district: DistrictFile,
    out: Annotated[
        Path, typer.Option("--out", "-o", help="输出文件夹 · folder to write")
    ],
    cache: Annotated[
        Path | None,
        typer.Option(help="存放步行网络的文件夹 · keep built networks here"),
    ] = None,
    lang: Lang = "zh",
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """评估一个区县，写出地图、表格和图层 · assess a district, write map and tables."""
    console = Console(lang, quiet=quiet, verbose=verbose)
    from lifecircle import jobs
    from lifecircle.tables.district import DistrictError
    from lifecircle.tables.reviewing import reviewed_lists

    with console.guard(), progress(console) as report:
        try:
            study = jobs.run(
                district, out, lang=console.lang, cache=cache, report=report
            )
        except DistrictError as error:
            write_rejected(error.rejected, district, console)
            write_stopped(error.district, district, console)
            raise
    write_rejected(study.district.rejected, district, console)
    write_merged(study.district.merged, district, console)
    reviewed = reviewed_lists(study.district.config)
    write_review(study.district.review, reviewed, district, console)
    verdicts = study.findings.rows["verdict"].value_counts()
    console.tell(
        "run_done",
        name=study.district.config.name,
        failing=int(verdicts.get("fail", 0)),
        passing=int(verdicts.get("pass", 0)),
        unknown=int(verdicts.get("not_assessed", 0)),
        warnings=len(study.district.problems),
        out=out,
    )


app.command()(batch)
app.command()(inspect)
app.command()(init)
app.command()(export)
app.command()(regrid)
app.command()(communities)
app.command()(gates)

books_app = typer.Typer(rich_markup_mode=None)
app.add_typer(books_app, name="books")


@books_app.callback(invoke_without_command=True)
def books(
    context: typer.Context,
    lang: Lang = "zh",
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """列出内置规则书及其状态 · list the rule books, what is in force and verified."""
    if context.invoked_subcommand is not None:
        return
    console = Console(lang, quiet=quiet, verbose=verbose)
    from lifecircle.standards.listing import book_lines
    from lifecircle.standards.rulebook import book_ids, read_rule_book

    words = sentences("books", console.lang)
    with console.guard():
        for book_id in book_ids():
            lines = book_lines(read_rule_book(book_id), words, lang=console.lang)
            for line in islice(lines, 1 if quiet else None):
                typer.echo(line)


@books_app.command("diff")
def books_diff(
    a: Annotated[
        str, typer.Argument(metavar="A", help="规则书编号或文件 · id or file")
    ],
    b: Annotated[
        str, typer.Argument(metavar="B", help="规则书编号或文件 · id or file")
    ],
    lang: Lang = "zh",
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """两本规则书对同一事项的不同数值 · where two books set different values."""
    console = Console(lang, quiet=quiet, verbose=verbose)
    from lifecircle.standards.diff import differences
    from lifecircle.standards.listing import difference_lines
    from lifecircle.standards.rulebook import read_rule_book

    with console.guard():
        one, other = read_rule_book(a), read_rule_book(b)
    found = differences(one, other)
    words = {
        **sentences("checks", console.lang),
        **sentences("books", console.lang),
    }
    for line in difference_lines(found, words, lang=console.lang):
        typer.echo(line)
    if not quiet and len(found):
        values = {"a": one.book_id, "b": other.book_id, "count": len(found)}
        typer.echo(say("books.difference_count", console.lang, values))


@app.command()
def explain(
    rule: Annotated[str, typer.Argument(metavar="RULE", help="规则编号 · rule id")],
    unit: Annotated[str, typer.Argument(metavar="UNIT", help="单元编号 · unit id")],
    study: Annotated[
        Path, typer.Option("--study", "-s", help="成果文件夹 · folder of a run")
    ],
    lang: Lang = "zh",
    verbose: Verbose = False,
) -> None:
    """说明一项结论的算式与原文 · print the arithmetic behind one verdict."""
    console = Console(lang, quiet=False, verbose=verbose)
    from lifecircle.checks.explain import explain as lines_of
    from lifecircle.publish.results import read_study

    with console.guard():
        lines = lines_of(read_study(study).findings, rule, unit)
    for line in lines:
        names = {
            key.removesuffix("_key"): say_all(value, console.lang)
            for key, value in line.values.items()
            if key.endswith("_key")
        }
        names["title"] = str(line.values.get(f"title_{console.lang}", ""))
        typer.echo(say(line.key, console.lang, {**line.values, **names}))


@app.command(name="map")
def draw_map(
    study: Annotated[
        Path, typer.Argument(metavar="OUT", help="成果文件夹 · folder of a run")
    ],
    rules: Annotated[
        list[str] | None,
        typer.Option("--rule", "-r", help="要出图的规则，可多次 · rules to draw"),
    ] = None,
    community: Annotated[
        str, typer.Option(help="社区编号；all 为逐社区 · one id, or all")
    ] = "",
    charts: Annotated[bool, typer.Option("--charts", help="统计图 · charts")] = False,
    plan: Annotated[
        bool, typer.Option("--plan", help="现状与规划网格 · grids today, proposed")
    ] = False,
    kind: Annotated[
        str, typer.Option("--format", metavar="pdf|svg|png", help="格式 · format")
    ] = "pdf",
    paper: Annotated[str, typer.Option(metavar="A3|A4", help="图幅 · paper")] = "A3",
    base_map: Annotated[
        str,
        typer.Option(
            metavar="FILE|tianditu|none",
            help="评审图的底图：栅格，或含 [outputs.base_map] 的区文件 · its base map",
        ),
    ] = "",
    lang: Lang = "zh",
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """由已存成果重绘评审图，或出打印图 · redraw the map, or draw sheets to print."""
    console = Console(lang, quiet=quiet, verbose=verbose)
    from lifecircle.jobs import draw_charts
    from lifecircle.publish.atlas import draw_plan, draw_sheets, redraw_map
    from lifecircle.tables.base_map_anew import with_base_map

    with console.guard():
        drawn = draw_charts(study, kind=kind, lang=console.lang) if charts else []
        if plan:
            drawn += draw_plan(study, kind=kind, paper=paper, lang=console.lang)
        if rules or community:
            drawn += draw_sheets(
                study,
                rules=rules or [],
                community=community,
                kind=kind,
                paper=paper,
                lang=console.lang,
            )
        if not drawn:
            change = partial(with_base_map, said=base_map) if base_map else None
            drawn = [redraw_map(study, change=change, lang=console.lang)]
    for path in drawn:
        console.tell("map_drawn", path=path)


@app.command()
def report(
    study: Annotated[
        Path, typer.Argument(metavar="OUT", help="成果文件夹 · folder of a run")
    ],
    pdf: Annotated[
        bool, typer.Option("--pdf", help="用本机浏览器另存 PDF · print to PDF too")
    ] = False,
    lang: Lang = "zh",
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """由已存成果重写评审报告 · write the review report again."""
    console = Console(lang, quiet=quiet, verbose=verbose)
    from lifecircle.publish.atlas import redraw_report

    with console.guard():
        written = redraw_report(study, pdf=pdf, lang=console.lang)
    for path in written:
        console.tell("map_drawn", path=path)


def main() -> None:
    """Run the command line; consoles that cannot show a character get ``?``."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    app()
