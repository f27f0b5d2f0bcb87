"""A first look at a PostGIS database: its tables as if each were a layer of a file."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import shapely
from pyproj import CRS

from lifecircle.tables.folder import Surveyed
from lifecircle.tables.found import FileFault
from lifecircle.tables.guess import Guess, guess
from lifecircle.tables.postgis import sample_database
from lifecircle.tables.survey import Layer

if TYPE_CHECKING:
    from lifecircle.tables.found import Found
    from lifecircle.tables.postgis import Sample

__all__ = ["survey_database"]

_SAMPLE_ROWS = 1000
_SHOWN_AS = Path("PostGIS")
_DECLARED = re.compile(
    r"geo(?:metry|graphy)\((?P<shape>[A-Za-z]+?)(?:Z|M|ZM)?(?:,(?P<srid>\d+))?\)"
)


def _layer(sample: Sample, found: Found) -> Layer:
    shapes: tuple[str, ...] = ()
    bounds, crs = None, found.crs
    known = np.array([], dtype=object)
    if found.geometry is not None:
        known = found.geometry[~shapely.is_missing(found.geometry)]
    if len(known):
        shapes = tuple(sorted({shape.geom_type for shape in known}))
        west, south, east, north = map(float, shapely.total_bounds(known))
        box = (west, south, east, north)
        bounds = box if np.isfinite(box).all() else None
    declared = _DECLARED.fullmatch(sample.kind)
    if declared and not shapes:
        shapes = (declared["shape"],)
        crs = CRS.from_epsg(int(declared["srid"])) if declared["srid"] else None
    return Layer(
        _SHOWN_AS,
        sample.name,
        names=tuple(found.names),
        samples=tuple(list(cells) for cells in found.cells),
        rows=sample.rows,
        estimated=sample.rows > len(found.rows),
        shapes=shapes,
        bounds=bounds,
        crs=crs,
    )


def survey_database(variable: str) -> list[Surveyed]:
    """Look at the tables of a database.

    Parameters
    ----------
    variable : str
        Environment variable that holds its address, as ``database`` in a district
        file; the address is shown nowhere.

    Returns
    -------
    list of Surveyed
        One a table or view, by name; one with its fault if the database gives no
        answer.

    Examples
    --------
    >>> (one,) = survey_database("LIFECIRCLE_NO_SUCH_DATABASE")
    >>> one.layer.fault.key, one.layer.path.name
    ('database_unset', 'PostGIS')
    """
    try:
        samples = sample_database(variable, most=_SAMPLE_ROWS)
    except FileFault as fault:
        return [Surveyed(Layer(_SHOWN_AS, fault=fault), Guess())]
    return [_surveyed(sample) for sample in samples]


def _surveyed(sample: Sample) -> Surveyed:
    if isinstance(sample.found, FileFault):
        return Surveyed(Layer(_SHOWN_AS, sample.name, fault=sample.found), Guess())
    layer = _layer(sample, sample.found)
    # A schema's name says nothing of its tables.
    bare = replace(layer, name=sample.name.split(".", 1)[1])
    return Surveyed(layer, guess(bare))
