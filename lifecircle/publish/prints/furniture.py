"""What stands around a printed map: title, scale bar, north, sources, title block."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifecircle.publish.headline import rules_by_id
from lifecircle.publish.prints import tokens
from lifecircle.publish.prints.fonts import width_em
from lifecircle.publish.prints.paper import FOOT_MM, MARGIN_MM, TITLE_MM
from lifecircle.publish.records import estimated_households_share
from lifecircle.publish.wording import code_words, naming, unit_names
from lifecircle.text import say

if TYPE_CHECKING:
    from lifecircle.model import Assessment
    from lifecircle.publish.prints.paper import Frame, Paper
    from lifecircle.publish.prints.pen import Pen
    from lifecircle.text import Language

__all__ = ["draw_furniture", "sheet_title"]

_ROW_MM, _KEY_MM = 6.4, 17.0
_SMALLEST_MM = 2.3
_BARS_M = (100, 200, 250, 500, 1000, 2000, 2500, 5000, 10_000, 20_000, 50_000)


def draw_furniture(
    pen: Pen,
    study: Assessment,
    *,
    title: str,
    number: str,
    paper: Paper,
    frame: Frame,
) -> None:
    """Frame, title and stamp, scale bar, north arrow, sources and title block.

    Parameters
    ----------
    pen : Pen
        Of the sheet.
    study : Assessment
        A finished study.
    title, number : str
        Of the sheet; the number stands behind the district's.
    paper : Paper
        The sheet.
    frame : Frame
        What the map shows.
    """
    _frame(pen, paper)
    _title(pen, study, title, paper)
    _scale_bar(pen, paper, frame)
    _north(pen, paper)
    _foot(pen, study, paper)
    _block(pen, study, number, paper, frame)


def sheet_title(
    study: Assessment, rule_id: str, community_id: str, lang: Language
) -> str:
    """Name of a sheet: the district, or a community of it, and the rule.

    Parameters
    ----------
    study : Assessment
        A finished study.
    rule_id : str
        The rule.
    community_id : str
        Empty = the district.
    lang : {"zh", "en"}
        Language.

    Returns
    -------
    str
    """
    config = study.district.config
    rule = rules_by_id(study.findings)[rule_id]
    name = config.name if lang == "zh" else config.name_en or config.name
    if community_id:
        space = " " if lang == "en" else ""
        name += space + unit_names(study.district.communities)[community_id]
    title = say("publish.page_title", lang, {"name": name})
    return f"{title} · {rule.title_zh if lang == 'zh' else rule.title_en}"


def _frame(pen: Pen, paper: Paper) -> None:
    left, bottom, width, height = paper.map_mm
    right, top = paper.width_mm - MARGIN_MM, paper.height_mm - MARGIN_MM
    pen.path([(left, bottom + height), (right, bottom + height)], tokens.INK, 0.25)
    pen.path([(left, bottom), (left + width, bottom)], tokens.INK, 0.25)
    side = left + width
    pen.path([(side, MARGIN_MM), (side, bottom + height)], tokens.INK, 0.25)
    wide, high = right - MARGIN_MM, top - MARGIN_MM
    pen.box(MARGIN_MM, MARGIN_MM, wide, high, edge=tokens.INK, edge_mm=0.7)


def _title(pen: Pen, study: Assessment, title: str, paper: Paper) -> None:
    """The title as large as fits beside the date and the stamp."""
    config, size = study.district.config, pen.size
    middle = paper.height_mm - MARGIN_MM - TITLE_MM * size / 2
    x = MARGIN_MM + 6 * size
    stamp = say(f"publish.stamp.{config.disclosure}", pen.lang)
    date = config.as_of.isoformat()
    stamp_mm = (width_em(stamp) * 5 + 7) if stamp else 0.0
    room = (
        (paper.width_mm - 2 * MARGIN_MM) / size - 19 - width_em(date) * 3.4 - stamp_mm
    )
    height = min(7.0, room / width_em(title))
    pen.text(x, middle, title, height, weight="bold")
    after = x + (width_em(title) * height + 4) * size
    pen.text(after, middle - 0.6 * size, date, 3.4, color=tokens.SECOND)
    if not stamp:
        return
    wide, high = stamp_mm * size, 8.4 * size
    corner = paper.width_mm - MARGIN_MM - 5 * size - wide
    pen.box(corner, middle - high / 2, wide, high, edge=tokens.STAMP, edge_mm=0.55)
    look = {"color": tokens.STAMP, "ha": "center", "weight": "bold"}
    pen.text(corner + wide / 2, middle, stamp, 5.0, **look)


def _scale_bar(pen: Pen, paper: Paper, frame: Frame) -> None:
    left, bottom, *_ = paper.map_mm
    size = pen.size
    wide, high = 88 * size, 15 * size
    pen.box(left, bottom, wide, high, fill="white", edge=tokens.INK, edge_mm=0.25)
    fits = [bar for bar in _BARS_M if bar * 1000 / frame.scale <= 52 * size]
    length_m = fits[-1] if fits else _BARS_M[0]
    x, y = left + 6 * size, bottom + 4.6 * size
    step = length_m * 250 / frame.scale
    for part in range(4):
        colour = "white" if part % 2 else tokens.INK
        pen.box(
            *(x + part * step, y, step, 1.3 * size),
            fill=colour,
            edge=tokens.INK,
            edge_mm=0.2,
        )
    for share in (0, 0.5, 1):
        word = f"{length_m * share:g}" + (" m" if share == 1 else "")
        pen.text(x + share * 4 * step, y + 4.6 * size, word, 2.9, ha="center")
    scale = _scale_text(frame)
    pen.text(left + wide - 4 * size, y + size, scale, 3.4, ha="right", weight="bold")


def _scale_text(frame: Frame) -> str:
    return "1:" + f"{frame.scale:,}".replace(",", " ")


def _north(pen: Pen, paper: Paper) -> None:
    left, bottom, width, height = paper.map_mm
    size = pen.size
    x, top = left + width - 11 * size, bottom + height - 9 * size
    wide, tall = 3.6 * size, 12 * size
    tip, notch = (x, top), (x, top - tall * 0.75)
    west, east = (x - wide, top - tall), (x + wide, top - tall)
    pen.polygon([tip, west, notch, east], "white", edge=tokens.INK, edge_mm=0.2)
    pen.polygon([tip, notch, east], tokens.INK)
    word = say("print.north", pen.lang)
    pen.text(x, top + 3.4 * size, word, 3.8, ha="center", weight="bold")


def _foot(pen: Pen, study: Assessment, paper: Paper) -> None:
    """Where the figures come from, in one line; what does not fit is left out whole."""
    _, _, width, _ = paper.map_mm
    parts = _sources(study, pen.lang)
    semicolon = say("publish.semicolon", pen.lang)
    room = width / pen.size - 6
    least = _SMALLEST_MM / pen.size
    while width_em(semicolon.join(parts)) * least > room and len(parts) > 1:
        parts.pop()
    line = semicolon.join(parts)
    x, y = MARGIN_MM + 3.5 * pen.size, MARGIN_MM + FOOT_MM * pen.size / 2
    pen.text(x, y, line, min(2.7, room / width_em(line)))


def _sources(study: Assessment, lang: Language) -> list[str]:
    config, buildings = study.district.config, study.district.buildings
    codes = code_words(naming(study.district.communities), lang)
    comma = say("publish.list_comma", lang)
    parts = [say("publish.synthetic", lang)] if config.synthetic else []
    parts.append(say("publish.as_of", lang, {"date": config.as_of.isoformat()}))
    bases = sorted(set(buildings["household_basis"].dropna()))
    if bases:
        named = {"basis": comma.join(map(codes["basis"], bases))}
        text = say("publish.foot_households", lang, named)
        guessed = estimated_households_share(study.district)
        if guessed > 0:
            text += say("publish.foot_estimated", lang, {"n": f"{guessed * 100:.0f}"})
        parts.append(text)
    for walker in config.walkers.values():
        who = codes["walker"](walker.name)
        speed = {"speed": f"{walker.speed_m_per_s:g}", "who": who}
        parts.append(say("publish.foot_speed", lang, speed))
    adopted = {name.removesuffix(".toml") for name in config.adopted_books}
    books = [book for book in study.findings.books if book.book_id in adopted]
    names = [book.title_zh if lang == "zh" else book.title_en for book in books]
    if names:
        parts.append(say("publish.foot_books", lang, {"names": comma.join(names)}))
    return parts


def _block(
    pen: Pen, study: Assessment, number: str, paper: Paper, frame: Frame
) -> None:
    """Title block: who drew it, at what scale, in which coordinates, when."""
    config = study.district.config
    right = paper.width_mm - MARGIN_MM
    left, row_mm = right - paper.column_mm, _ROW_MM * pen.size
    approval = config.map_approval or say("publish.approval_none", pen.lang)
    rows = [
        [("maker", config.prepared_by)],
        [("scale", _scale_text(frame)), ("number", f"{config.district_id}-{number}")],
        [("crs", _datum(study.district.crs)), ("date", config.as_of.isoformat())],
        [("drawn", ""), ("checked", "")],
        [("approval", approval)],
    ]
    pen.box(left, MARGIN_MM, paper.column_mm, row_mm * len(rows), fill="white")
    for place, cells in enumerate(reversed(rows)):
        level = MARGIN_MM + place * row_mm
        pen.path([(left, level + row_mm), (right, level + row_mm)], tokens.INK, 0.2)
        wide = paper.column_mm / len(cells)
        for cell, (key, value) in enumerate(cells):
            word = say(f"print.{key}", pen.lang)
            _cell(pen, (left + cell * wide, level, wide, row_mm), word, value)


def _datum(crs: str) -> str:
    """CGCS2000, of CGCS2000 / 3-degree Gauss-Kruger CM 117E."""
    from pyproj import CRS

    return str(CRS.from_user_input(crs).name.split(" / ")[0])


def _cell(
    pen: Pen, box: tuple[float, float, float, float], key: str, value: str
) -> None:
    x, level, wide, high = box
    middle, key_mm = level + high / 2, _KEY_MM * pen.size
    pen.text(x + 2.2 * pen.size, middle, key, 2.7, color=tokens.SECOND)
    room = (wide - key_mm) / pen.size - 2
    size_mm = min(2.9, room / max(width_em(value), 1.0))
    pen.text(x + key_mm + 1.2 * pen.size, middle, value, size_mm)
    for side in (x, x + key_mm):
        pen.path([(side, level), (side, level + high)], tokens.INK, 0.2)
