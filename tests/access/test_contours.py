"""Contours of the distance raster whose shape changes with rounding to a centimetre."""

import numpy as np
import pytest

from lifecircle.access.raster import contour_polygons, raster_over


@pytest.mark.parametrize(("neck", "parts"), [(29.9999, 2), (20.0, 1)])
def test_a_neck_narrower_than_a_centimetre_parts_the_ground(neck, parts):
    """Five cells of 0 m in a row amid 60 m, limit 30 m; the middle one is the neck.

    Along the row the limit lies 5 m above, below and beyond the cells. Rounded away,
    the neck (5 m times 0.0001/30, half a millimetre high) leaves two hexagons: each is
    the 10 m between its two cells, 10 m high (100 m2), a triangle of 5 m to the end
    (25 m2) and one of 10 m to the neck (50 m2), 175 m2.
    """
    raster = raster_over(np.array([[0.0, 0.0, 80.0, 80.0]]), reach_m=0)
    values = np.full(raster.shape, 60.0)
    values[4, 2:7] = 0.0
    values[4, 4] = neck
    found = contour_polygons(raster, values, limit=30.0)
    assert [one.geom_type for one in found] == ["Polygon"] * parts
    if parts == 2:
        assert [one.area for one in found] == pytest.approx([175.0, 175.0], abs=0.1)
