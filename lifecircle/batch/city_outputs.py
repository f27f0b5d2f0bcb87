"""The city's workbook and page, from the records of its districts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from lifecircle.batch.journal import Journal
from lifecircle.batch.roll_up import roll_up
from lifecircle.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

    from lifecircle.batch.city import City

__all__ = ["PAGE", "WORKBOOK", "earlier", "write_city"]

PAGE, WORKBOOK = "city.html", "city.xlsx"


def earlier(since: str | Path) -> Journal:
    """The journal of another output folder, to compare with.

    Parameters
    ----------
    since : str or Path
        Folder of an earlier batch.

    Returns
    -------
    Journal
        It is only read.

    Raises
    ------
    ConfigError
        If no batch has written results there.

    Examples
    --------
    >>> earlier("no_such_folder")
    Traceback (most recent call last):
    lifecircle.errors.ConfigError: ...
    """
    journal = Journal(since)
    if not journal.has_results():
        raise ConfigError(
            where=f"--since {since}",
            what="no batch has written results to this folder.",
            fix="Name the output folder of an earlier batch.",
        )
    return journal


def write_city(
    city: City, journal: Journal, *, lang: Literal["zh", "en"], **told: Any
) -> None:
    """Draw the city together and write its outputs.

    Parameters
    ----------
    city : City
        All its districts.
    journal : Journal
        Of the output folder, held.
    lang : {"zh", "en"}
        Language.
    **told : Any
        As ``roll_up``.

    Raises
    ------
    OSError
        If they cannot be written.
    """
    from lifecircle.publish.city_page import city_page
    from lifecircle.publish.city_workbook import city_workbook

    study = roll_up(city, journal, **told)
    page = city_page(study, lang=lang).encode("utf-8")
    # A workbook that somebody has open cannot be replaced; the page stays with it.
    journal.put_city({WORKBOOK: city_workbook(study, lang=lang), PAGE: page})
