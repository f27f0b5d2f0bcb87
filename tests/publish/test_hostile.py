"""Names that attack: shown as text in every output, run by none of them."""

from __future__ import annotations

import json
import re
import warnings
from xml.etree import ElementTree

import geopandas as gpd
import openpyxl
import pyogrio
import pytest
from matplotlib.text import Text

from lifecircle.jobs import draw_charts
from lifecircle.publish.atlas import draw_sheets
from lifecircle.publish.export import export_layers
from lifecircle.publish.headline import opening_rule
from lifecircle.publish.outputs import write_study
from lifecircle.publish.prints.paper import PAPERS
from lifecircle.publish.prints.sheet import sheet_figure, sheet_frame
from tests.publish.page_data import data_of

NAMES = {
    "script": "</script><script>alert(1)</script><img src=x onerror=alert(2)>",
    "formula": "=cmd|' /C calc'!A0",
    "quotes": "\"'`,;${1}\\'); DROP TABLE buildings; --",
    "long": "长" * 250 + "x" * 250,
    "odd": "😀\u202etxt.exe\u200f\u2066\u2028 社区",
    "mathtext": "$\\frac{1}{0}$ %s {name} \\n",
}


@pytest.fixture(scope="module", params=list(NAMES))
def attacked(request, sample_study, tmp_path_factory):
    """The name, the study that bears it everywhere, and its outputs."""
    name = NAMES[request.param]
    study = sample_study(rename=name)
    out = tmp_path_factory.mktemp("attacked") / "out"
    write_study(study, out)
    return name, study, out


def test_the_map_keeps_it_as_data(attacked):
    name, _, out = attacked
    text = (out / "review.html").read_text(encoding="utf-8")
    assert data_of(text)["layers"]["communities"]["name"][0] == name
    # Leaflet, data and our own code: three elements, three ends.
    assert len(re.findall(r"<script\b", text)) == text.count("</script>") == 3
    assert "<img src=x" not in text


def test_the_report_shows_it_as_text(attacked):
    name, _, out = attacked
    text = (out / "report.html").read_text(encoding="utf-8")
    assert "<script" not in text
    assert "<img" not in text
    body = re.sub(r"<(meta)([^>]*)>", r"<\1\2/>", text.partition("\n")[2])
    page = ElementTree.fromstring(body)
    assert name in "".join(page.find("body/main/header/h1").itertext())


def test_the_workbook_holds_texts_not_formulas(attacked):
    name, _, out = attacked
    book = openpyxl.load_workbook(out / "findings.xlsx")
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    bearing = [cell for cell in cells if name in str(cell.value)]
    assert bearing
    assert {cell.data_type for cell in bearing} == {"s"}
    assert not [cell for cell in cells if cell.hyperlink or cell.data_type == "f"]
    assert all(len(sheet.title) <= 31 for sheet in book)


def test_geopackage_and_manifest_keep_it(attacked):
    name, _, out = attacked
    layer = pyogrio.read_dataframe(out / "district.gpkg", layer="communities")
    assert layer["name"][0] == name
    manifest = json.loads((out / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["district"]["name"] == name
    walks = pyogrio.read_dataframe(out / "district.gpkg", layer="map_walks")
    assert len(walks) == len(pyogrio.read_dataframe(out / "district.gpkg", "buildings"))


def test_sheets_and_charts_draw_it_as_text(attacked):
    name, study, out = attacked
    with warnings.catch_warnings():
        # Fonts hold no emoji and no marks of direction: a box is drawn for them.
        warnings.filterwarnings("ignore", "Glyph .* missing from")
        sheets = draw_sheets(out, kind="svg", paper="A4")
        charts = draw_charts(out, kind="svg")
    assert len(charts) == 4
    for path in (*sheets, *charts):
        root = ElementTree.fromstring(path.read_bytes())
        tags = {node.tag.rpartition("}")[2] for node in root.iter()}
        assert not tags & {"script", "image", "foreignObject", "a"}
        assert path.parent.parent == out
        assert len(path.name.encode()) <= 204
    figure = sheet_figure(
        study,
        opening_rule(study.findings),
        paper=PAPERS["A4"],
        frame=sheet_frame(study, paper="A4"),
    )
    told = "".join(text.get_text() for text in figure.findobj(Text))
    assert name[:3].strip() in told


def test_exports_keep_it_or_say_what_was_lost(attacked):
    name, _, out = attacked
    for encoding in ("utf-8", "gbk"):
        done = export_layers(out, encoding=encoding)
        table = pyogrio.read_dataframe(done.folder / "communities.shp")
        lost = done.losses[done.losses["field"] == "name"]
        fits = len(name.encode(encoding, "replace")) <= 254
        whole = fits and name.encode(encoding, "ignore").decode(encoding) == name
        assert (table["name"][0] == name) == whole
        assert (len(lost) == 0) == whole
        for listing in ("fields.csv", "losses.csv"):
            path = done.folder / listing
            if path.exists():
                assert name not in path.read_text(encoding="utf-8-sig")


def test_geoparquet_keeps_it(attacked):
    name, _, out = attacked
    folder = export_layers(out, to="parquet").folder
    assert gpd.read_parquet(folder / "communities.parquet")["name"][0] == name
