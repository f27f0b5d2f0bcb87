"""Lists beside the results: rows left out, facilities merged, points to review."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geopandas import GeoDataFrame

from lifecircle.publish.left_out import write_left_out, write_left_out_rows

if TYPE_CHECKING:
    from pathlib import Path

    from pandas import DataFrame

    from lifecircle.model import District
    from lifecircle.text import Language

__all__ = ["write_lists", "write_rejected_rows"]


def write_lists(district: District, folder: Path, *, lang: Language = "zh") -> None:
    """Write the rows left out and the evidence of facilities merged, if any.

    Parameters
    ----------
    district : District
        ``rejected``, ``merged``.
    folder : Path
        Takes ``rejected.csv``, ``rejected.gpkg`` and ``merged.csv``.
    lang : {"zh", "en"}
        Language of the reasons.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_lists(toy.district, Path(folder))
    ...     list(Path(folder).iterdir())
    []
    """
    write_rejected_rows(district.rejected, folder, lang=lang)
    if not district.merged.empty:
        path = folder / "merged.csv"
        district.merged.to_csv(path, index=False, encoding="utf-8-sig")


def write_rejected_rows(
    rejected: DataFrame, folder: Path, *, lang: Language = "zh"
) -> None:
    """Write rows left out as a table, and those with a place as a map; if any.

    Parameters
    ----------
    rejected : DataFrame
        ``evidence.REJECTED`` and geometry.
    folder : Path
        Takes ``rejected.csv`` and ``rejected.gpkg``.
    lang : {"zh", "en"}
        Language of the reasons.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_rejected_rows(toy.district.rejected, Path(folder))
    ...     list(Path(folder).iterdir())
    []
    """
    if rejected.empty:
        return
    write_left_out_rows(rejected, folder / "rejected.csv", lang=lang)
    if "geometry" in rejected:
        write_left_out(GeoDataFrame(rejected), folder / "rejected.gpkg", lang=lang)
