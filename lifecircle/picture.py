"""A picture of the ground, as ``District`` carries it; nothing here reads a file."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Picture"]


@dataclass(frozen=True, slots=True)
class Picture:
    """An encoded picture that fills a box of the Web Mercator plane.

    Attributes
    ----------
    media : {"image/jpeg", "image/png"}
        How it is encoded.
    content : bytes
        The file's bytes.
    bounds : tuple of float
        West, south, east, north of its outer edges, degrees, WGS 84.
    """

    media: str
    content: bytes
    bounds: tuple[float, float, float, float]
