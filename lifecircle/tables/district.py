"""Files to a checked district; every problem of every table in one pass."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import geopandas as gpd
import pandas as pd

from lifecircle.errors import RuleBookError, TableError
from lifecircle.evidence import FITS, MERGED, REVIEW
from lifecircle.model import District, Problem
from lifecircle.standards.rulebook import read_rule_book
from lifecircle.tables.base_map import read_picture
from lifecircle.tables.completeness import filled_columns
from lifecircle.tables.config import DistrictFileError, load_config
from lifecircle.tables.digest import input_files
from lifecircle.tables.elevation import read_heights
from lifecircle.tables.facts import TABLES
from lifecircle.tables.ledger import Ledger
from lifecircle.tables.parse import class_codes, nearest_class
from lifecircle.tables.read import empty_table, read_source
from lifecircle.tables.relate import check_layers, relate
from lifecircle.tables.reviewing import reviewed_lists
from lifecircle.tables.row_counts import row_counts
from lifecircle.tables.schemas import NUMERIC, REQUIRED_TABLES, SCHEMAS
from lifecircle.tables.texts import rises
from lifecircle.tables.topology_checks import topology_frame
from lifecircle.tables.whole import CityFiles, Whole
from lifecircle.text import problem_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from lifecircle.model import DistrictConfig, Source

__all__ = [
    "DistrictError",
    "Examination",
    "book_paths",
    "check_district",
    "examine_district",
    "read_district",
]

logger = logging.getLogger(__name__)


class DistrictError(TableError):
    """Tables with errors; ``problems`` lists all, ``rejected`` the rows left out.

    Parameters
    ----------
    problems : tuple of Problem
        Errors and warnings, at least one error.
    rejected : DataFrame
        Rows left out: ``file``, ``layer``, ``row``, ``reason``, ``cells``.
    district : District, optional
        What could be read: to tell of the data's quality, not to be assessed. It
        does not travel with the error to another process.
    """

    def __init__(
        self,
        problems: tuple[Problem, ...],
        rejected: pd.DataFrame,
        district: District | None = None,
    ) -> None:
        self.problems, self.rejected, self.district = problems, rejected, district
        errors = [found for found in problems if found.severity == "error"]
        where, what, fix = problem_lines(errors[0], "en")
        if len(errors) > 1:
            what = f"{what} ({len(errors)} errors in all.)"
        super().__init__(where=where or "district", what=what, fix=fix)

    def __reduce__(self) -> Any:
        return type(self), (self.problems, self.rejected)


def _plain(items: Iterable[Source]) -> Iterable[Source]:
    return items


def _report_missing_tables(config: DistrictConfig, ledger: Ledger) -> None:
    named = {source.table for source in config.sources}
    for group in REQUIRED_TABLES:
        if not named.intersection(group):
            values = {"value": " / ".join(group)}
            found = Problem("tables.table_missing", values, file=config.path.name)
            ledger.problems.append(found)


def _report_unknown_classes(config: DistrictConfig, ledger: Ledger) -> None:
    """Facility classes that the district file itself names."""
    named = [("outputs.isochrone_classes", config.isochrone_classes)]
    for source in config.sources:
        named.append(
            (f"sources.{source.table}.complete_classes", source.complete_classes)
        )
    for setting, codes in named:
        for code in codes:
            if code not in class_codes():
                values = {
                    "setting": setting,
                    "value": code,
                    "nearest": nearest_class(code) or "—",
                }
                found = Problem(
                    "tables.config_unknown_class", values, file=config.path.name
                )
                ledger.problems.append(found)


def _read_tables(
    config: DistrictConfig,
    ledger: Ledger,
    track: Callable[[Iterable[Source]], Iterable[Source]],
) -> tuple[dict[str, pd.DataFrame], frozenset[str]]:
    """All tables with the hidden columns, and the names of those not fully read."""
    parts: dict[str, list[pd.DataFrame]] = {name: [] for name in TABLES}
    unread = set()
    for source in track(config.sources):
        frame = read_source(
            source, base=config.path.parent, target=config.crs, ledger=ledger
        )
        if frame is None:
            unread.add(source.table)
        elif len(frame):
            parts[source.table].append(frame)
    tables = {
        name: _together(frames) if frames else empty_table(name, config.crs)
        for name, frames in parts.items()
    }
    named = {source.table for source in config.sources}
    for group in REQUIRED_TABLES:
        read = [name for name in group if name in named]
        if (
            read
            and not unread.intersection(read)
            and not any(len(tables[name]) for name in read)
        ):
            ledger.problems.append(
                Problem("tables.table_empty", {"value": " / ".join(read)})
            )
    return tables, frozenset(unread)


def _together(frames: list[pd.DataFrame]) -> pd.DataFrame:
    return frames[0] if len(frames) == 1 else pd.concat(frames, ignore_index=True)


def _finish(table: str, frame: pd.DataFrame, crs: str) -> pd.DataFrame:
    """A table's own columns in order, sorted, plain index."""
    schema = SCHEMAS[table]
    columns = list(schema.columns)
    order = [name for name in schema.order if name in frame.columns]
    if order and not (len(order) == 1 and rises(frame[order[0]].to_numpy(object))):
        frame = frame.sort_values(order, kind="stable")
    plain = frame[columns].reset_index(drop=True)
    for field in schema.fields:
        if field.kind not in NUMERIC and field.name in plain:
            text = plain[field.name].to_numpy(dtype=object)
            if pd.api.types.infer_dtype(text, skipna=False) != "string":
                text = text.copy()
                text[pd.isna(text)] = None
            plain[field.name] = pd.Series(text, plain.index, dtype=object, copy=False)
    if not schema.shapes:
        return pd.DataFrame(plain)
    return gpd.GeoDataFrame(plain, geometry="geometry", crs=crs)


def _read_whole(
    config: DistrictConfig,
    track: Callable[[Iterable[Source]], Iterable[Source]],
) -> Whole:
    """Read all sources, and check what hangs on none but them."""
    ledger = Ledger(repair=config.repair)
    _report_missing_tables(config, ledger)
    _report_unknown_classes(config, ledger)
    tables, unread = _read_tables(config, ledger, track)
    tables = check_layers(tables, crs=config.crs, unread=unread, ledger=ledger)
    return Whole(tables, unread, ledger, filled_columns(ledger))


def _assemble(
    config: DistrictConfig,
    track: Callable[[Iterable[Source]], Iterable[Source]],
    files: CityFiles | None = None,
) -> tuple[District, Ledger]:
    """Read and check everything; with errors the district is what could be read."""
    files = CityFiles() if files is None else files
    read = files.read(config, input_files, lambda: _read_whole(config, track))
    ledger = read.ledger
    related = relate(read.tables, config, unread=read.unread, ledger=ledger)
    elevation = read_heights(config, related["roads"], ledger=ledger)
    picture = read_picture(config, related["communities"], ledger=ledger)
    finished: dict[str, Any] = {
        name: _finish(name, related[name], config.crs) for name in SCHEMAS
    }
    district = District(
        config=config,
        crs=config.crs,
        facility_classes=related["facility_classes"].astype(object),
        complete_classes=frozenset(
            code for source in config.sources for code in source.complete_classes
        ),
        problems=tuple(ledger.problems),
        rejected=ledger.rejected(config.crs),
        registers=related["registers"],
        elevation=elevation,
        picture=picture,
        row_counts=row_counts(ledger, related),
        topology=topology_frame(ledger, config.crs),
        review=_listed(ledger.review, REVIEW),
        merged=_listed(ledger.merged.values(), MERGED),
        fits=_listed(ledger.fits, FITS),
        filled=read.filled,
        neighbours=related.get("neighbours", pd.DataFrame()),
        **finished,
    )
    counts = {name: len(frame) for name, frame in finished.items()}
    counts["registers"] = len(district.registers)
    logger.info("district %s: %s", config.district_id, counts)
    return district, ledger


def read_district(
    path: str | Path,
    *,
    settings: Mapping[str, Any] | None = None,
    track: Callable[[Iterable[Source]], Iterable[Source]] = _plain,
    files: CityFiles | None = None,
) -> District:
    """Read the district that a district file describes.

    Parameters
    ----------
    path : str or Path
        The district TOML.
    settings : Mapping, optional
        What the district file says, in its place (of a city file).
    track : callable, optional
        Wraps the iterable of sources, for a progress display.
    files : CityFiles, optional
        Keeps what is read for the next district of the same files.

    Returns
    -------
    District
        Checked tables in one metric CRS; ``problems`` holds the warnings,
        ``rejected`` the rows left out for one.

    Raises
    ------
    DistrictFileError
        If the district file itself is faulty; ``problems`` lists every fault.
    DistrictError
        If any table has an error; ``problems`` lists all of all tables.
    """
    config, faults = load_config(path, settings=settings)
    if faults or config is None:
        raise DistrictFileError(faults)
    district, ledger = _assemble(config, track, files)
    if any(found.severity == "error" for found in ledger.problems):
        raise DistrictError(district.problems, district.rejected, district)
    return district


def _listed(rows: Iterable[dict[str, Any]], columns: tuple[str, ...]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=list(columns))


class Examination(NamedTuple):
    """All that reading a district found: problems, rows left out, to review, merged.

    ``district`` is what could be read, whatever errors there are; None where the
    district file cannot be used at all.
    """

    problems: list[Problem]
    rejected: pd.DataFrame
    review: pd.DataFrame
    merged: pd.DataFrame
    reviewed: tuple[Path, ...]
    district: District | None = None


def check_district(path: str | Path) -> tuple[list[Problem], pd.DataFrame]:
    """Every problem of a district: its file and all its tables, in one pass.

    Parameters
    ----------
    path : str or Path
        The district TOML. Faults of the file itself come first; the sources that
        it describes well enough are checked all the same, and so are its rule books.

    Returns
    -------
    tuple of list and DataFrame
        Problems (errors and warnings, in the order of the sources), and rows left
        out: ``file``, ``layer``, ``row``, ``reason`` (a sentence key), ``cells``
        (as found), and the geometry where it could be read.

    Examples
    --------
    >>> problems, rejected = check_district("no_such.toml")
    >>> problems[0].key, len(rejected)
    ('tables.config_missing_file', 0)
    """
    found = examine_district(path)
    return found.problems, found.rejected


def examine_district(path: str | Path) -> Examination:
    """Find all that ``check_district`` finds, the points to review, and those merged.

    Parameters
    ----------
    path : str or Path
        The district TOML.

    Returns
    -------
    Examination
        ``problems`` and ``rejected`` as in ``check_district``; ``review``
        (``evidence.REVIEW``), ``merged`` (``evidence.MERGED``) and the review lists
        that the district file names.

    Examples
    --------
    >>> len(examine_district("no_such.toml").review)
    0
    """
    config, faults = load_config(path)
    ledger, more = Ledger(), list[Problem]()
    named: tuple[Path, ...] = ()
    district = None
    if config is not None:
        district, ledger = _assemble(config, _plain)
        more = [*ledger.problems, *_book_problems(config)]
        district = replace(district, problems=(*faults, *more))
        named = reviewed_lists(config)
    return Examination(
        [*faults, *more],
        ledger.rejected("" if config is None else config.crs),
        _listed(ledger.review, REVIEW),
        _listed(ledger.merged.values(), MERGED),
        named,
        district,
    )


def book_paths(config: DistrictConfig) -> list[str]:
    """Rule books of a district: ids as they are, paths from the district file.

    Parameters
    ----------
    config : DistrictConfig
        ``adopted_books``, ``reference_books``.

    Returns
    -------
    list of str
        For ``read_rule_book``, adopted ones first.

    Examples
    --------
    >>> book_paths(toy.district.config)
    ['hefei', 'decheng']
    """
    return [
        str(config.path.parent / book) if book.endswith(".toml") else book
        for book in (*config.adopted_books, *config.reference_books)
    ]


def _book_problems(config: DistrictConfig) -> list[Problem]:
    """One problem a book that cannot be used, with all that is wrong with it."""
    found = []
    for book in book_paths(config):
        try:
            read_rule_book(book)
        except RuleBookError as error:
            values = {"reason": error.what.strip()}
            found.append(Problem("tables.book_wrong", values, file=error.where))
    return found
