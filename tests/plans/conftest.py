"""Toy communities for regridding; drawings stand in the fixtures' docstrings."""

from __future__ import annotations

import pytest
import shapely

from lifecircle import conftest as toys


def area(x, y, width, height):
    left, bottom = toys.at(x, y)
    return shapely.box(left, bottom, left + width, bottom + height)


def line(*spots):
    return shapely.LineString([toys.at(*spot) for spot in spots])


@pytest.fixture(scope="session")
def box_at():
    """``box_at(x, y, width, height)`` in toy metres."""
    return area


@pytest.fixture(scope="session")
def line_at():
    """``line_at((x, y), ...)`` in toy metres."""
    return line


@pytest.fixture(scope="session")
def make_community(make_district):
    """``make_community(box, homes, **tables)``: one community C1 in a district.

    ``homes`` are (id, households, x, y) of points, or (id, households, polygon).
    """

    def make(outline, homes, **tables):
        buildings = [
            {
                "building_id": key,
                "households": households,
                "geometry": place[0]
                if len(place) == 1
                else shapely.Point(toys.at(*place)),
            }
            for key, households, *place in homes
        ]
        return make_district(
            communities=[{"community_id": "C1", "name": "甲", "geometry": outline}],
            buildings=buildings,
            **tables,
        )

    return make
