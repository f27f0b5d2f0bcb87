"""What a result is made of, as one hash: equal hash, equal result."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from lifecircle import __version__
from lifecircle.errors import LifeCircleError
from lifecircle.standards.rulebook import read_rule_book
from lifecircle.tables.config import load_config
from lifecircle.tables.digest import input_digests
from lifecircle.tables.district import book_paths

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lifecircle.batch.city import CityDistrict
    from lifecircle.tables.whole import CityFiles

__all__ = ["Ingredients", "ingredients"]


@dataclass(frozen=True, slots=True)
class Ingredients:
    """Everything that a district's result depends on.

    Attributes
    ----------
    inputs : Mapping[str, str]
        File or database table -> SHA-256. A file that cannot be read has its fault.
    books : Mapping[str, str]
        Rule book -> SHA-256.
    settings : str
        SHA-256 of what the city file says of the district, and of the language.
    version : str
        Of lifecircle.
    bytes : int
        Of all inputs together: how much work there is, roughly.
    """

    inputs: Mapping[str, str] = field(default_factory=dict)
    books: Mapping[str, str] = field(default_factory=dict)
    settings: str = ""
    version: str = __version__
    bytes: int = 0

    @property
    def key(self) -> str:
        """SHA-256 of them all."""
        return _sha256({**asdict(self), "bytes": 0})


def _sha256(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def ingredients(
    district: CityDistrict, *, lang: str, files: CityFiles | None = None
) -> Ingredients:
    """Read and hash all that a district's result depends on.

    Parameters
    ----------
    district : CityDistrict
        One district of a city.
    lang : {"zh", "en"}
        Language of its outputs.
    files : CityFiles, optional
        Knows hashes of files that other districts have asked for.

    Returns
    -------
    Ingredients
        A fault (a missing file, a wrong setting) is hashed as such: the key changes
        when it is mended.

    Examples
    --------
    >>> from lifecircle.batch.city import read_city
    >>> city = read_city("data/demo")
    >>> made = ingredients(city.districts[0], lang="zh")
    >>> sorted(made.books), len(made.key)
    (['decheng', 'hefei', 'qingxi'], 64)
    """
    settings = _sha256([district.said, lang])
    config, faults = load_config(district.path, settings=district.settings)
    if config is None or faults:
        told = [asdict(fault) for fault in faults]
        return Ingredients({"problems": _sha256(told)}, {}, settings)
    inputs, size = {}, 0
    try:
        for row in input_digests(config, files=files):
            name, number = str(row["file"]), 1
            if district.inline and name == district.path.name:
                continue  # the city file: what it says of others does not count
            while name in inputs:  # files of one name in folders elsewhere
                number += 1
                name = f"{row['file']} ({number})"
            inputs[name] = row["sha256"]
            size += int(row["bytes"])
    except (OSError, LifeCircleError) as error:
        inputs = {"problems": _sha256(str(error))}
    books = {}
    for path in book_paths(config):
        try:
            book = read_rule_book(path)
        except LifeCircleError as error:
            books[path] = _sha256(str(error))
        else:
            books[book.book_id] = book.sha256
    return Ingredients(inputs, books, settings, bytes=size)
