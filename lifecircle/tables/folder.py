"""A folder of files, looked at as a whole: what each is in the light of the others.

Beside each layer's own guess: files that are there twice, files that are no data, and
coordinates in metres whose zone only the other layers tell.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from hashlib import file_digest
from statistics import median
from typing import TYPE_CHECKING, Any

from pyproj import Transformer

from lifecircle.errors import CrsError, SourceError
from lifecircle.tables.crs import DATUMS, declared_crs, is_metric, to_wgs84
from lifecircle.tables.files import SUFFIXES
from lifecircle.tables.found import FileFault
from lifecircle.tables.guess import Guess, guess
from lifecircle.tables.guess_crs import CrsGuess, middle_of
from lifecircle.tables.plausible import BENT, stretch
from lifecircle.tables.survey import Layer, look_at
from lifecircle.tables.zones import home_zone

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

__all__ = ["Surveyed", "metric_crs", "survey", "survey_folder", "unread_files"]

_NEAR_DEG = 0.5
"""Layers of one district lie this near to each other; zones are 3 degrees apart."""
_BESIDE = (
    *(".shx", ".dbf", ".prj", ".cpg", ".sbn", ".sbx", ".qix", ".qpj", ".xml", ".idx"),
    *(".toml", ".md", ".gpkg-wal", ".gpkg-shm", ".lock", ".tfw", ".tif"),
)
"""Files that belong to others, or to the project itself."""


@dataclass(frozen=True, slots=True, eq=False)
class Surveyed:
    """A layer and what it seems to be."""

    layer: Layer
    guess: Guess


def survey(paths: Iterable[Path]) -> list[Surveyed]:
    """Look at files.

    Parameters
    ----------
    paths : iterable of Path
        Files of any type; of those that are not read nothing is said.

    Returns
    -------
    list of Surveyed
        One a layer, in the order given.

    Examples
    --------
    >>> from pathlib import Path
    >>> survey([Path("data/demo/社区.shp")])[0].guess.table
    'communities'
    """
    layers = [layer for path in paths for layer in look_at(path)]
    return [Surveyed(layer, guess(layer)) for layer in layers]


def _files(folder: Path) -> list[Path]:
    """Files and file geodatabases of a folder, hidden ones and rejected rows aside."""
    return [
        path
        for path in sorted(folder.rglob("*"))
        if not any(part.startswith(".") for part in path.relative_to(folder).parts)
        and not path.name.endswith((".rejected.csv", ".rejected.gpkg"))
        and (path.is_file() or path.suffix.lower() == ".gdb")
        and not any(parent.suffix.lower() == ".gdb" for parent in path.parents)
    ]


def unread_files(folder: Path) -> list[Path]:
    """Files of a folder that are of no type that is read.

    Parameters
    ----------
    folder : Path
        Parts of other files, hidden ones and the project's own are passed by.

    Returns
    -------
    list of Path
        In the order of their paths.

    Examples
    --------
    >>> from pathlib import Path
    >>> unread_files(Path("data/demo"))
    []
    """
    others = (*SUFFIXES, *_BESIDE)
    return [path for path in _files(folder) if path.suffix.lower() not in others]


def _twins(paths: list[Path]) -> dict[Path, Path]:
    """Files that are byte for byte another one -> that one, of the shortest name."""
    sizes = Counter(path.stat().st_size for path in paths if path.is_file())
    first: dict[str, Path] = {}
    twins = {}
    for path in sorted(paths, key=lambda path: (len(path.name), path)):
        if not path.is_file() or path.stat().st_size == 0:
            continue
        if sizes[path.stat().st_size] > 1:
            with path.open("rb") as file:
                digest = file_digest(file, "sha256").hexdigest()
            if first.setdefault(digest, path) is not path:
                twins[path] = first[digest]
    return twins


def survey_folder(folder: Path) -> list[Surveyed]:
    """Look at every file of a folder and its subfolders.

    Parameters
    ----------
    folder : Path
        Files and folders whose name begins with a dot are passed by, and so are the
        rows that an earlier check left out.

    Returns
    -------
    list of Surveyed
        In the order of the files' paths. A file that is there twice is looked at
        once; the other is a layer whose fault says so.

    Raises
    ------
    SourceError
        If there is no such folder, or no file in it that could be read.

    Examples
    --------
    >>> from pathlib import Path
    >>> found = survey_folder(Path("data/demo"))
    >>> [one.guess.table for one in found][:2]
    ['facilities', 'roads']
    """
    if not folder.is_dir():
        raise SourceError(
            where=folder.name, what="there is no such folder.", fix="Check the path."
        )
    paths = [path for path in _files(folder) if path.suffix.lower() in SUFFIXES]
    if not paths:
        raise SourceError(
            where=folder.name,
            what=f"there is no file of a type that is read ({', '.join(SUFFIXES)}).",
            fix="Copy the district's files into it.",
        )
    twins = _twins([path for path in paths if path.suffix.lower() != ".shp"])
    found = []
    for path in paths:
        if path in twins:
            fault = FileFault(key="file_twice", value=twins[path].name)
            found.append(Surveyed(Layer(path, fault=fault), Guess()))
        else:
            found += survey([path])
    return _placed(found)


def _place(one: Surveyed) -> tuple[float, float] | None:
    """Degrees east and north of a layer whose coordinates are known."""
    crs = one.guess.crs
    middle = middle_of(one.layer, (one.guess.x, one.guess.y))
    if crs is None or not crs.declared or middle is None:
        return None
    try:
        system = declared_crs(crs.declared)
    except CrsError:
        return None
    if crs.declared in DATUMS:
        lon, lat = to_wgs84([middle[0]], [middle[1]], crs.declared)
        return float(lon[0]), float(lat[0])
    into = Transformer.from_crs(system, 4326, always_xy=True)
    lon, lat = into.transform(*middle)
    return float(lon), float(lat)


def _placed(found: list[Surveyed]) -> list[Surveyed]:
    """Layers in metres without a zone, in the district's system if they fit there."""
    code, _, _ = metric_crs(found)
    places = [place for one in found if (place := _place(one)) is not None]
    if not code or not places:
        return found
    lon, lat = (median(axis) for axis in zip(*places, strict=True))

    def placed(one: Surveyed) -> Surveyed:
        if one.guess.crs is None or one.guess.crs.key != "crs_metres":
            return one
        told = CrsGuess(code, "crs_like_others", {**one.guess.crs.values, "crs": code})
        tried = replace(one, guess=replace(one.guess, crs=told))
        here = _place(tried)
        if here is None or max(abs(here[0] - lon), abs(here[1] - lat)) > _NEAR_DEG:
            return one
        return tried

    return [placed(one) for one in found]


def metric_crs(found: Iterable[Surveyed]) -> tuple[str, str, dict[str, Any]]:
    """The district's CRS: that of most metric layers, else the zone they lie in.

    Parameters
    ----------
    found : iterable of Surveyed
        The layers.

    Returns
    -------
    tuple of str, str and dict
        ``"EPSG:n"`` or empty; the sentence of ``inspect`` that says why, and what it
        needs.

    Examples
    --------
    >>> from pathlib import Path
    >>> metric_crs(survey([Path("data/demo/社区.shp")]))[:2]
    ('EPSG:4548', 'crs_of_place')
    """
    known = [one for one in found if one.guess.crs and one.guess.crs.declared]
    metric = Counter(
        one.guess.crs.declared
        for one in known
        if one.guess.crs is not None
        and is_metric(one.guess.crs.declared)
        and not _bends(one.guess.crs.declared, _place(one))
    )
    if metric:
        code, layers = metric.most_common(1)[0]
        return code, "crs_of_layers", {"layers": layers}
    places = sorted(place for one in known if (place := _place(one)) is not None)
    if not places:
        return "", "crs_not_known", {}
    lon, lat = places[len(places) // 2]
    code = home_zone(lon, lat)
    name = declared_crs(code).name
    shown = {"lon": f"{lon:.2f}", "lat": f"{lat:.2f}", "name": name}
    return code, "crs_of_place", shown


def _bends(code: str, place: tuple[float, float] | None) -> bool:
    """Whether a metric system is none to measure in there, as Web Mercator is."""
    return place is not None and abs(stretch(code, *place) - 1.0) > BENT
