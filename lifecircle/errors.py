"""The error family: every error says where, what is wrong, and how to mend it.

``LifeCircleError``
    ├── ``ConfigError``     the district file or a setting (also a ``ValueError``)
    ├── ``SourceError``     a file that cannot be read (also a ``FileNotFoundError``)
    ├── ``TableError``      rows or columns of a table (also a ``ValueError``)
    ├── ``CrsError``        coordinates (also a ``ValueError``)
    ├── ``NetworkError``    streets that give no walk network (also a ``ValueError``)
    ├── ``RuleBookError``   a rule book that cannot be used (also a ``ValueError``)
    └── ``ResultError``     saved results that cannot be read (also a ``ValueError``)

Examples
--------
>>> from lifecircle.errors import TableError
>>> error = TableError(
...     where="buildings.xlsx, row 14, households",
...     what="the value is -3; it must be 0 or more.",
...     fix="Enter the number of households, or delete the row.",
... )
>>> print(error)
buildings.xlsx, row 14, households: the value is -3; it must be 0 or more. Enter the \
number of households, or delete the row.
"""

__all__ = [
    "ConfigError",
    "CrsError",
    "LifeCircleError",
    "NetworkError",
    "ResultError",
    "RuleBookError",
    "SourceError",
    "TableError",
]


class LifeCircleError(Exception):
    """Root of the family.

    Parameters
    ----------
    where : str
        File, layer, row, column or setting.
    what : str
        What is wrong: the value given and the values allowed.
    fix : str
        What the planner can do about it.
    """

    def __init__(self, *, where: str, what: str, fix: str) -> None:
        self.where = where
        self.what = what
        self.fix = fix
        super().__init__(f"{where}: {what} {fix}")

    def __reduce__(
        self,
    ) -> tuple[object, tuple[type["LifeCircleError"], str, str, str]]:
        """Errors cross process borders in batch runs."""
        return _rebuild, (type(self), self.where, self.what, self.fix)


def _rebuild(
    kind: type[LifeCircleError], where: str, what: str, fix: str
) -> LifeCircleError:
    return kind(where=where, what=what, fix=fix)


class ConfigError(LifeCircleError, ValueError):
    """The district file or a setting is wrong."""


class SourceError(LifeCircleError, FileNotFoundError):
    """A source cannot be found or read."""


class TableError(LifeCircleError, ValueError):
    """Rows or columns of a table are wrong."""


class CrsError(LifeCircleError, ValueError):
    """Coordinates are not what they are declared to be."""


class NetworkError(LifeCircleError, ValueError):
    """The streets give no usable walk network."""


class RuleBookError(LifeCircleError, ValueError):
    """A rule book cannot be used."""


class ResultError(LifeCircleError, ValueError):
    """Saved results cannot be read."""
