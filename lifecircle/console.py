"""Where the command line's messages go: language, heads, exit codes, progress."""

import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from lifecircle.errors import ConfigError, LifeCircleError, RuleBookError, SourceError
from lifecircle.text import Language, problem_lines, say

if TYPE_CHECKING:
    from lifecircle.jobs import StageReport
    from lifecircle.model import Problem

__all__ = [
    "DATA_PROBLEM",
    "FAILED_DISTRICTS",
    "INTERRUPTED",
    "WRONG_CALL",
    "Console",
    "Lang",
    "Quiet",
    "Verbose",
    "problem_counts",
    "progress",
    "row_ranges",
]

SHOWN_ALIKE = 5
"""Problems of one kind, file and column that are shown whole."""
_MOST_RANGES = 12

DATA_PROBLEM, WRONG_CALL, FAILED_DISTRICTS, INTERRUPTED = 1, 2, 3, 130

Lang = Annotated[str, typer.Option(metavar="zh|en", help="语言 · language")]
Quiet = Annotated[
    bool, typer.Option("--quiet", "-q", help="只报错误 · only problems are shown")
]
Verbose = Annotated[
    bool,
    typer.Option("--verbose", "-v", help="日志与错误追踪 · log lines and tracebacks"),
]


class Console:
    """Where messages go, in which language, and how many of them."""

    def __init__(self, lang: str, *, quiet: bool, verbose: bool) -> None:
        if lang not in ("zh", "en"):
            typer.echo(f"--lang {lang}: zh | en", err=True)
            raise typer.Exit(WRONG_CALL)
        self.lang: Language = "en" if lang == "en" else "zh"
        self.quiet = quiet
        self.verbose = verbose
        level = logging.INFO if verbose else logging.ERROR
        logging.basicConfig(level=level, format="%(name)s: %(message)s")

    def tell(self, key: str, **values: object) -> None:
        """A line of progress or result; silent when quiet."""
        if not self.quiet:
            typer.echo(say(f"cli.{key}", self.lang, values))

    def complain(self, key: str, **values: object) -> None:
        """A line that is shown even when quiet."""
        typer.echo(say(f"cli.{key}", self.lang, values), err=True)

    def show_problems(self, problems: list["Problem"]) -> None:
        """Problems under their three heads, errors first.

        Of many that are alike the first five are shown whole and the rest by their
        rows; with ``--verbose`` all of them.
        """
        ordered = sorted(problems, key=lambda problem: problem.severity != "error")
        kinds: dict[object, list[Problem]] = {}
        for one in ordered:
            kind = (one.severity, one.key, one.file, one.layer, one.column)
            kinds.setdefault(kind, []).append(one)
        number = 0
        for alike in kinds.values():
            shown = alike if self.verbose else alike[:SHOWN_ALIKE]
            for place, problem in enumerate(shown, start=number + 1):
                self._show_problem(place, problem)
            number += len(alike)
            if len(alike) > len(shown):
                rest = [one.row for one in alike[len(shown) :]]
                values = {"count": len(rest), "rows": row_ranges(rest)}
                line = say("cli.more_alike", self.lang, values)
                typer.echo(f"\n   {line}", err=True)

    def _show_problem(self, number: int, problem: "Problem") -> None:
        """Number and severity, then where, what, fix."""
        severity = say(f"cli.{problem.severity}", self.lang)
        typer.echo(f"\n{number}. [{severity}]", err=True)
        lines = problem_lines(problem, self.lang)
        for head, line in zip(("where", "what", "fix"), lines, strict=True):
            typer.echo(f"   {say(f'problems.{head}', self.lang)}  {line}", err=True)

    @contextmanager
    def guard(self) -> Iterator[None]:
        """Turn our errors into three lines and an exit code; no traceback."""
        try:
            yield
        except LifeCircleError as error:
            self.fail(error)

    def fail(self, error: LifeCircleError) -> NoReturn:
        """Show an error and leave."""
        if self.verbose:
            traceback.print_exc()
        problems = list(getattr(error, "problems", ()))
        if problems:
            self.show_problems(problems)
            self.complain("problem_count", **problem_counts(problems))
        else:
            for head, line in (
                ("where", error.where),
                ("what", error.what),
                ("fix", error.fix),
            ):
                typer.echo(f"{say(f'problems.{head}', self.lang)}  {line}", err=True)
        wrong_call = (ConfigError, SourceError, RuleBookError)
        code = WRONG_CALL if isinstance(error, wrong_call) else DATA_PROBLEM
        raise typer.Exit(code) from None


def problem_counts(problems: list["Problem"]) -> dict[str, int]:
    """Errors and warnings among problems.

    Examples
    --------
    >>> problem_counts([])
    {'errors': 0, 'warnings': 0}
    """
    errors = sum(problem.severity == "error" for problem in problems)
    return {"errors": errors, "warnings": len(problems) - errors}


def row_ranges(rows: list[int | None]) -> str:
    """Row numbers as ranges, the first dozen of them.

    Examples
    --------
    >>> row_ranges([4, 5, 6, 9, 12, 11])
    '4-6, 9, 11-12'
    >>> row_ranges([None, None])
    '-'
    """
    ranges: list[list[int]] = []
    for row in sorted({row for row in rows if row is not None}):
        if ranges and row == ranges[-1][1] + 1:
            ranges[-1][1] = row
        else:
            ranges.append([row, row])
    told = [f"{a}" if a == b else f"{a}-{b}" for a, b in ranges[:_MOST_RANGES]]
    return ", ".join([*told, *["…"][: len(ranges) > _MOST_RANGES]]) or "-"


@contextmanager
def progress(console: Console) -> Iterator["StageReport"]:
    """A bar that names the stage; nothing when quiet."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
    )

    from lifecircle.jobs import STAGES, StageName

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    bar = Progress(*columns, console=Console(stderr=True), disable=console.quiet)
    with bar:
        task = bar.add_task("", total=len(STAGES))

        def report(stage: StageName, /) -> None:
            done = STAGES.index(stage)
            name = say(f"cli.stage_{stage}", console.lang)
            bar.update(task, completed=done, description=name)

        yield report
        bar.update(task, completed=len(STAGES))
