from __future__ import annotations

import pytest

from lifecircle.conftest import make_district, places


@pytest.fixture(scope="session")
def town():
    """``town(roads, homes, facilities)``: a district from lines and places."""

    def make(roads, homes=(), facilities=(), **tables):
        return make_district(
            roads=roads,
            buildings=places("building_id", homes, households=1.0),
            facilities=places("facility_id", facilities, facility_class="SHOP"),
            **tables,
        )

    return make
