"""A table of a PostGIS database to its cells as found."""

from __future__ import annotations

import hashlib
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import shapely

from lifecircle.database import connect, reason_of
from lifecircle.tables.found import FileFault, Found, pick
from lifecircle.tables.shape_columns import crs_of, pick_shapes

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    import psycopg
    from psycopg import sql

    from lifecircle.model import Source

    Answer = TypeVar("Answer")

__all__ = ["Sample", "digest_database", "read_database", "sample_database"]

_TABLES = """
    SELECT n.nspname || '.' || c.relname
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE c.relkind IN ('r', 'v', 'm', 'p', 'f')
      AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'topology', 'tiger')
      AND c.relname NOT IN ('spatial_ref_sys', 'geometry_columns', 'geography_columns')
    ORDER BY 1
"""
_COLUMNS = """
    SELECT a.attname, t.typname FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
    WHERE a.attrelid = %s::regclass AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY a.attnum
"""
_KIND = """
    SELECT format_type(a.atttypid, a.atttypmod)
    FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
    WHERE a.attrelid = %s::regclass AND t.typname IN ('geometry', 'geography')
      AND NOT a.attisdropped
    ORDER BY t.typname = 'geography', a.attnum
"""
_KEY = """
    SELECT a.attname FROM pg_index i JOIN pg_attribute a
      ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
    WHERE i.indrelid = %s::regclass AND i.indisprimary
    ORDER BY array_position(i.indkey::int2[], a.attnum)
"""


_SHAPES = ("geometry", "geography")
"""Types of shapes, the one that is read first; on a sphere they bear SRID 4326 unless
another is stated."""


class Sample(NamedTuple):
    """A table of a database at first sight.

    Attributes
    ----------
    name : str
        With its schema.
    found : Found or FileFault
        Some rows, or why there are none.
    rows : int
        In all; the server's estimate where not all were read.
    kind : str
        The geometry column's type as declared, ``geometry(Polygon,4490)`` or
        ``geography(Point,4326)``; empty where there is none.
    """

    name: str
    found: Found | FileFault
    rows: int = 0
    kind: str = ""


def _asked(variable: str, ask: Callable[[psycopg.Connection], Answer]) -> Answer:
    """An answer of the database; a fault where it gives none, or stops midway."""
    try:
        import psycopg
    except ImportError as error:
        raise FileFault(key="database_no_reader") from error
    try:
        connection = connect(variable)
    except KeyError as error:
        raise FileFault(key="database_unset", value=variable) from error
    except psycopg.Error as error:
        raise FileFault(key="database_refused", reason=reason_of(error)) from error
    try:
        with connection:
            return ask(connection)
    except psycopg.OperationalError as error:
        raise FileFault(key="database_lost", reason=reason_of(error)) from error
    except psycopg.Error as error:
        raise FileFault(key="file_unreadable", reason=reason_of(error)) from error


def _table_of(source: Source, connection: psycopg.Connection) -> str:
    names = [str(row[0]) for row in connection.execute(_TABLES).fetchall()]
    wanted = source.layer
    if wanted and "." not in wanted:
        wanted = f"public.{wanted}"
    return pick(wanted, names, "layer")


def _quoted(table: str) -> sql.Identifier:
    from psycopg import sql

    return sql.Identifier(*table.split(".", 1))


def _order(table: str, connection: psycopg.Connection) -> sql.Composable:
    """By the primary key; without one, as the rows lie in the table."""
    from psycopg import sql

    quoted = _quoted(table).as_string(connection)
    key = [str(row[0]) for row in connection.execute(_KEY, (quoted,)).fetchall()]
    if key:
        return sql.SQL(", ").join(map(sql.Identifier, key))
    kind = connection.execute(
        "SELECT relkind FROM pg_class WHERE oid = %s::regclass", (quoted,)
    ).fetchone()
    return sql.SQL("ctid" if kind in (("r",), (b"r",), ("m",), (b"m",)) else "1")


def _cell(value: Any) -> Any:
    return float(value) if isinstance(value, Decimal) else value


def _read(source: Source, connection: psycopg.Connection) -> Found:
    table = _table_of(source, connection)
    return _read_table(table, connection, shapes=source.geometry)


def _read_table(
    table: str,
    connection: psycopg.Connection,
    *,
    shapes: str = "",
    most: int | None = None,
) -> Found:
    """A table as found; with ``most``, some of its rows, no matter which.

    Its geometry is the column ``shapes``, or the first that there is.
    """
    from psycopg import sql

    quoted = _quoted(table).as_string(connection)
    listed = connection.execute(_COLUMNS, (quoted,)).fetchall()
    names = [str(name) for name, kind in listed if kind not in _SHAPES]
    drawn = [str(name) for shape in _SHAPES for name, kind in listed if kind == shape]
    taken = pick_shapes(shapes, drawn)
    wanted: list[sql.Composable] = [sql.Identifier(name) for name in names]
    if taken:
        wanted.append(sql.SQL("ST_AsEWKB({}::geometry)").format(sql.Identifier(taken)))
    end = sql.SQL("LIMIT {}").format(sql.Literal(most))
    if most is None:
        end = sql.SQL("ORDER BY {}").format(_order(table, connection))
    rows = connection.execute(
        sql.SQL("SELECT {} FROM {} {}").format(
            sql.SQL(", ").join(wanted), _quoted(table), end
        ),
        binary=True,
    ).fetchall()
    columns = list(zip(*rows, strict=True)) or [()] * len(wanted)
    cells = [[_cell(cell) for cell in column] for column in columns[: len(names)]]
    geometry, crs = None, None
    if taken:
        geometry = shapely.from_wkb(np.array(columns[len(names)], dtype=object))
        crs = crs_of(geometry)
    count = np.arange(1, len(rows) + 1, dtype=np.int64)
    return Found(names, cells, count, geometry, crs, table, shapes=tuple(drawn))


def _estimate(table: str, connection: psycopg.Connection) -> int:
    """Rows of a table or view as the server's planner expects them."""
    from psycopg import sql

    query = sql.SQL("EXPLAIN (FORMAT JSON) SELECT * FROM {}").format(_quoted(table))
    (answer,) = connection.execute(query).fetchone() or ([{}],)
    return int(answer[0]["Plan"]["Plan Rows"])


def read_database(source: Source) -> Found:
    """Read the table that a source names as its layer.

    Parameters
    ----------
    source : Source
        ``database`` is the environment variable with the address; ``layer`` the
        table, with its schema where that is not ``public``; ``geometry`` its column
        of shapes, where it has several.

    Returns
    -------
    Found
        Rows in the order of the primary key, read at one moment.

    Raises
    ------
    FileFault
        If the variable is not set, psycopg is missing, the server refuses or is lost
        midway, or there is no such table or no such column of shapes.
    """
    return _asked(source.database, lambda connection: _read(source, connection))


def sample_database(variable: str, *, most: int) -> list[Sample]:
    """Look at every table of a database: some rows, and how many there are.

    Parameters
    ----------
    variable : str
        Environment variable with the address.
    most : int
        Rows read of each table.

    Returns
    -------
    list of Sample
        By name, tables and views.

    Raises
    ------
    FileFault
        As ``read_database``.
    """

    def ask(connection: psycopg.Connection) -> list[Sample]:
        names = [str(name) for (name,) in connection.execute(_TABLES).fetchall()]
        return [_sample(name, connection, most) for name in names]

    return _asked(variable, ask)


def _sample(name: str, connection: psycopg.Connection, most: int) -> Sample:
    """One table; a table that this user may not read is one with its fault."""
    import psycopg

    try:
        with connection.transaction():
            found = _read_table(name, connection, most=most)
            rows = len(found.rows)
            if rows >= most:
                rows = max(rows, _estimate(name, connection))
            quoted = _quoted(name).as_string(connection)
            kind = connection.execute(_KIND, (quoted,)).fetchone() or ("",)
    except psycopg.OperationalError:
        raise
    except psycopg.Error as error:
        return Sample(name, FileFault(key="file_unreadable", reason=reason_of(error)))
    return Sample(name, found, rows, str(kind[0]))


def digest_database(source: Source) -> tuple[int, str]:
    """How large a table is, and the hash of its rows.

    Parameters
    ----------
    source : Source
        As ``read_database`` takes it.

    Returns
    -------
    tuple of int and str
        Bytes and SHA-256 of the rows as the database sends them, ordered.

    Raises
    ------
    FileFault
        As ``read_database``.
    """

    def ask(connection: psycopg.Connection) -> tuple[int, str]:
        from psycopg import sql

        table = _table_of(source, connection)
        query = sql.SQL("COPY (SELECT * FROM {} ORDER BY {}) TO STDOUT").format(
            _quoted(table), _order(table, connection)
        )
        size, digest = 0, hashlib.sha256()
        with connection.cursor().copy(query) as rows:
            for block in rows:
                size += len(block)
                digest.update(block)
        return size, digest.hexdigest()

    return _asked(source.database, ask)
