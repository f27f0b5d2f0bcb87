"""Lists written beside the district file: rows left out, merged, to review."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from pandas import DataFrame

    from lifecircle.console import Console
    from lifecircle.model import District

__all__ = [
    "write_merged",
    "write_quality_page",
    "write_rejected",
    "write_review",
    "write_stopped",
]


def write_quality_page(district: District | None, path: Path, console: Console) -> None:
    """Write the data-quality page of a district as far as it could be read.

    Parameters
    ----------
    district : District or None
        None where the district file cannot be used: this is said, nothing is written.
    path : Path
        Page to write.
    console : Console
        Told where it is.
    """
    from lifecircle.publish.quality import write_quality

    if district is None:
        console.complain("quality_none", path=path)
        return
    with console.guard():
        write_quality(district, path, lang=console.lang)
    console.tell("quality_written", path=path)


def write_rejected(rejected: DataFrame, district_file: Path, console: Console) -> None:
    """Write the rows left out as a table, and those with a geometry as a map.

    Parameters
    ----------
    rejected : DataFrame
        ``evidence.REJECTED`` and geometry.
    district_file : Path
        The district TOML.
    console : Console
        Told where they are.
    """
    from geopandas import GeoDataFrame

    from lifecircle.publish.left_out import write_left_out, write_left_out_rows

    if rejected.empty:
        return
    path = district_file.with_name(f"{district_file.stem}.rejected.csv")
    write_left_out_rows(rejected, path, lang=console.lang)
    console.complain("rejected", rows=len(rejected), path=path)
    path = path.with_suffix(".gpkg")
    drawn = write_left_out(GeoDataFrame(rejected), path, lang=console.lang)
    if drawn:
        console.complain("rejected_map", rows=drawn, path=path)


def write_merged(merged: DataFrame, district_file: Path, console: Console) -> None:
    """Write the evidence of facilities merged.

    Parameters
    ----------
    merged : DataFrame
        ``evidence.MERGED``.
    district_file : Path
        The district TOML.
    console : Console
        Told where it is.
    """
    if merged.empty:
        return
    path = district_file.with_name(f"{district_file.stem}.merged.csv")
    merged.to_csv(path, index=False, encoding="utf-8-sig")
    console.complain("merged", rows=len(merged), path=path)


def write_review(
    review: DataFrame,
    reviewed: tuple[Path, ...],
    district_file: Path,
    console: Console,
) -> None:
    """Write the points to review; a list being filled in is left alone.

    Parameters
    ----------
    review : DataFrame
        ``evidence.REVIEW``.
    reviewed : tuple of Path
        Lists that the district file names: they have been read.
    district_file : Path
        The district TOML.
    console : Console
        Told where it is.
    """
    from lifecircle.evidence import DECISION
    from lifecircle.publish.review_list import write_review as write_workbook
    from lifecircle.standards.catalogue import read_catalogue

    waiting = 0 if review.empty else int((review[DECISION] == "").sum())
    if not waiting:
        return
    path = district_file.with_name(f"{district_file.stem}.review.xlsx")
    if path.exists() and path.resolve() not in reviewed:
        console.complain("review_kept", rows=waiting, path=path)
        return
    catalogue = read_catalogue()
    labels = catalogue.labels_zh if console.lang == "zh" else catalogue.labels_en
    codes = [code for code in catalogue.codes if code not in catalogue.origins]
    classes = {code: labels[code] for code in codes}
    write_workbook(review, path, classes=classes, lang=console.lang)
    console.complain("review_written", rows=waiting, path=path, name=path.name)


def write_stopped(
    district: District | None, district_file: Path, console: Console
) -> None:
    """Write what a run that errors stop can tell: mergers, points to review, quality.

    Parameters
    ----------
    district : District or None
        What could be read.
    district_file : Path
        The district TOML; the page is ``NAME.quality.html`` beside it.
    console : Console
        Told where they are.
    """
    from lifecircle.tables.reviewing import reviewed_lists

    if district is None:
        return
    write_merged(district.merged, district_file, console)
    reviewed = reviewed_lists(district.config)
    write_review(district.review, reviewed, district_file, console)
    page = district_file.with_name(f"{district_file.stem}.quality.html")
    write_quality_page(district, page, console)
