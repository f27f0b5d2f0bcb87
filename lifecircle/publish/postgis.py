"""Every layer of a saved study into a schema of a PostGIS database, whole or not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from geopandas import GeoDataFrame

from lifecircle.database import connect, reason_of
from lifecircle.errors import ConfigError, ResultError
from lifecircle.publish.results import saved_layers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import psycopg
    from pandas import DataFrame

__all__ = ["export_to_database"]

_MARK = "lifecircle"
"""Comment on a table that we wrote; no other table is ever replaced."""

_TYPES = {"f": "double precision", "i": "bigint", "u": "bigint", "b": "boolean"}


def export_to_database(
    out: str | Path, *, database: str, schema: str = "lifecircle"
) -> tuple[str, ...]:
    """Write every layer and table of a saved study into a database.

    All in one transaction: when the connection is lost nothing has changed. Tables
    of an earlier export are replaced; a table of another origin is never touched.

    Parameters
    ----------
    out : str or Path
        Folder of a run.
    database : str
        Environment variable with the connection string of a PostGIS database.
    schema : str
        Made if there is none.

    Returns
    -------
    tuple of str
        Names of the tables.

    Raises
    ------
    ConfigError
        If the variable is not set.
    ResultError
        If there is no such study, psycopg or PostGIS is missing, a table of another
        origin has one of the names, or the database refuses or is lost.

    Examples
    --------
    >>> export_to_database("out", database="CITY_DB")  # doctest: +SKIP
    """
    layers = saved_layers(out)
    try:
        import psycopg
    except ImportError as error:
        raise ResultError(
            where="--to postgis",
            what="PostGIS needs psycopg, which is not installed.",
            fix="pip install lifecircle[postgis]",
        ) from error
    try:
        with connect(database) as connection:
            _write(layers, schema, connection)
    except KeyError as error:
        raise ConfigError(
            where="--database",
            what=f"the environment variable {database} is not set.",
            fix="Set it to the database's connection string.",
        ) from error
    except psycopg.Error as error:
        raise ResultError(
            where=f"database {database}",
            what=f"nothing was written: {reason_of(error)}.",
            fix="Check address, rights and the extension PostGIS, and export again.",
        ) from error
    return tuple(layers)


def _write(
    layers: dict[str, DataFrame], schema: str, connection: psycopg.Connection
) -> None:
    from psycopg import sql

    connection.execute(
        sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(sql.Identifier(schema))
    )
    for name, frame in layers.items():
        _replace(schema, name, connection)
        _create(schema, name, frame, connection)


def _replace(schema: str, name: str, connection: psycopg.Connection) -> None:
    """Drop the table of an earlier export; refuse one that is not ours."""
    from psycopg import sql

    table = sql.Identifier(schema, name)
    found = connection.execute(
        "SELECT obj_description(to_regclass(%s), 'pg_class'), to_regclass(%s)",
        (table.as_string(connection),) * 2,
    ).fetchone()
    if found is None or found[1] is None:
        return
    if found[0] != _MARK:
        raise ResultError(
            where=f"{schema}.{name}",
            what="a table of this name is there that lifecircle did not write.",
            fix="Name another schema by --schema.",
        )
    connection.execute(sql.SQL("DROP TABLE {}").format(table))


def _create(
    schema: str, name: str, frame: DataFrame, connection: psycopg.Connection
) -> None:
    from psycopg import sql

    table = sql.Identifier(schema, name)
    kinds = {column: _type_of(frame, column) for column in frame.columns}
    told = sql.SQL(", ").join(
        sql.SQL("{} {}").format(sql.Identifier(str(column)), sql.SQL(kind))
        for column, kind in kinds.items()
    )
    connection.execute(sql.SQL("CREATE TABLE {} ({})").format(table, told))
    mark = sql.SQL("COMMENT ON TABLE {} IS {}").format(table, sql.Literal(_MARK))
    connection.execute(mark)
    query = sql.SQL("COPY {} FROM STDIN").format(table)
    with connection.cursor().copy(query) as rows:
        for row in _rows(frame):
            rows.write_row(row)


def _type_of(frame: DataFrame, name: str) -> str:
    if isinstance(frame, GeoDataFrame) and name == frame.geometry.name:
        code = frame.crs.to_epsg() if frame.crs else None
        return f"geometry(Geometry, {code or 0})"
    return _TYPES.get(frame[name].dtype.kind, "text")


def _rows(frame: DataFrame) -> Iterator[tuple[Any, ...]]:
    """Rows as the database takes them; unknown is NULL, shapes are EWKB."""
    columns = []
    for name in frame.columns:
        if isinstance(frame, GeoDataFrame) and name == frame.geometry.name:
            code = (frame.crs.to_epsg() if frame.crs else None) or 0
            shapes = shapely.set_srid(np.asarray(frame.geometry, dtype=object), code)
            columns.append(list(shapely.to_wkb(shapes, hex=True, include_srid=True)))
            continue
        known = frame[name].notna()
        cells = frame[name].tolist()
        if frame[name].dtype.kind not in _TYPES:
            cells = [str(cell).replace("\x00", "") for cell in cells]
        columns.append(
            [cell if there else None for cell, there in zip(cells, known, strict=True)]
        )
    yield from zip(*columns, strict=True)
