"""quality.html: what the data are worth, source by source and fault by fault."""

from __future__ import annotations

from collections import Counter
from importlib.resources import files
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as Tree

from lifecircle.errors import ResultError
from lifecircle.publish.cells import Figure
from lifecircle.publish.disclosure import disclosed_district
from lifecircle.publish.elements import element, page_text
from lifecircle.publish.figures import reason
from lifecircle.publish.quality_frame import MOST_ROWS, Page, column_label, count
from lifecircle.publish.quality_map import draw_faults
from lifecircle.publish.records import source_rows
from lifecircle.text import problem_lines

if TYPE_CHECKING:
    from pathlib import Path

    from lifecircle.model import District, Problem
    from lifecircle.text import Language

__all__ = ["quality_page", "write_quality"]

FIRST_ROWS = 5
"""Rows shown of those left out for one reason."""

_TABLES = (
    *("communities", "circles", "compounds", "buildings", "facilities", "rooms"),
    *("roads", "gates", "barriers", "grids", "projects"),
)
_REPAIRS = tuple(f"tables.topology_{how}" for how in ("repaired", "dropped", "settled"))
_PARENTS = (
    ("communities", "subdistrict", "subdistrict_id"),
    ("compounds", "communities", "community_id"),
    ("grids", "communities", "community_id"),
    ("buildings", "communities", "community_id"),
    ("buildings", "compounds", "compound_id"),
    ("buildings", "grids", "grid_id"),
)
"""Child, parent (as in ``evidence.TOPOLOGY``), and the column that names it."""

_RAW_HEADS = ("column", "field", "given", "rows", "share")
_COUNTS = ("read", "used", "rejected", "merged", "elsewhere", "estimated")


def write_quality(district: District, path: Path, *, lang: Language = "zh") -> None:
    """Write the data-quality page: it fetches nothing and runs nothing.

    Parameters
    ----------
    district : District
        As read.
    path : Path
        File to write; the same district gives the same bytes.
    lang : {"zh", "en"}
        Language.

    Raises
    ------
    ResultError
        If the file cannot be written.

    Examples
    --------
    >>> write_quality(district, Path("out/quality.html"))  # doctest: +SKIP
    """
    try:
        path.write_bytes(quality_page(district, lang=lang).encode("utf-8"))
    except OSError as error:
        raise ResultError(
            where=str(path),
            what=f"the page cannot be written: {error.strerror or error}.",
            fix="Name a file in a folder that exists and may be written.",
        ) from error


def quality_page(district: District, *, lang: Language = "zh") -> str:
    """The data-quality page as HTML.

    Parameters
    ----------
    district : District
        As read.
    lang : {"zh", "en"}
        Language.

    Returns
    -------
    str
        Rows of every source, share filled of every column, estimates, duplicates,
        topology with a map, rows left out by reason, warnings. Public pages tell of
        no single building.

    Examples
    --------
    >>> "<h1>" in quality_page(toy.district, lang="en")
    True
    """
    body = Tree.Element("body")
    page = Page(disclosed_district(district), lang, element(body, "main"))
    title = page.title_page()
    for chapter in _CHAPTERS:
        chapter(page)
    static = files("lifecircle.publish") / "static"
    styles = (static / "report.css").read_text(encoding="utf-8")
    return page_text(title, "zh-CN" if lang == "zh" else "en", styles, body)


def _sources(page: Page) -> None:
    found = source_rows(page.district)
    rows: list[list[Any]] = []
    for source, counts in found:
        place = " · ".join(
            one for one in (source.path.name, source.layer or source.sheet) if one
        )
        told = [count(counts[name]) if name in counts else None for name in _COUNTS]
        rows.append([page.text[f"table.{source.table}"], place, *told, source.crs])
    section = page.chapter("sources", empty=not rows)
    page.table(section, ("table", "file", *_COUNTS, "crs"), rows)


def _raw(page: Page) -> None:
    """Columns of the files as they are, before any default or derived value."""
    listed = page.district.filled
    if not len(listed):
        page.chapter("raw", empty=True)
        return
    told = listed[listed["column"] != ""]
    used = told["field"] != ""
    full = int((used & (told["filled"] == told["rows"])).sum())
    counts = {"n": used.sum(), "full": full, "unused": listed["columns"].sum()}
    counts["unused"] -= counts["n"]
    texts = {name: f"{int(number):,}" for name, number in counts.items()}
    section = page.chapter("raw", empty=False, **texts)
    for place, lines in listed.groupby(["table", "file", "layer"], sort=False):
        table, *names = map(str, place)
        where = " · ".join(name for name in names if name)
        element(section, "h3", f"{page.text.get(f'table.{table}', table)} · {where}")
        named = lines[lines["column"] != ""].to_dict("records")
        page.table(section, _RAW_HEADS, [_raw_line(line, page) for line in named])
        more = int(lines["columns"].sum()) - len(named)
        if more:
            text = page.say("columns_not_counted", n=f"{more:,}")
            element(section, "p", text, class_="quiet")


def _raw_line(line: dict[Any, Any], page: Page) -> list[Any]:
    """One column: what it is read as, and how much of it holds data."""
    field, rows = str(line["field"]), float(line["rows"])
    return [
        str(line["column"]),
        column_label(field, page) if field else page.say("unused"),
        count(line["filled"]),
        count(rows),
        Figure(float(line["filled"]) / rows if rows else 0.0, "percent"),
    ]


def _fits(page: Page) -> None:
    """Every layer against the roads, as declared and as the best other reading."""
    rows: list[list[Any]] = [
        [
            page.text[f"table.{line['table']}"],
            " · ".join(one for one in (line["file"], line["layer"]) if one),
            *_fit(line, "declared", "road_m", "inside_share"),
            *_fit(line, "other", "other_road_m", "other_inside_share"),
        ]
        for line in page.district.fits.to_dict("records")
    ]
    section = page.chapter("fits", empty=not rows)
    heads = ("declared", "road", "inside", "other", "other_road", "other_inside")
    page.table(section, ("table", "file", *heads), rows)


def _fit(line: dict[Any, Any], system: str, road: str, inside: str) -> list[Any]:
    shares = Figure(float(line[inside]), "percent")
    return [str(line[system]), Figure(float(line[road]), "1"), shares]


def _completeness(page: Page) -> None:
    rows: list[list[Any]] = []
    for table in _TABLES:
        frame = getattr(page.district, table)
        if not len(frame):
            continue
        filled = frame.notna() & (frame != "")
        for name, share in filled.mean().items():
            if share < 1.0:
                label = page.text[f"table.{table}"]
                given = count(float(filled[name].sum()))
                cells = [given, count(len(frame)), Figure(float(share), "percent")]
                rows.append([label, column_label(str(name), page), *cells])
    section = page.chapter("complete", empty=not rows)
    heads = ("table", "column", "given", "rows", "share")
    rows.sort(key=lambda row: row[-1].value)
    page.table(section, heads, rows)


def _estimates(page: Page) -> None:
    buildings = page.district.buildings
    total = float(buildings["households"].sum())
    grouped = buildings.groupby("households_method")["households"].agg(["size", "sum"])
    rows: list[list[Any]] = [
        [
            page.text.get(f"households.{method}", str(method)),
            count(counts["size"]),
            Figure(float(counts["sum"]), "0" if method == "declared" else "about0"),
            Figure(float(counts["sum"]) / total if total else 0.0, "percent"),
        ]
        for method, counts in grouped.iterrows()
    ]
    section = page.chapter("estimates", empty=not rows)
    page.table(section, ("method", "buildings", "households", "share"), rows)


def _duplicates(page: Page) -> None:
    merged = page.district.merged
    rows = [
        [
            f"{row['file']} · {row['row']}",
            str(row["name"]),
            f"{row['kept_file']} · {row['kept_row']}",
            str(row["kept_name"]),
            Figure(float(row["distance_m"]), "1"),
        ]
        for row in merged.to_dict("records")
    ]
    section = page.chapter("duplicates", empty=not rows, n=f"{len(rows):,}")
    page.table(section, ("file", "name", "kept", "kept_name", "distance"), rows)


def _topology(page: Page) -> None:
    faults = page.district.topology
    if not len(faults):
        _repairs(page, page.chapter("topology", empty=True))
        return
    faults = faults.sort_values("area_m2", ascending=False, kind="stable")
    section = page.chapter(
        "topology", empty=False, n=f"{len(faults):,}", most=MOST_ROWS
    )
    shown = faults.head(MOST_ROWS)
    draw_faults(section, page.district.communities, shown)
    rows: list[list[Any]] = [
        [
            count(number),
            page.say(f"kind_{row['kind']}"),
            page.text[f"table.{row['table']}"],
            str(row["ids"]),
            Figure(float(row["area_m2"]), "1"),
        ]
        for number, row in enumerate(faults.to_dict("records"), start=1)
    ]
    page.table(section, ("number", "kind", "table", "ids", "area"), rows)
    _repairs(page, section)


def _repairs(page: Page, section: Tree.Element) -> None:
    """What was repaired as asked, unit by unit, with the area changed."""
    told = [
        (str(found.values["table"]), _lines(found, page.lang)[1])
        for found in page.district.problems
        if found.key in _REPAIRS
    ]
    rows: list[list[Any]] = [
        [page.text[f"table.{table}"], what]
        for table, what in told
        if not (page.public and table == "buildings")
    ]
    page.table(section, ("table", "repair"), rows)


def _nesting(page: Page) -> None:
    """Level by level: children, those with a parent, those in doubt."""
    rows: list[list[Any]] = []
    for table, parent, column_name in _PARENTS:
        children = getattr(page.district, table)
        given = int(children[column_name].notna().sum())
        if not given:
            continue
        names = [page.text[f"table.{table}"], column_label(column_name, page)]
        own = _in_doubt(page, table, parent)
        rows.append([*names, *map(count, (len(children), given, *own))])
    rows += _against_district(page)
    section = page.chapter("nesting", empty=not rows)
    heads = ("table", "parent", "rows", "given", "astray", "across")
    page.table(section, heads, rows)


def _in_doubt(page: Page, table: str, parent: str) -> list[int]:
    """Children elsewhere than in their parent, and those across its border."""
    faults = page.district.topology
    if not len(faults):
        return [0, 0]
    here = faults[(faults["table"] == table) & (faults["parent"] == parent)]
    child = here["ids"].str.split(" · ").str[0]
    astray = child[here["kind"] == "elsewhere"]
    across = child[here["kind"].isin(("across", "outside"))]
    return [astray.nunique(), across.nunique()]


def _against_district(page: Page) -> list[list[Any]]:
    """What has been compared with the district's outline, if there is one."""
    used = page.district.row_counts.groupby("table")["rows_used"].sum()
    if not used.get("districts", 0):
        return []
    table = "subdistricts" if used.get("subdistricts", 0) else "communities"
    names = [page.text[f"table.{name}"] for name in (table, "districts")]
    own = _in_doubt(page, table, "district")
    return [[*names, *map(count, (used[table], used[table], *own))]]


def _left_out(page: Page) -> None:
    rejected = page.district.rejected
    section = page.chapter("left_out", empty=not len(rejected), n=f"{len(rejected):,}")
    for key, group in rejected.groupby("reason", sort=False):
        heading = f"{reason(str(key), page.lang)} ({len(group):,})"
        element(section, "h3", heading)
        rows: list[list[Any]] = [
            [
                " · ".join(one for one in (row["file"], row["layer"]) if one),
                str(row["row"]),
                str(row["cells"]),
            ]
            for row in group.head(FIRST_ROWS).to_dict("records")
        ]
        page.table(section, ("file", "row", "cells"), rows)


def _lines(problem: Problem, lang: Language) -> tuple[str, str, str]:
    """Where, what and fix; the bare key if it has no sentence."""
    try:
        return problem_lines(problem, lang)
    except KeyError:
        return problem.file, problem.key, ""


def _errors(page: Page) -> None:
    """What stops the district from being assessed; no chapter without any."""
    if any(found.severity == "error" for found in page.district.problems):
        _problems(page, "errors", "error")


def _warnings(page: Page) -> None:
    _problems(page, "warnings", "warning")


def _problems(page: Page, chapter: str, severity: str) -> None:
    """Problems of one kind together; public pages give none of their values."""
    problems = [one for one in page.district.problems if one.severity == severity]
    counts = Counter(found.key for found in problems)
    first: dict[str, Problem] = {}
    for found in problems:
        first.setdefault(found.key, found)
    rows: list[list[Any]] = []
    for key, times in counts.most_common():
        where, what, fix = _lines(first[key], page.lang)
        told = [first[key].file, "", fix] if page.public else [where, what, fix]
        rows.append([count(times), *told])
    section = page.chapter(chapter, empty=not rows, n=f"{len(problems):,}")
    page.table(section, ("count", "where", "what", "fix"), rows)


_CHAPTERS = (
    _errors,
    _sources,
    _fits,
    _raw,
    _completeness,
    _estimates,
    _duplicates,
    _topology,
    _nesting,
    _left_out,
    _warnings,
)
