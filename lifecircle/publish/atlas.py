"""A saved study drawn again: the review map, the report, or sheets to print."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from itertools import chain, count
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from lifecircle.errors import ConfigError
from lifecircle.publish.outputs import MAP, REPORT, rewrite_output
from lifecircle.publish.pdf import print_pdf
from lifecircle.publish.prints.furniture import sheet_title
from lifecircle.publish.prints.plan_map import PLAN_STATES, plan_title, write_plan_map
from lifecircle.publish.prints.sheet import FORMATS, known_rule, write_print_map
from lifecircle.publish.report import report_page
from lifecircle.publish.results import read_study
from lifecircle.publish.web_map import page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from lifecircle.model import Assessment, District
    from lifecircle.publish.prints.paper import Frame
    from lifecircle.text import Language

__all__ = ["draw_plan", "draw_sheets", "redraw_map", "redraw_report"]

SHEETS = "maps"
_PAPERS: dict[str, Literal["A3", "A4"]] = {"A3": "A3", "A4": "A4"}
_LONGEST_NAME = 200
"""Bytes of a file's name: file systems take 255, with what stands after it."""
_NOT_IN_A_NAME = re.compile(r"[\\/:*?\"<>|\x00-\x1f]")


def redraw_map(
    out: str | Path,
    *,
    change: Callable[[District], District] | None = None,
    lang: Language = "zh",
) -> Path:
    """Write the review map of a saved study again, from its results alone.

    Parameters
    ----------
    out : str or Path
        Folder of a run.
    change : callable, optional
        The district read back to the one that is drawn.
    lang : {"zh", "en"}
        Language that the page opens in.

    Returns
    -------
    Path
        The map.

    Raises
    ------
    ResultError
        If there is no study in the folder, or one of another format.

    Examples
    --------
    >>> redraw_map("out/demo")  # doctest: +SKIP
    """
    study = read_study(out)
    if change is not None:
        study = replace(study, district=change(study.district))
    rewrite_output(Path(out), MAP, page(study, lang=lang).encode("utf-8"))
    return Path(out) / MAP


def redraw_report(
    out: str | Path, *, pdf: bool = False, lang: Language = "zh"
) -> list[Path]:
    """Write the report of a saved study again, and as PDF if asked.

    Parameters
    ----------
    out : str or Path
        Folder of a run.
    pdf : bool
        Print it to ``report.pdf`` too, by a browser of the machine.
    lang : {"zh", "en"}
        Language.

    Returns
    -------
    list of Path
        What was written.

    Raises
    ------
    ResultError
        If there is no study in the folder, or no browser that prints.

    Examples
    --------
    >>> redraw_report("out/demo", pdf=True)  # doctest: +SKIP
    """
    text = report_page(read_study(out), lang=lang)
    rewrite_output(Path(out), REPORT, text.encode("utf-8"))
    path = Path(out) / REPORT
    if not pdf:
        return [path]
    printed = path.with_suffix(".pdf")
    print_pdf(path, printed)
    return [path, printed]


def draw_sheets(
    out: str | Path,
    *,
    rules: Sequence[str] = (),
    community: str = "",
    kind: str = "pdf",
    paper: str = "A3",
    lang: Language = "zh",
) -> list[Path]:
    """Draw sheets of a saved study into its folder ``maps``, all at one extent.

    Parameters
    ----------
    out : str or Path
        Folder of a run.
    rules : sequence of str
        Rule ids; empty = the one that the review map opens on.
    community : str
        A sheet of this community; ``all`` = a sheet of each; empty = the district.
    kind : {"pdf", "svg", "png"}
        Format of the files.
    paper : {"A3", "A4"}
        Landscape.
    lang : {"zh", "en"}
        Language.

    Returns
    -------
    list of Path
        Named by number and title, in the order of rules and communities.

    Raises
    ------
    ConfigError
        If format or paper are not known.
    ResultError
        If there is no such study, rule or community, or the sheets cannot be drawn.

    Examples
    --------
    >>> draw_sheets("out/demo", rules=["HF-R10"], kind="png")  # doctest: +SKIP
    """
    suffix = _suffix(kind, paper)
    study = read_study(out)
    folder = Path(out) / SHEETS
    folder.mkdir(exist_ok=True)
    whole = community == "all"
    ids = sorted(study.district.communities["community_id"]) if whole else [community]
    frames: dict[str, Frame] = {}
    drawn = []
    for rule in rules or [""]:
        rule_id = known_rule(study, rule)
        names = _file_names(study, rule_id, lang)
        for one in ids:
            path = folder / (names.get(one, one) + suffix)
            frames[one] = write_print_map(
                study,
                path,
                rule_id=rule_id,
                paper=_PAPERS[paper],
                frame=frames.get(one),
                community_id=one,
                lang=lang,
            )
            drawn.append(path)
    return drawn


def draw_plan(
    out: str | Path, *, kind: str = "pdf", paper: str = "A3", lang: Language = "zh"
) -> list[Path]:
    """Draw today's and the proposed grids into ``maps``, to lay over each other.

    Parameters
    ----------
    out : str or Path
        Folder of a run.
    kind : {"pdf", "svg", "png"}
        Format of the files.
    paper : {"A3", "A4"}
        Landscape.
    lang : {"zh", "en"}
        Language.

    Returns
    -------
    list of Path
        Today's sheet and the proposed one, of one scale and extent.

    Raises
    ------
    ConfigError
        If format or paper are not known.
    ResultError
        If there is no such study, it has no plan, or the sheets cannot be drawn.

    Examples
    --------
    >>> draw_plan("out/demo", kind="png")  # doctest: +SKIP
    """
    suffix = _suffix(kind, paper)
    study = read_study(out)
    folder = Path(out) / SHEETS
    folder.mkdir(exist_ok=True)
    frame, drawn = None, []
    for number, state in enumerate(PLAN_STATES, start=1):
        title = plan_title(study, state, lang)
        path = folder / (_named(study, f"G{number}", title) + suffix)
        frame = write_plan_map(
            study, path, state=state, paper=_PAPERS[paper], frame=frame, lang=lang
        )
        drawn.append(path)
    return drawn


def _suffix(kind: str, paper: str) -> str:
    suffix = f".{kind}"
    if suffix not in FORMATS or paper not in _PAPERS:
        raise ConfigError(
            where="--format" if suffix not in FORMATS else "--paper",
            what=f"{kind!r} and {paper!r} are given.",
            fix="Formats are pdf, svg and png; papers A3 and A4.",
        )
    return suffix


def _file_names(study: Assessment, rule_id: str, lang: Language) -> dict[str, str]:
    """Names of the sheets of a rule, by community; "" is the district.

    Where communities share a name all bear their ids. File systems that do not tell
    small letters from capitals are heeded.
    """
    ids = ["", *sorted(study.district.communities["community_id"])]
    titles = {one: sheet_title(study, rule_id, one, lang) for one in ids}
    plain = {one: _named(study, rule_id, title) for one, title in titles.items()}
    often = Counter(name.casefold() for name in plain.values())
    names: dict[str, str] = {}
    taken: set[str] = set()
    for one in ids:
        tails = chain([] if often[plain[one].casefold()] > 1 else [""], _tails(one))
        named = (_named(study, rule_id, titles[one], tail) for tail in tails)
        names[one] = next(name for name in named if name.casefold() not in taken)
        taken.add(names[one].casefold())
    return names


def _tails(community_id: str) -> Iterator[str]:
    """What tells a sheet from others: its id, then numbers where ids look alike."""
    yield f" {community_id}"
    yield from (f" {community_id} {number}" for number in count(2))


def _named(study: Assessment, number: str, title: str, tail: str = "") -> str:
    """Number and title of a sheet, without what a file name may not hold."""
    number = f"{study.district.config.district_id}-{number}"
    end = _NOT_IN_A_NAME.sub("_", tail).encode()[:_LONGEST_NAME]
    name = _NOT_IN_A_NAME.sub("_", f"{number} {title}").encode()
    told = name[: _LONGEST_NAME - len(end)] + end
    return told.decode(errors="ignore").strip(" .")
