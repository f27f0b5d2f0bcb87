"""A PostGIS database, named by an environment variable that holds its address.

Passwords stand in the environment (or in the user's ``.pgpass``), never in a district
file, a message or a log.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import psycopg

__all__ = ["connect", "reason_of"]

_CONNECT_S = 10
_SECRET = re.compile(r"(password\s*=\s*)('[^']*'|\S+)|(://[^:/@\s]+:)[^@\s]+(?=@)")


def connect(variable: str) -> psycopg.Connection:
    """Open a database; whatever is read is of one moment, whatever is written whole.

    Parameters
    ----------
    variable : str
        Environment variable with a connection string or URL of libpq.

    Returns
    -------
    psycopg.Connection
        Inside one transaction; to be used as a context manager.

    Raises
    ------
    KeyError
        If the variable is not set.
    ImportError
        If psycopg is not installed.
    psycopg.Error
        If the address is wrong, the server does not answer, or refuses.

    Examples
    --------
    >>> connect("LIFECIRCLE_NO_SUCH_DATABASE")
    Traceback (most recent call last):
    ...
    KeyError: 'LIFECIRCLE_NO_SUCH_DATABASE'
    """
    address = os.environ[variable]
    import psycopg

    connection = psycopg.connect(address, connect_timeout=_CONNECT_S)
    connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    return connection


def reason_of(error: Exception) -> str:
    """What the database says of an error: its first line, without any password.

    Parameters
    ----------
    error : Exception
        Of psycopg.

    Returns
    -------
    str
        One line.

    Examples
    --------
    >>> reason_of(ValueError("bad address: host=db password=geheim user=a"))
    'bad address: host=db password=*** user=a'
    >>> reason_of(ValueError("postgresql://a:geheim@db/x is down"))
    'postgresql://a:***@db/x is down'
    """
    line = next(iter(str(error).strip().splitlines()), type(error).__name__)
    return _SECRET.sub(lambda found: f"{found[1] or found[3]}***", line)
