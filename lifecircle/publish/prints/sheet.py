"""One printed sheet: title, map at a fixed scale, column, title block, sources."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from lifecircle.errors import ResultError
from lifecircle.publish.disclosure import disclosed
from lifecircle.publish.headline import opening_rule
from lifecircle.publish.prints import tokens
from lifecircle.publish.prints.column import draw_column
from lifecircle.publish.prints.fonts import chinese_family, require_matplotlib
from lifecircle.publish.prints.furniture import draw_furniture, sheet_title
from lifecircle.publish.prints.ground import draw_borders, draw_ground
from lifecircle.publish.prints.labels import draw_marks
from lifecircle.publish.prints.paper import MARGIN_MM, PAPERS, TITLE_MM, fitting
from lifecircle.publish.prints.pen import Pen
from lifecircle.publish.prints.shapes import stroke
from lifecircle.publish.prints.theme import draw_theme

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from lifecircle.model import Assessment
    from lifecircle.publish.prints.paper import Frame, Paper
    from lifecircle.text import Language

__all__ = [
    "FORMATS",
    "blank_sheet",
    "known_rule",
    "save",
    "sheet_figure",
    "sheet_frame",
    "write_print_map",
]

FORMATS = (".pdf", ".svg", ".png")
PNG_DPI = 300


def write_print_map(
    study: Assessment,
    path: str | Path,
    *,
    rule_id: str = "",
    paper: Literal["A3", "A4"] = "A3",
    frame: Frame | None = None,
    community_id: str = "",
    lang: Language = "zh",
) -> Frame:
    """Draw one rule's map as a sheet to print, at a usual scale that is stated.

    Sheets of one frame and paper have the same extent, so that plans and years can be
    laid over each other. The same study gives the same bytes.

    Parameters
    ----------
    study : Assessment
        A finished study.
    path : str or Path
        ``.pdf`` and ``.svg`` are vector, ``.png`` has 300 dots an inch.
    rule_id : str
        The rule shown; empty = the one that the review map opens on.
    paper : {"A3", "A4"}
        Landscape.
    frame : Frame, optional
        Scale and place; without it those at which the whole district, or the
        community, fits.
    community_id : str
        A sheet of this community; empty = the district.
    lang : {"zh", "en"}
        Language.

    Returns
    -------
    Frame
        What was shown, to draw other sheets alike.

    Raises
    ------
    ResultError
        If the format, the rule or the community is not known, matplotlib or a
        Chinese font is missing, or the study has no findings.

    Examples
    --------
    >>> write_print_map(study, "map.pdf", rule_id="HF-R10").scale  # doctest: +SKIP
    15000
    """
    require_matplotlib()
    path = Path(path)
    study = disclosed(study)
    rule_id = known_rule(study, rule_id)
    sheet = PAPERS[paper]
    shown = frame or sheet_frame(study, paper=paper, community_id=community_id)
    figure = sheet_figure(
        study,
        rule_id,
        paper=sheet,
        frame=shown,
        community_id=community_id,
        lang=lang,
    )
    save(figure, path)
    return shown


def sheet_frame(
    study: Assessment, *, paper: Literal["A3", "A4"] = "A3", community_id: str = ""
) -> Frame:
    """The frame at which the district, or one community, fits on a sheet.

    Parameters
    ----------
    study : Assessment
        A finished study.
    paper : {"A3", "A4"}
        Landscape.
    community_id : str
        Empty = the whole district.

    Returns
    -------
    Frame
        The largest usual scale.

    Raises
    ------
    ResultError
        If there is no such community.

    Examples
    --------
    >>> sheet_frame(study, paper="A4")  # doctest: +SKIP
    Frame(scale=20000, x_m=523690.5, y_m=3525489.4)
    """
    communities = study.district.communities
    if community_id:
        communities = communities[communities["community_id"] == community_id]
        if communities.empty:
            known = ", ".join(sorted(study.district.communities["community_id"])[:5])
            raise ResultError(
                where=f"community {community_id}",
                what="the study has no such community.",
                fix=f"Use one of its ids: {known}, …",
            )
    west, south, east, north = (float(end) for end in communities.total_bounds)
    return fitting((west, south, east, north), PAPERS[paper])


def known_rule(study: Assessment, rule_id: str) -> str:
    """A rule that the study has findings of; of an empty id the opening one.

    Raises
    ------
    ResultError
        If there are none.
    """
    chosen = rule_id or opening_rule(study.findings)
    judged = set(study.findings.rows["rule_id"])
    if chosen is None or chosen not in judged:
        raise ResultError(
            where=f"rule {rule_id or '-'}",
            what="the study has no findings of this rule.",
            fix=f"Use one of {', '.join(sorted(judged)[:8]) or 'the rules of a book'}.",
        )
    return chosen


def sheet_figure(
    study: Assessment,
    rule_id: str,
    *,
    paper: Paper,
    frame: Frame,
    community_id: str = "",
    lang: Language = "zh",
) -> Figure:
    """A sheet as a matplotlib figure, at its true size.

    Parameters
    ----------
    study : Assessment
        A finished study, disclosed.
    rule_id : str
        The rule.
    paper : Paper
        The sheet.
    frame : Frame
        Scale and place of the map.
    community_id : str
        The community of the sheet; empty = the district.
    lang : {"zh", "en"}
        Language.

    Returns
    -------
    matplotlib.figure.Figure
        The page's axes in millimetres, the map's in metres.
    """
    with blank_sheet(paper, frame, lang) as (figure, axes, pen):
        _map(axes, study, rule_id, paper, frame, community_id)
        draw_column(pen, study, rule_id)
        draw_furniture(
            pen,
            study,
            title=sheet_title(study, rule_id, community_id, lang),
            number=rule_id,
            paper=paper,
            frame=frame,
        )
    return figure


@contextmanager
def blank_sheet(
    paper: Paper, frame: Frame, lang: Language
) -> Iterator[tuple[Figure, Axes, Pen]]:
    """A sheet with an empty map and an empty column; letters hold Chinese within.

    Parameters
    ----------
    paper : Paper
        The sheet.
    frame : Frame
        Scale and place of the map.
    lang : {"zh", "en"}
        Language.

    Yields
    ------
    tuple of Figure, Axes and Pen
        The sheet, its map in metres, and a pen at the top of the column.
    """
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    with rc_context({"font.family": [chinese_family()], "axes.unicode_minus": False}):
        figure = Figure(figsize=(paper.width_mm / 25.4, paper.height_mm / 25.4))
        page = figure.add_axes((0, 0, 1, 1), zorder=2, facecolor="none")
        page.set(xlim=(0, paper.width_mm), ylim=(0, paper.height_mm))
        page.set_axis_off()
        right = paper.width_mm - MARGIN_MM
        top = paper.height_mm - MARGIN_MM - TITLE_MM * paper.symbols
        inner = 4.5 * paper.symbols
        ends = (right - paper.column_mm + inner, right - inner)
        yield (
            figure,
            _empty_map(figure, paper, frame),
            Pen(page, lang, *ends, top, paper.symbols),
        )


def _empty_map(figure: Figure, paper: Paper, frame: Frame) -> Axes:
    left, bottom, width, height = paper.map_mm
    wide, high = paper.width_mm, paper.height_mm
    axes = figure.add_axes(
        (left / wide, bottom / high, width / wide, height / high), zorder=1
    )
    west, south, east, north = frame.extent_m(paper)
    axes.set(xlim=(west, east), ylim=(south, north), xticks=[], yticks=[])
    axes.set_autoscale_on(False)
    for spine in axes.spines.values():
        spine.set_visible(False)
    return axes


def _map(
    axes: Axes,
    study: Assessment,
    rule_id: str,
    paper: Paper,
    frame: Frame,
    community_id: str,
) -> None:
    draw_ground(axes, study.district, frame, frame.extent_m(paper))
    draw_theme(axes, study, rule_id, frame)
    draw_borders(axes, study.district)
    if community_id:
        chosen = study.district.communities["community_id"] == community_id
        shape = study.district.communities.geometry.to_numpy()[chosen]
        stroke(axes, shape, "#FFFFFF", 1.5, order=4.4)
        stroke(axes, shape, tokens.INK, 0.7, order=4.5)
    draw_marks(axes, study, rule_id, frame, paper)


def save(figure: Figure, path: Path) -> None:
    """Write a figure without clock or random ids: the same one gives the same bytes.

    Parameters
    ----------
    figure : matplotlib.figure.Figure
        A sheet or a chart.
    path : Path
        Ending in one of ``FORMATS``.

    Raises
    ------
    ResultError
        If the format is not known or the file cannot be written.
    """
    from matplotlib import rc_context

    if path.suffix.lower() not in FORMATS:
        raise ResultError(
            where=str(path),
            what=f"a sheet cannot be written as {path.suffix or 'such a file'}.",
            fix=f"Use one of {', '.join(FORMATS)}.",
        )
    settings: Any = {
        "svg.hashsalt": "lifecircle",
        "svg.fonttype": "path",
        "pdf.fonttype": 3,
    }
    kind = path.suffix.lower()
    metadata: dict[str, dict[str, str | None]] = {
        ".pdf": {"CreationDate": None, "Producer": None, "Creator": "lifecircle"},
        ".svg": {"Date": None, "Creator": "lifecircle"},
        ".png": {"Software": None},
    }
    try:
        with rc_context(settings):
            figure.savefig(path, dpi=PNG_DPI, metadata=metadata[kind])
    except OSError as error:
        raise ResultError(
            where=str(path),
            what=f"the sheet cannot be written: {error.strerror or error}.",
            fix="Close the file if it is open; check rights and free space.",
        ) from error
