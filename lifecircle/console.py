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
]

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
        """Every problem under its three heads, errors first."""
        heads = [
            say(f"problems.{head}", self.lang) for head in ("where", "what", "fix")
        ]
        ordered = sorted(problems, key=lambda problem: problem.severity != "error")
        for number, problem in enumerate(ordered, start=1):
            severity = say(f"cli.{problem.severity}", self.lang)
            typer.echo(f"\n{number}. [{severity}]", err=True)
            for head, line in zip(
                heads, problem_lines(problem, self.lang), strict=True
            ):
                typer.echo(f"   {head}  {line}", err=True)

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
