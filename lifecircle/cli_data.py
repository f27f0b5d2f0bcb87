"""Commands about data: look at a file, draft a district file, hand layers on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from lifecircle.console import Console, Lang, Quiet, Verbose
from lifecircle.errors import SourceError
from lifecircle.text import say

if TYPE_CHECKING:
    from pyproj import CRS

    from lifecircle.tables.folder import Surveyed

__all__ = ["export", "init", "inspect"]

Database = Annotated[
    str,
    typer.Option(metavar="VARIABLE", help="含 PostGIS 连接串的环境变量 · its address"),
]
_SHOWN_SAMPLES, _SAMPLE_WIDTH = 4, 36


def inspect(
    path: Annotated[
        Path | None, typer.Argument(help="文件或文件夹 · a file or a folder")
    ] = None,
    database: Database = "",
    lang: Lang = "zh",
    verbose: Verbose = False,
) -> None:
    """看看文件里有什么：图层、列、编码、坐标 · what is in a file, and what it seems."""
    console = Console(lang, quiet=False, verbose=verbose)
    from lifecircle.tables.files import SUFFIXES
    from lifecircle.tables.folder import survey, survey_folder, unread_files

    if database:
        _inspect_database(database, console)
    if path is None:
        if not database:
            fix = say("inspect.nothing_named_fix", console.lang)
            what = say("inspect.nothing_named", console.lang)
            console.fail(SourceError(where="inspect", what=what, fix=fix))
        return
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
    unread = "、".join(file.name for file in unread_files(path) if path.is_dir())
    if unread:
        typer.echo("\n" + say("inspect.unread", console.lang, {"files": unread}))


def _inspect_database(variable: str, console: Console) -> None:
    from lifecircle.tables.survey_database import survey_database

    found = survey_database(variable)
    if not found:
        typer.echo(say("inspect.database_empty", console.lang))
    for one in found:
        _show(one, console)


def _show(one: Surveyed, console: Console) -> None:
    """One layer: a line on the file, one on the table, its columns with samples."""
    from rich.console import Console as Screen
    from rich.table import Table
    from rich.text import Text

    from lifecircle.tables.persons import personal_columns
    from lifecircle.tables.starter import left_out

    layer, found, lang = one.layer, one.guess, console.lang
    if layer.fault or found.personal:
        typer.echo(f"\n{layer.path.name} {layer.name}".rstrip())
        typer.echo(left_out(one, lang))
        return
    shapes = "/".join(layer.shapes) or say("inspect.no_geometry", lang)
    head = {
        "file": layer.path.name,
        "layer": layer.name or layer.osm_table,
        "rows": f"{'≈' * layer.estimated}{layer.rows:,}",
        "shapes": shapes,
        "encoding": layer.encoding,
        "crs": _crs_shown(layer.crs),
    }
    typer.echo("\n" + " ".join(say("inspect.layer_head", lang, head).split()))
    _show_table(one, console)
    ours = {theirs: name for name, theirs in found.columns.items()}
    ours |= {found.x: "x", found.y: "y"}
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for key in ("column", "samples", "ours"):
        table.add_column(say(f"inspect.{key}", lang), no_wrap=True)
    cells = layer.samples or tuple([] for _ in layer.names)
    hidden = personal_columns(layer.names, cells)
    for name, column in zip(layer.names, cells, strict=True):
        shown = say("inspect.hidden", lang) if name in hidden else _samples(column)
        table.add_row(Text(name), Text(shown), Text(ours.get(name, "")))
    Screen(width=110).print(table)


def _crs_shown(crs: CRS | None) -> str:
    """A system's own name and its code, as far as it has one."""
    if crs is None:
        return ""
    code = crs.to_epsg()
    return f"{crs.name} (EPSG:{code})" if code else crs.name


def _show_table(one: Surveyed, console: Console) -> None:
    from lifecircle.tables.starter import left_out, remarks

    if not one.guess.table:
        typer.echo(left_out(one, console.lang))
        return
    told = {"table": one.guess.table, "reasons": ""}
    typer.echo(say("inspect.looks_like", console.lang, told).strip())
    for line in remarks(one, console.lang):
        typer.echo(f"  {line}")


def _is_blank(cell: object) -> bool:
    """Whether a cell holds nothing; NaN and NaT differ from themselves."""
    return cell is None or cell == "" or cell != cell


def _samples(column: list[object]) -> str:
    """The first few different cells, on one line."""
    texts = dict.fromkeys(
        " ".join(str(cell).split()) for cell in column if not _is_blank(cell)
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


def export(
    study: Annotated[
        Path, typer.Argument(metavar="OUT", help="成果文件夹 · folder of a run")
    ],
    to: Annotated[
        str, typer.Option(metavar="shp|parquet|postgis", help="格式 · format")
    ] = "shp",
    encoding: Annotated[
        str,
        typer.Option(metavar="utf-8|gbk", help="Shapefile 的编码 · of Shapefiles"),
    ] = "utf-8",
    database: Database = "",
    schema: Annotated[
        str, typer.Option(help="数据库模式 · schema of the database")
    ] = "lifecircle",
    lang: Lang = "zh",
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> None:
    """由成果导出 Shapefile、GeoParquet 或 PostGIS · every layer in another format."""
    console = Console(lang, quiet=quiet, verbose=verbose)
    from lifecircle.publish.export import LOSSES_FILE, export_layers
    from lifecircle.publish.postgis import export_to_database

    if to == "postgis":
        with console.guard():
            tables = export_to_database(study, database=database, schema=schema)
        console.tell("exported_tables", count=len(tables), schema=schema)
        return
    with console.guard():
        done = export_layers(study, to=to, encoding=encoding)
    console.tell("exported", count=len(done.layers), folder=done.folder)
    for loss in done.losses.to_dict("records"):
        told = {str(name): value for name, value in loss.items()}
        console.complain(f"lost_{told['loss']}", **told)
    if len(done.losses):
        console.complain("losses_in", path=done.folder / LOSSES_FILE)
