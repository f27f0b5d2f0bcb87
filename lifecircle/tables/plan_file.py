"""A plan edited by hand: a table of buildings and grids, or a layer of grids."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from lifecircle.columns import column
from lifecircle.errors import TableError
from lifecircle.model import Problem, Source
from lifecircle.tables.cells import to_text
from lifecircle.tables.crs import project_frame
from lifecircle.tables.files import FileFault, Found, read_file
from lifecircle.text import problem_lines

if TYPE_CHECKING:
    from lifecircle.model import District

__all__ = ["PlanFile", "read_plan_file"]


@dataclass(frozen=True, slots=True, eq=False)
class PlanFile:
    """An edited plan as it was given.

    Attributes
    ----------
    grid_of : Series
        ``grid_id`` by ``building_id``.
    drawn : GeoDataFrame or None
        ``grid_id`` and its polygons, the district's CRS; None = a table was given.
    """

    grid_of: pd.Series[Any]
    drawn: gpd.GeoDataFrame | None = None


def read_plan_file(
    path: str | Path, district: District, *, layer: str = ""
) -> PlanFile:
    """Which grid every building is to be in.

    Parameters
    ----------
    path : str or Path
        A CSV, Excel, GeoPackage, GeoJSON or shapefile with ``building_id`` and
        ``grid_id`` (or their labels), or polygons with ``grid_id``.
    district : District
        Its buildings are laid on the polygons.
    layer : str
        Layer or sheet, where there are several.

    Returns
    -------
    PlanFile
        Also the polygons, if the plan was drawn.

    Raises
    ------
    TableError
        If the file cannot be read, lacks the columns, names a building twice, or
        does not say what its coordinates are.

    Examples
    --------
    >>> read_plan_file("plan.csv", toy.district)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    lifecircle.errors.TableError: plan.csv: there is no such file...
    """
    path = Path(path)
    source = Source("grids", path, layer=layer, sheet=layer, crs=district.crs)
    try:
        found = read_file(source)
    except FileFault as fault:
        problem = Problem(f"tables.{fault.key}", fault.values, file=path.name)
        where, what, fix = problem_lines(problem, "en")
        raise TableError(where=where, what=what, fix=fix) from fault
    grids = _column(found, "grid_id")
    homes = _column(found, "building_id")
    if grids is not None and homes is not None:
        return PlanFile(_by_table(grids, homes, path))
    if grids is not None and found.geometry is not None:
        shapes = gpd.GeoSeries(list(found.geometry), crs=found.crs)
        return _by_ground(grids, shapes, district, path)
    raise TableError(
        where=path.name,
        what=f"its columns are {', '.join(found.names)}; building_id and grid_id, "
        "or polygons with grid_id, are needed.",
        fix="Edit the layer plan_buildings or plan_grids of district.gpkg.",
    )


def _column(found: Found, name: str) -> list[str | None] | None:
    """A column by its name or one of its labels."""
    labels = column(name)
    for wanted in (name, labels.zh, labels.en):
        if wanted in found.names:
            cells = found.cells[found.names.index(wanted)]
            return [to_text(cell) for cell in cells]
    return None


def _by_table(
    grids: list[str | None], homes: list[str | None], path: Path
) -> pd.Series[Any]:
    plan = pd.Series(grids, index=pd.Index(homes, name="building_id"), dtype=object)
    plan = plan[plan.index.notna()]
    twice = plan.index[plan.index.duplicated()]
    if len(twice):
        raise TableError(
            where=path.name,
            what=f"building {twice[0]} stands there more than once.",
            fix="Leave one row for each building.",
        )
    return plan.rename("grid_id")


def _by_ground(
    grids: list[str | None], drawn: gpd.GeoSeries, district: District, path: Path
) -> PlanFile:
    """Buildings by the polygon that holds their representative point."""
    code = None if drawn.crs is None else drawn.crs.to_epsg()
    if code is None:
        raise TableError(
            where=path.name,
            what="it does not say what its coordinates are.",
            fix="Save it as a GeoPackage, which does.",
        )
    frame = gpd.GeoDataFrame({"grid_id": grids}, geometry=drawn)
    frame = project_frame(frame, f"EPSG:{code}", district.crs)
    shapes = frame.geometry.to_numpy()
    spots = shapely.point_on_surface(district.buildings.geometry.to_numpy())
    row, area = shapely.STRtree(shapes).query(spots, "intersects")
    ids = district.buildings["building_id"].to_numpy(dtype=object)
    names = np.array(grids, dtype=object)
    plan = pd.Series(names[area], index=pd.Index(ids[row], name="building_id"))
    plan = plan[~plan.index.duplicated()].sort_index().rename("grid_id")
    return PlanFile(plan, frame)
