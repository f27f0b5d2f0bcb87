"""Communities against the outlines of their subdistricts, and these in the district.

The levels above the communities are what the communities name; outlines of them are
evidence, compared and not kept. What is declared counts in every case.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
import shapely

from lifecircle.tables.fits_inside import check_outlines_fit
from lifecircle.tables.ledger import HIDDEN
from lifecircle.tables.many import MOST_SHOWN, examples
from lifecircle.tables.part import whole
from lifecircle.tables.places import (
    MOST_SHARE,
    largest_overlap,
    shapes_of,
    shares_inside,
)
from lifecircle.tables.topology import ACROSS_M2, ACROSS_SHARE, ground_of, mean_width_m
from lifecircle.tables.topology_checks import warn_first
from lifecircle.unions import union_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import numpy.typing as npt
    from geopandas import GeoDataFrame

    from lifecircle.model import DistrictConfig
    from lifecircle.tables.ledger import Ledger

    Bools = npt.NDArray[np.bool_]
    Objects = npt.NDArray[np.object_]
    Places = npt.NDArray[np.intp]

__all__ = ["check_outlines", "sort_outlines"]

_NONE = "—"
_SENTENCES = {
    ("elsewhere", "subdistrict"): "outline_elsewhere",
    ("across", "subdistrict"): "outline_across",
    ("outside", "subdistrict"): "outline_outside",
    ("elsewhere", "district"): "district_outside",
    ("outside", "district"): "district_outside",
    ("unmatched", ""): "outline_unnamed",
}


class _Found(NamedTuple):
    """A piece of a child's ground that is not in its parent."""

    kind: str
    row: int
    other: str
    ground: Any


def sort_outlines(
    tables: Mapping[str, Any], config: DistrictConfig, *, ledger: Ledger
) -> dict[str, Any]:
    """Tell the outlines of this district from those of others in the same files.

    Parameters
    ----------
    tables : Mapping[str, DataFrame]
        Tables by name, metric CRS, with the hidden columns; of a part as ``keep_part``
        leaves them.
    config : DistrictConfig
        ``district_id``, ``name``, ``part``.
    ledger : Ledger
        Takes which rows are elsewhere, and warnings: no outline is the district's, a
        subdistrict has several rows (its parts).

    Returns
    -------
    dict
        The tables, and ``subdistrict_outlines``: a row each, ``label`` (its name, else
        its id), ``ours`` (False = of another district); ``district_outline``: one row,
        or none.

    Notes
    -----
    The district's own outline is the row that has its id or name, or the only row, or
    all rows of a file of which neither column is mapped. A subdistrict that no
    community names is another district's where most of its ground lies outside the
    district's outline; of a part also where communities of others name it, and, without
    an outline of the district, where it shares no ground with the communities.
    """
    made = dict(tables)
    made["district_outline"] = _own_district(tables["districts"], config, ledger=ledger)
    found = _united(tables["subdistricts"], "subdistrict_id", ledger=ledger)
    named = np.zeros(len(found), dtype=bool)
    named[[at for at in _named(tables["communities"], found).tolist() if at >= 0]] = (
        True
    )
    shapes = shapes_of(found)
    away = np.zeros(len(found), dtype=bool)
    if len(made["district_outline"]):
        home = np.repeat(shapes_of(made["district_outline"]), len(found))
        away = shares_inside(shapes, home) < MOST_SHARE
    elif config.part and len(found):
        home = np.full(len(found), union_of(shapes_of(tables["communities"])))
        away = shares_inside(shapes, home) < ACROSS_SHARE
    if config.part:
        theirs = _named(whole(tables, "communities"), found)
        away[[at for at in theirs.tolist() if at >= 0]] = True
    made["subdistrict_outlines"] = found.assign(ours=named | ~away)
    others = found.loc[~named & away, "subdistrict_id"]
    rows = tables["subdistricts"]
    _forget(rows[rows["subdistrict_id"].isin(others)], ledger)
    return made


def _forget(rows: pd.DataFrame, ledger: Ledger) -> None:
    if len(rows):
        ledger.forget(rows[list(HIDDEN)])


def _united(frame: GeoDataFrame, key: str, *, ledger: Ledger) -> GeoDataFrame:
    """One row a unit, of the first of its rows, with the ground of all of them."""
    there = frame[key].notna() & ~frame.geometry.isna()
    frame = frame[there].reset_index(drop=True)
    again = np.flatnonzero(frame.duplicated(key).to_numpy())
    for at in again.tolist():
        rows = frame.index[frame[key] == frame[key].iloc[at]]
        shown = [{"value": frame[key].iloc[at], "first": int(frame["_row"][rows[0]])}]
        ledger.flag(frame, [at], "outline_parts", shown, column=key, severity="warning")
    if len(again):
        ground = frame.groupby(key)["geometry"].agg(
            lambda own: union_of(own.to_numpy())
        )
        frame = frame.drop_duplicates(key).reset_index(drop=True)
        shapes = ground.reindex(frame[key]).to_numpy()
        frame = frame.set_geometry(shapes, crs=frame.crs)
    plain = frame["name"].notna() & ~frame["name"].duplicated(keep=False)
    return frame.assign(label=frame["name"].where(plain, frame[key]))


def _own_district(
    frame: GeoDataFrame, config: DistrictConfig, *, ledger: Ledger
) -> GeoDataFrame:
    """The district's outline as one row; none where it cannot be told."""
    own = np.ones(len(frame), dtype=bool)
    numbers = frame["_origin"].unique().tolist()
    columns = {name for number in numbers for name in ledger.origins[number].columns}
    if len(frame) > 1 and columns & {"district_id", "name"}:
        same = frame["district_id"] == config.district_id
        own = np.array(same | (frame["name"] == config.name), dtype=bool)
        if not own.any():
            shown = {
                "rows": len(frame),
                "id": config.district_id,
                "name": config.name,
                "known": _listed(frame["name"].fillna(frame["district_id"])),
            }
            ledger.report(
                "district_outline_unknown", shown, origin=numbers[0], severity="warning"
            )
        _forget(frame[~own], ledger)
    mine = frame[own & ~frame.geometry.isna()].assign(
        district_id=config.district_id, label=config.name
    )
    ground = union_of(shapes_of(mine))
    first = mine.iloc[:1].reset_index(drop=True)
    return first.set_geometry([ground] * len(first), crs=frame.crs)


def _listed(values: Any) -> str:
    names = list(dict.fromkeys(str(value) for value in values if not pd.isna(value)))
    more = "…" if len(names) > MOST_SHOWN else ""
    return examples(names) + more or _NONE


def _named(communities: pd.DataFrame, outlines: pd.DataFrame) -> Places:
    """The outline that each community names by id or name, -1 without one."""
    names = outlines["name"].where(~outlines["name"].duplicated(keep=False))
    known = {name: at for at, name in enumerate(names) if not pd.isna(name)}
    known |= {key: at for at, key in enumerate(outlines["subdistrict_id"])}
    said = zip(
        communities["subdistrict_id"], communities["subdistrict_name"], strict=True
    )
    return np.array(
        [known.get(key, known.get(name, -1)) for key, name in said], dtype=np.intp
    )


def check_outlines(tables: Mapping[str, Any], *, ledger: Ledger) -> Bools:
    """Warn of communities and subdistricts that lie beyond their parent's outline.

    Parameters
    ----------
    tables : Mapping
        Tables by name, as ``sort_outlines`` leaves them.
    ledger : Ledger
        Takes the faults (``elsewhere``, ``across``, ``outside``, ``unmatched``), and a
        warning of the first of each kind.

    Returns
    -------
    bool array
        Parallel to the communities: compared with their own outline.

    Notes
    -----
    A child with less than half of its ground in its own outline lies elsewhere. Of
    others more than 10 m² and 1 % of their ground is told, where it lies in another
    outline (across) and where it lies in none (outside). Without outlines of
    subdistricts the communities are compared with the district's.
    """
    communities, outlines = tables["communities"], tables["subdistrict_outlines"]
    drawn = (communities["unit_kind"] == "community").to_numpy()
    shapes = shapes_of(communities)
    shapes[~drawn] = None
    home = np.full(len(communities), -1, dtype=np.intp)
    if len(outlines) and len(communities):
        home = _named(communities, outlines)
        _check_names(communities, home, outlines, ledger=ledger)
        _compare("communities", communities, shapes, home, outlines, ledger=ledger)
        table, children = "subdistricts", outlines[outlines["ours"]]
        shapes = shapes_of(children)
    else:
        table, children = "communities", communities
    district = tables["district_outline"]
    inside = np.full(len(children), len(district) - 1, dtype=np.intp)
    _compare(table, children, shapes, inside, district, ledger=ledger)
    return np.asarray((home >= 0) & drawn, dtype=bool)


def _compare(
    table: str,
    children: GeoDataFrame,
    shapes: Objects,
    home: Places,
    above: GeoDataFrame,
    *,
    ledger: Ledger,
) -> None:
    """Tell of children whose ground is not in their own outline, ``home`` of above."""
    rows = np.flatnonzero((home >= 0) & ~shapely.is_missing(shapes))
    if not len(rows):
        return
    children, shapes, home = children.iloc[rows], shapes[rows], home[rows]
    outlines, labels = shapes_of(above), above["label"].to_numpy(dtype=object)
    parent = "subdistrict" if "ours" in above else "district"
    key = "community_id" if table == "communities" else "subdistrict_id"
    names = children["label" if "label" in children else key].to_numpy(dtype=object)
    rest = shapely.difference(shapes, outlines[home])
    check_outlines_fit(
        *(shapes, outlines, home),
        out_m2=float(shapely.area(rest).sum()),
        number=int(above["_origin"].iloc[0]),
        crs=str(above.crs),
        ledger=ledger,
    )
    told: dict[str, list[tuple[int, dict[str, str]]]] = {}
    for kind, row, other, found in _beyond(shapes, rest, home, above):
        ground = ground_of(found)
        own, area_m2 = labels[home[row]], float(shapely.area(ground))
        second = other if kind == "across" else own
        ids = f"{names[row]} · {second}"
        ledger.fault(kind, table, ids, area_m2, ground, parent=parent)
        spot = shapely.point_on_surface(ground)
        shown = {
            "id": str(names[row]),
            "value": str(own),
            "found": other,
            "area": f"{area_m2:,.1f}",
            "wide": f"{float(mean_width_m(ground)):,.0f}",
            "percent": f"{100.0 * area_m2 / shapely.area(shapes[row]):.0f}",
            "x": f"{spot.x:.1f}",
            "y": f"{spot.y:.1f}",
        }
        told.setdefault(_SENTENCES[kind, parent], []).append((row, shown))
    for sentence, pairs in told.items():
        column = "subdistrict_id" if parent == "subdistrict" else key
        warn_first(table, children, pairs, sentence, column=column, ledger=ledger)


def _beyond(
    shapes: Objects, rest: Objects, home: Places, above: GeoDataFrame
) -> Iterator[_Found]:
    """Where the rest of each child's ground lies, that is not in its own outline."""
    outlines, labels = shapes_of(above), above["label"].to_numpy(dtype=object)
    whole, out = shapely.area(shapes), shapely.area(rest)
    least_m2 = np.maximum(ACROSS_M2, ACROSS_SHARE * whole)
    tree = shapely.STRtree(outlines)
    for row in np.flatnonzero(out > least_m2).tolist():
        ground = rest[row]
        if whole[row] - out[row] < MOST_SHARE * whole[row]:
            most = largest_overlap(shapes[[row]], above, "label")[0]
            other = _NONE if most in (None, labels[home[row]]) else str(most)
            yield _Found("elsewhere", row, other, ground)
            continue
        met = np.sort(tree.query(ground, predicate="intersects"))
        for at in met.tolist():
            piece = shapely.intersection(ground, outlines[at])
            if shapely.area(piece) > least_m2[row]:
                yield _Found("across", row, str(labels[at]), piece)
        bare = shapely.difference(ground, union_of(outlines[met]))
        if shapely.area(bare) > least_m2[row]:
            yield _Found("outside", row, _NONE, bare)


def _check_names(
    communities: GeoDataFrame, home: Places, outlines: GeoDataFrame, *, ledger: Ledger
) -> None:
    """Subdistricts that are named and not drawn, and those that are drawn only."""
    said = communities["subdistrict_id"].fillna(communities["subdistrict_name"])
    if not (home >= 0).any():
        shown = {"value": _listed(said), "known": _listed(outlines["label"])}
        number = int(outlines["_origin"].iloc[0])
        ledger.report("outlines_unmatched", shown, origin=number, severity="warning")
        return
    lost = pd.Series(np.arange(len(said)))[(home < 0) & said.notna().to_numpy()]
    bare = np.setdiff1d(np.flatnonzero(outlines["ours"]), home)
    if not len(lost) and not len(bare):
        return
    shapes = shapes_of(communities)
    lies_in = largest_overlap(shapes, outlines, "label")
    for one, rows in lost.groupby(said.to_numpy(dtype=object)[lost]):
        name, ground = str(one), union_of(shapes[rows])
        shown = {
            "value": name,
            "rows": str(len(rows)),
            "found": _listed(lies_in[rows]),
            "known": _listed(outlines["label"][outlines["ours"]]),
        }
        area_m2 = float(shapely.area(ground))
        ledger.fault(
            "unmatched", "communities", name, area_m2, ground, parent="subdistrict"
        )
        ledger.flag(
            communities,
            [int(rows.iloc[0])],
            "outline_missing",
            [shown],
            column="subdistrict_id",
            severity="warning",
        )
    told: list[tuple[int, dict[str, str]]] = []
    for at in bare.tolist():
        name, ground = str(outlines["label"].iloc[at]), outlines.geometry.iloc[at]
        area_m2 = float(shapely.area(ground))
        ledger.fault("unmatched", "subdistricts", name, area_m2, ground)
        held = str(int((lies_in == name).sum()))
        told.append((at, {"value": name, "area": f"{area_m2:,.0f}", "rows": held}))
    key = _SENTENCES["unmatched", ""]
    column = "subdistrict_id"
    warn_first("subdistricts", outlines, told, key, column=column, ledger=ledger)
