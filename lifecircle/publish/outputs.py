"""All outputs of a study, whole or not at all."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lifecircle.errors import ResultError
from lifecircle.publish.disclosure import disclosed
from lifecircle.publish.geopackage import write_geopackage
from lifecircle.publish.manifest import write_manifest
from lifecircle.publish.quality import write_quality
from lifecircle.publish.report import report_page
from lifecircle.publish.results import FORMAT, GEOPACKAGE, MANIFEST, saved_parts
from lifecircle.publish.sheets import data_sheets
from lifecircle.publish.web_map import write_map
from lifecircle.publish.workbook import write_workbook

if TYPE_CHECKING:
    from lifecircle.model import Assessment
    from lifecircle.text import Language

__all__ = ["rewrite_output", "write_study"]

logger = logging.getLogger(__name__)

MAP, WORKBOOK, REPORT = "review.html", "findings.xlsx", "report.html"
QUALITY = "quality.html"
OUTPUTS = (MAP, WORKBOOK, REPORT, QUALITY, GEOPACKAGE)


def write_study(
    study: Assessment, out_dir: str | Path, *, lang: Language = "zh"
) -> None:
    """Write map, workbook, report, data quality, GeoPackage and manifest into a folder.

    The files are written beside the folder and take its place when all are complete;
    an earlier result stays until then, and other files in it stay for good. The same
    study gives the same bytes, ``made_at`` in the manifest aside.

    Parameters
    ----------
    study : Assessment
        A finished study.
    out_dir : str or Path
        Folder to write.
    lang : {"zh", "en"}
        Language of workbook and report, and the one that the map opens in.

    Raises
    ------
    ResultError
        If the folder cannot be written, or is a file.

    Examples
    --------
    >>> write_study(study, "out")  # doctest: +SKIP
    """
    out = Path(out_dir)
    if out.exists() and not out.is_dir():
        raise ResultError(
            where=str(out), what="this is a file.", fix="Name a folder for the outputs."
        )
    fresh = out.with_name(f".{out.name}.{os.getpid()}.part")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir()
        _write_all(disclosed(study), fresh, lang)
        _put_in_place(fresh, out)
    except OSError as error:
        raise _unwritable(out, error) from error
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    logger.info("publish: %s", ", ".join((*OUTPUTS, MANIFEST)))


def rewrite_output(out: Path, name: str, content: bytes) -> None:
    """Put another content in the place of an output, and its hash into the manifest.

    Parameters
    ----------
    out : Path
        Folder of a run.
    name : str
        One of the files that its manifest lists.
    content : bytes
        What takes its place.

    Raises
    ------
    ResultError
        If the folder cannot be written; each of the two files is replaced whole or
        not at all.

    Examples
    --------
    >>> rewrite_output(Path("out"), "review.html", page)  # doctest: +SKIP
    """
    beside = {one: out / f".{one}.{os.getpid()}.part" for one in (name, MANIFEST)}
    try:
        said = json.loads((out / MANIFEST).read_text(encoding="utf-8"))
        outputs = {**said.get("outputs", {}), name: _said_of(content)}
        beside[name].write_bytes(content)
        write_manifest({**said, "outputs": outputs}, beside[MANIFEST])
        for one, fresh in beside.items():
            fresh.replace(out / one)
    except OSError as error:
        raise _unwritable(out, error) from error
    finally:
        for fresh in beside.values():
            fresh.unlink(missing_ok=True)


def _said_of(content: bytes) -> dict[str, Any]:
    """What the manifest says of an output."""
    return {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}


def _unwritable(out: Path, error: OSError) -> ResultError:
    return ResultError(
        where=str(out),
        what=f"the outputs cannot be written: {error.strerror or error}.",
        fix="Close files of the folder that are open, check rights and free space.",
    )


def _write_all(study: Assessment, folder: Path, lang: Language) -> None:
    write_map(study, folder / MAP, lang=lang)
    sheets = data_sheets(study, lang)
    write_workbook(study, folder / WORKBOOK, lang=lang, sheets=sheets)
    report = report_page(study, lang=lang, sheets=sheets)
    (folder / REPORT).write_bytes(report.encode("utf-8"))
    write_quality(study.district, folder / QUALITY, lang=lang)
    saved = saved_parts(study)
    write_geopackage(study, folder / GEOPACKAGE, saved=saved, lang=lang)
    outputs = {}
    for name in OUTPUTS:
        outputs[name] = _said_of((folder / name).read_bytes())
    write_manifest(
        {**study.manifest, "format": FORMAT, "outputs": outputs}, folder / MANIFEST
    )


def _put_in_place(fresh: Path, out: Path) -> None:
    """Swap the folders; files that are not ours move over to the new one."""
    if not out.exists():
        fresh.rename(out)
        return
    old = out.with_name(f".{out.name}.{os.getpid()}.old")
    out.rename(old)
    try:
        fresh.rename(out)
    except OSError:
        old.rename(out)
        raise
    for entry in sorted(old.iterdir()):
        if entry.name not in (*OUTPUTS, MANIFEST):
            entry.rename(out / entry.name)
    shutil.rmtree(old, ignore_errors=True)
