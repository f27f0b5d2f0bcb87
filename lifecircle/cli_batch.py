"""The command ``batch``: a city's districts, with a list of what failed."""

from __future__ import annotations

import re
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lifecircle.console import (
    FAILED_DISTRICTS,
    INTERRUPTED,
    WRONG_CALL,
    Console,
    Lang,
    Quiet,
    Verbose,
)
from lifecircle.text import say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.progress import TaskID

    from lifecircle.batch.plan import Planned
    from lifecircle.batch.run import BatchResult
    from lifecircle.batch.work import Failure

__all__ = ["batch"]

_BYTES = {"KB": 1e3, "MB": 1e6, "GB": 1e9, "KIB": 2**10, "MIB": 2**20, "GIB": 2**30}
_SECONDS = {"s": 1.0, "m": 60.0, "h": 3600.0}
_LEAST_BYTES = 200_000_000
"""A worker takes about this much before it has read anything."""


def batch(
    city: Annotated[
        Path,
        typer.Argument(metavar="CITY", help="城市文件或文件夹 · city file or folder"),
    ],
    out: Annotated[
        Path, typer.Option("--out", "-o", help="输出文件夹 · folder to write")
    ],
    only: Annotated[
        list[str] | None, typer.Option(help="只运行这些区县，可多次 · only these")
    ] = None,
    exclude: Annotated[
        list[str] | None, typer.Option(help="跳过这些区县，可多次 · leave these out")
    ] = None,
    workers: Annotated[
        int,
        typer.Option(min=0, help="进程数，0 = 每核一个 · processes, 0 = one a core"),
    ] = 0,
    memory_per_worker: Annotated[
        str, typer.Option(metavar="4GB", help="每进程内存上限 · most memory of each")
    ] = "",
    timeout: Annotated[
        str, typer.Option(metavar="30m", help="每区县时限 · most time of a district")
    ] = "",
    retry: Annotated[
        int, typer.Option(min=0, help="进程中断后重试次数 · tries after a crash")
    ] = 0,
    force: Annotated[
        bool, typer.Option("--force", help="已完成的也重做 · do again what is done")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="只列出将做什么 · only tell what is to do")
    ] = False,
    scheduler: Annotated[
        str, typer.Option(metavar="ADDRESS", help="Dask 调度器 · Dask scheduler")
    ] = "",
    ship: Annotated[
        bool, typer.Option("--ship", help="随任务发送输入文件 · send the inputs too")
    ] = False,
    since: Annotated[
        str,
        typer.Option(metavar="FOLDER", help="与此前成果比较 · compare with results"),
    ] = "",
    lang: Lang = "zh",
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """批量运行一个城市的各区县，可续跑 · run a city's districts, resumable."""
    console = Console(lang, quiet=quiet, verbose=verbose)
    memory_bytes = _memory(memory_per_worker, scheduler, console)
    timeout_s = _duration(timeout, console)
    from lifecircle.batch.run import Options, plan_batch, run_batch

    options = Options(
        lang=console.lang,
        only=tuple(only or ()),
        exclude=tuple(exclude or ()),
        workers=workers,
        memory_bytes=memory_bytes,
        timeout_s=timeout_s,
        retry=retry,
        force=force,
        scheduler=scheduler,
        ship=ship,
        since=since,
    )
    with console.guard():
        if dry_run:
            _show_plan(plan_batch(city, out, options), console)
            return
        with _display(console) as watcher:
            result = run_batch(city, out, options, watcher)
    _show_result(result, out, console)


def _memory(said: str, scheduler: str, console: Console) -> int | None:
    if not said:
        return None
    if scheduler:
        console.complain("batch_memory_of_cluster")
        raise typer.Exit(WRONG_CALL)
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([KMG]i?B)", said.strip(), re.IGNORECASE)
    size = int(float(found[1]) * _BYTES[found[2].upper()]) if found else 0
    if size < _LEAST_BYTES:
        least = f"{_LEAST_BYTES / 1e6:.0f}MB"
        console.complain("batch_memory", value=said, least=least)
        raise typer.Exit(WRONG_CALL)
    return size


def _duration(said: str, console: Console) -> float | None:
    if not said:
        return None
    found = re.fullmatch(r"(\d+(?:\.\d+)?)\s*([smh])", said.strip(), re.IGNORECASE)
    seconds = float(found[1]) * _SECONDS[found[2].lower()] if found else 0.0
    if seconds <= 0.0:
        console.complain("batch_duration", value=said)
        raise typer.Exit(WRONG_CALL)
    return seconds


def _show_plan(planned: Sequence[Planned], console: Console) -> None:
    for one in planned:
        changed = ", ".join(one.changed)
        state = say(f"cli.batch_state_{one.state}", console.lang, {"what": changed})
        typer.echo(f"{one.district.district_id}  {one.district.name}  {state}")
    to_run = sum(one.state != "done" for one in planned)
    console.tell("batch_plan", districts=len(planned), to_run=to_run)


def _show_result(result: BatchResult, out: Path, console: Console) -> None:
    names = {one.district.folder: one.district for one in result.planned}
    failed = [(names[folder], why) for folder, why in sorted(result.failed.items())]
    for district, failure in (*failed, *result.unread.items()):
        console.complain(
            "batch_failed",
            id=district.district_id,
            name=district.name,
            where=failure.where,
            what=failure.what,
            fix=failure.fix,
        )
        if failure.reason in ("data", "fault"):
            console.complain("batch_failed_list", path=out / "failed" / district.folder)
    stood = sum(one.state == "done" for one in result.planned)
    counts = {"done": len(result.done), "stood": stood, "failed": len(result.failed)}
    if result.interrupted:
        console.complain("batch_interrupted", **counts)
        raise typer.Exit(INTERRUPTED)
    wrong = bool(result.failed or result.unread or result.city_problem)
    speak = console.complain if wrong else console.tell
    speak("batch_ended", out=out, **counts)
    if result.city_problem:
        console.complain("batch_city_failed", error=result.city_problem)
    else:
        from lifecircle.batch.city_outputs import PAGE

        speak("batch_city", path=out / PAGE)
    if wrong:
        raise typer.Exit(FAILED_DISTRICTS)


class _Bars:
    """A line for every district that runs, and one for all of them."""

    def __init__(self, console: Console) -> None:
        from rich.console import Console as Terminal
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            TextColumn,
            TimeElapsedColumn,
        )

        from lifecircle.jobs import STAGES

        self.console, self.stages = console, STAGES
        columns = (
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[note]}"),
        )
        terminal = Terminal(stderr=True)
        self.progress = Progress(*columns, console=terminal, disable=console.quiet)
        # A log of a night is read line by line, not as a bar.
        self.plain = not terminal.is_terminal and not console.quiet
        self.all = self.progress.add_task(self._say("batch_all"), total=0, note="")
        self.tasks: dict[str, TaskID] = {}
        self.names: dict[str, str] = {}

    def _say(self, key: str, **values: object) -> str:
        return say(f"cli.{key}", self.console.lang, values)

    def _line(self, key: str, **values: object) -> None:
        if self.plain:
            clock = time.strftime("%H:%M:%S")
            typer.echo(f"{clock}  {self._say(key, **values)}", err=True)

    def planned(self, planned: Sequence[Planned]) -> None:
        """Everything there is to do is known."""
        self.names = {one.district.district_id: one.district.name for one in planned}
        to_run = sum(one.state != "done" for one in planned)
        self.progress.update(self.all, total=to_run)
        self._line("batch_plan", districts=len(planned), to_run=to_run)

    def stage(self, district_id: str, stage: str) -> None:
        """A district has come to a stage."""
        name, said = self.names[district_id], self._say(f"stage_{stage}")
        task = self.tasks.get(district_id)
        if task is None:
            task = self.progress.add_task(name, total=len(self.stages), note="")
            self.tasks[district_id] = task
        done = self.stages.index(stage)
        self.progress.update(task, completed=done, note=said)
        self._line("batch_at", name=name, stage=said)

    def ended(self, one: Planned, failure: Failure | None, seconds: float) -> None:
        """A district has ended."""
        self._forget(one)
        self.progress.advance(self.all)
        key = "batch_one_done" if failure is None else "batch_one_failed"
        what = "" if failure is None else failure.what
        said = {"name": one.district.name, "seconds": f"{seconds:.0f}", "what": what}
        self._line(key, **said)
        if not self.plain:
            self.progress.print(self._say(key, **said))

    def again(self, one: Planned, failure: Failure) -> None:
        """A district is tried again."""
        self._forget(one)
        self._line("batch_again", name=one.district.name, what=failure.what)

    def tick(self, seconds_left: float | None) -> None:
        """Show the time left."""
        if seconds_left is not None:
            minutes = f"{max(1.0, seconds_left / 60.0):.0f}"
            note = self._say("batch_left", minutes=minutes)
            self.progress.update(self.all, note=note)

    def _forget(self, one: Planned) -> None:
        known = self.tasks.pop(one.district.district_id, None)
        if known is not None:
            self.progress.remove_task(known)


@contextmanager
def _display(console: Console) -> Iterator[_Bars]:
    bars = _Bars(console)
    if bars.plain:
        yield bars
        return
    with bars.progress:
        yield bars
