"""Commands of the first day with new files: look at one, draft a district file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lifecircle.console import Console, Lang, Quiet, Verbose
from lifecircle.errors import SourceError
from lifecircle.text import say

if TYPE_CHECKING:
    from lifecircle.tables.starter import Surveyed

__all__ = ["init", "inspect"]

_SHOWN_SAMPLES, _SAMPLE_WIDTH = 4, 36


def inspect(
    path: Annotated[Path, typer.Argument(help="文件或文件夹 · a file or a folder")],
    lang: Lang = "zh",
    verbose: Verbose = False,
) -> None:
    """看看文件里有什么：图层、列、编码、坐标 · what is in a file, and what it seems."""
    console = Console(lang, quiet=False, verbose=verbose)
    from lifecircle.tables.files import SUFFIXES
    from lifecircle.tables.starter import survey, survey_folder

    with console.guard():
        found = survey_folder(path) if path.is_dir() else survey([path])
    if not found:
        types = " ".join(SUFFIXES)
        console.fail(
            SourceError(
                where=path.name,
                what=say("inspect.not_read", console.lang),
                fix=say("inspect.readable", console.lang, {"types": types}),
            )
        )
    for one in found:
        _show(one, console)


def _show(one: Surveyed, console: Console) -> None:
    """One layer: a line on the file, one on the table, its columns with samples."""
    from rich.console import Console as Screen
    from rich.table import Table
    from rich.text import Text

    from lifecircle.tables.starter import fault_lines

    layer, found, lang = one.layer, one.guess, console.lang
    shapes = "/".join(layer.shapes) or say("inspect.no_geometry", lang)
    head = {
        "file": layer.path.name,
        "layer": layer.name or layer.osm_table,
        "rows": f"{layer.rows:,}",
        "shapes": shapes,
        "encoding": layer.encoding,
        "crs": layer.crs.name if layer.crs else "",
    }
    typer.echo("\n" + " ".join(say("inspect.layer_head", lang, head).split()))
    if layer.fault:
        typer.echo(fault_lines(layer.fault, lang))
        return
    _show_table(one, console)
    ours = {theirs: name for name, theirs in found.columns.items()}
    ours |= {found.x: "x", found.y: "y"}
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for key in ("column", "samples", "ours"):
        table.add_column(say(f"inspect.{key}", lang), no_wrap=True)
    cells = layer.samples or tuple([] for _ in layer.names)
    for name, column in zip(layer.names, cells, strict=True):
        table.add_row(Text(name), Text(_samples(column)), Text(ours.get(name, "")))
    Screen(width=110).print(table)


def _show_table(one: Surveyed, console: Console) -> None:
    from lifecircle.tables.starter import remarks

    if not one.guess.table:
        typer.echo(say("inspect.like_nothing", console.lang))
        return
    told = {"table": one.guess.table, "reasons": ""}
    typer.echo(say("inspect.looks_like", console.lang, told).strip())
    for line in remarks(one, console.lang):
        typer.echo(f"  {line}")


def _samples(column: list[object]) -> str:
    """The first few different cells, on one line."""
    texts = dict.fromkeys(
        " ".join(str(cell).split()) for cell in column if cell not in (None, "")
    )
    shown = "、".join(list(texts)[:_SHOWN_SAMPLES])
    return shown if len(shown) <= _SAMPLE_WIDTH else shown[:_SAMPLE_WIDTH] + "…"


def init(
    folder: Annotated[Path, typer.Argument(help="放数据的文件夹 · folder of the data")],
    force: Annotated[
        bool, typer.Option("--force", help="覆盖已有的配置 · replace what is there")
    ] = False,
    lang: Lang = "zh",
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """看一遍文件夹，起草带依据的 district.toml · draft a district file with reasons."""
    console = Console(lang, quiet=quiet, verbose=verbose)
    from lifecircle.tables.starter import DISTRICT_FILE, starter

    path = folder / DISTRICT_FILE
    with console.guard():
        draft = starter(folder, console.lang)
    if path.exists() and not force:
        console.fail(
            SourceError(
                where=path.name,
                what=say("inspect.exists", console.lang),
                fix=say("inspect.exists_fix", console.lang),
            )
        )
    path.write_text(draft.text, encoding="utf-8")
    mark = say("inspect.confirm", console.lang, {"what": ""}).strip(" :：").lower()
    if not quiet:
        values = {
            "path": path,
            "layers": len(draft.layers),
            "known": sum(bool(one.guess.table) for one in draft.layers),
            "confirm": draft.text.lower().count(f"# {mark}"),
        }
        typer.echo(say("inspect.written", console.lang, values))
