"""Opening hours as planners write them, and whether they hold a time of day."""

from __future__ import annotations

import re
import unicodedata
from datetime import time

from lifecircle.errors import TableError

__all__ = ["day_minute", "hours_open"]

_RANGE = re.compile(r"(\d{1,2}):(\d{2})(?::00)?-(\d{1,2}):(\d{2})(?::00)?")
_ALWAYS = frozenset({"24/7", "24h", "24小时", "全天", "全天开放", "always"})
_DAY_MIN = 24 * 60


def hours_open(hours: str | None, at_time: str | time) -> bool:
    """Whether opening hours hold a time of day.

    Parameters
    ----------
    hours : str or None
        ``06:00-22:00``; several ranges parted by commas, semicolons or 、; a range
        past midnight is written ``22:00-06:00``; 全天 or ``24/7``. None or empty:
        always open. Full-width signs, ~ and 至 are understood.
    at_time : str or time
        ``07:30``. A range holds its first minute and not its last.

    Returns
    -------
    bool
        True if open.

    Raises
    ------
    TableError
        If the hours or the time cannot be read.

    Examples
    --------
    >>> hours_open("06:00-22:00", "22:00"), hours_open("22:00-06:00", "05:59")
    (False, True)
    """
    minute = day_minute(at_time)
    if not isinstance(hours, str) or not hours.strip():
        return True
    text = unicodedata.normalize("NFKC", hours).strip().lower()
    if text in _ALWAYS:
        return True
    text = re.sub(r"\s*(?:[-–—~～]|至|到)\s*", "-", text)
    open_now = False
    for part in re.split(r"[,;、\s]+", text):
        found = _RANGE.fullmatch(part)
        if found is None:
            raise TableError(
                where="gates, hours",
                what=f"{hours!r} is not opening hours.",
                fix='Write them as "06:00-22:00" or "06:00-09:00, 17:00-19:00".',
            )
        start = _minutes(found[1], found[2], hours)
        end = _minutes(found[3], found[4], hours)
        if start < end:
            open_now |= start <= minute < end
        else:
            open_now |= minute >= start or minute < end
    return open_now


def day_minute(at_time: str | time) -> int:
    """Minutes since midnight of a time of day.

    Parameters
    ----------
    at_time : str or time
        ``07:30``.

    Returns
    -------
    int
        From 0 to 1,439; 24:00 is midnight.

    Raises
    ------
    TableError
        If the time cannot be read.

    Examples
    --------
    >>> day_minute("07:30")
    450
    """
    if isinstance(at_time, time):
        return at_time.hour * 60 + at_time.minute
    found = re.fullmatch(r"(\d{1,2}):(\d{2})", at_time.strip())
    if found is None:
        raise TableError(
            where="time of day",
            what=f"{at_time!r} is not a time.",
            fix='Write it as "07:30".',
        )
    return _minutes(found[1], found[2], at_time) % _DAY_MIN


def _minutes(hour: str, minute: str, given: str) -> int:
    count = int(hour) * 60 + int(minute)
    if int(minute) > 59 or count > _DAY_MIN:
        raise TableError(
            where="gates, hours",
            what=f"{given!r} holds a time that is not between 00:00 and 24:00.",
            fix='Write times as "06:00-22:00".',
        )
    return count
