"""Switches, filters, cards and paper of review.html, one by one."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from lifecircle.publish.web_map import write_map

pytestmark = pytest.mark.browser

LINES = """
  const told = [];
  const own = LC.trace;
  LC.trace = (v, g, i, ...rest) => {
    if (g === LC.g.boundaries) told.push(LC.data.layers.boundaries.level[i]);
    return own(v, g, i, ...rest);
  };
  const pen = LC.base._ctx;
  const stroke = pen.stroke.bind(pen);
  const widths = [];
  pen.stroke = () => { widths.push(Number(pen.lineWidth.toFixed(3))); stroke(); };
  LC.draw.boundaries({ ...LC.lastView, ctx: pen, mpp: 3 });
  LC.trace = own;
  delete pen.stroke;
"""


def borders_drawn(page):
    """Levels whose lines are drawn, and how wide, lowest first."""
    return page.evaluate(f"() => {{ {LINES} return [told, widths]; }}")


def test_borders_are_switched_by_level(open_page, review_html):
    page = open_page(review_html)
    page.click(".layer-tool")
    every = ["community", "subdistrict", "district"]
    # 4.4 is the white under the district's line.
    assert borders_drawn(page) == [every, [1.1, 1.8, 4.4, 1.8]]
    page.click("[data-layer=subdistricts]")
    # Edges of subdistricts are edges of communities too: drawn as these.
    assert borders_drawn(page) == [every, [1.1, 1.1, 4.4, 1.8]]
    page.click("[data-layer=communities]")
    assert borders_drawn(page) == [["district"], [4.4, 1.8]]
    page.click("[data-layer=district]")
    assert borders_drawn(page) == [[], []]
    page.click("[data-layer=subdistricts]")
    assert borders_drawn(page) == [["subdistrict", "district"], [1.8, 1.8]]


def test_the_legend_names_the_borders_drawn(open_page, review_html):
    page = open_page(review_html, width=1920, height=1080)
    legend = page.locator(".legend")
    for one in ("区界", "街道界", "社区界"):
        assert one in legend.inner_text()
    page.evaluate("LC.toggleLayer('subdistricts')")
    assert "街道界" not in legend.inner_text()
    assert "社区界" in legend.inner_text()


def test_a_subdistrict_is_found_by_name(open_page, review_html, study):
    page = open_page(review_html)
    communities = study.district.communities
    name, key = communities[["subdistrict_name", "subdistrict_id"]].iloc[-1]
    page.fill("#search", name)
    hit = page.locator(".hit").first
    assert hit.inner_text().split("\n") == [name, "街道"]
    hit.click()
    assert page.evaluate("LC.state.table.sub") == key
    west, south, east, north = (
        communities[communities["subdistrict_id"] == key]
        .to_crs("EPSG:4326")
        .total_bounds
    )
    seen = page.evaluate("""(() => { const b = LC.map.getBounds();
      return [b.getWest(), b.getSouth(), b.getEast(), b.getNorth()]; })()""")
    assert seen[0] < west < east < seen[2]
    assert seen[1] < south < north < seen[3]
    # It fills the view as far as card and legend let it.
    assert (north - south) / (seen[3] - seen[1]) > 0.5


@pytest.fixture
def three_statuses(study, tmp_path):
    facilities = study.district.facilities.copy()
    facilities["status"] = [
        ("built", "under_construction", "planned")[place % 3]
        for place in range(len(facilities))
    ]
    district = replace(study.district, facilities=facilities)
    write_map(replace(study, district=district), tmp_path / "review.html")
    return tmp_path / "review.html", facilities


def test_facilities_are_filtered_by_status(open_page, three_statuses):
    path, facilities = three_statuses
    page = open_page(path)
    page.click("[data-tab=today]")
    shown = """(() => LC.every(LC.g.facilities).filter(LC.facilityShown)
      .map((i) => LC.data.layers.facilities.status[i]))()"""
    before = page.evaluate(shown)
    assert len(set(before)) > 1
    page.click(".facility-tool")
    for status, count in facilities["status"].value_counts().items():
        box = page.locator(f"[data-status={status}]")
        assert box.locator("xpath=..").inner_text().endswith(f" {count}")
        assert box.is_checked()
    for word in ("under_construction", "planned"):
        page.click(f"[data-status={word}]")
    assert set(page.evaluate(shown)) == {"built"}
    assert page.locator(".facility-row").count() == before.count("built")
    legend = page.locator(".legend").inner_text()
    assert "在建" not in legend
    assert "（规划）" not in legend
    page.click("[data-status=built]")
    assert page.evaluate(shown) == []
    assert page.locator(".facility-row").count() == 0
    page.click("[data-status=planned]")
    assert set(page.evaluate(shown)) == {"planned"}


def test_every_rule_shows_its_clause_on_the_card(open_page, review_html, study):
    page = open_page(review_html)
    for book in study.findings.books:
        for rule in book.rules:
            page.evaluate(
                "(id) => { LC.chooseRule(id); LC.chooseCommunity(1); }", rule.rule_id
            )
            quote = page.locator(".card .quote").inner_text()
            assert quote == (f"“{rule.quote}”" if rule.quote else "规则书未录原文。")


def test_the_card_has_the_dashboard_of_its_community(open_page, review_html, study):
    page = open_page(review_html)
    page.evaluate("LC.chooseCommunity(2)")
    rows = study.dashboard
    rows = rows[rows["unit_id"] == study.district.communities["community_id"].iloc[2]]
    board = page.locator(".board")
    met, of = rows["must_met"].sum(), rows["must_assessed"].sum()
    assert f"强制项达标 {met}/{of}" in board.locator("summary").inner_text()
    board.locator("summary").click()
    lines = board.locator("tbody tr")
    assert lines.count() == len(rows)
    for number, row in enumerate(rows.itertuples()):
        line = lines.nth(number)
        told = line.locator("td").nth(1).inner_text()
        assert told == (
            f"{row.must_met}/{row.must_assessed}" if row.must_assessed else "–"
        )
        fails = row.must_met < row.must_assessed
        assert (line.get_attribute("class") == "fail") == fails


def test_the_panel_counts_the_rows_of_every_source(open_page, review_html, study):
    page = open_page(review_html)
    page.click(".about-button")
    table = page.locator(".about details", has_text="各来源行数").first
    counts = study.district.row_counts
    lines = table.locator("tbody tr")
    assert lines.count() == len(counts) > 0
    names = [
        "rows_read",
        "rows_used",
        "rows_rejected",
        "rows_merged",
        "rows_elsewhere",
        "rows_estimated",
    ]
    for number, row in enumerate(counts[names].itertuples(index=False)):
        told = lines.nth(number).locator("td").all_inner_texts()[2:]
        assert told == [f"{one:,}" for one in row]


PAPERS = {"A3": (1190.55, 841.89), "A4": (841.89, 595.28)}
"""Points, landscape (ISO 216: 420 x 297 and 297 x 210 mm)."""


@pytest.mark.parametrize("paper", PAPERS)
def test_one_sheet_of_the_chosen_paper(open_page, review_html, paper):
    page = open_page(review_html)
    page.select_option(".paper", paper)
    pdf = page.pdf(prefer_css_page_size=True, print_background=True)
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 1
    box = re.search(rb"/MediaBox\s*\[\s*0 0 ([\d.]+) ([\d.]+)", pdf)
    told = [float(one) for one in box.groups()]
    assert told == pytest.approx(PAPERS[paper], abs=1)


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("card", [False, True])
def test_a_sheet_is_at_a_scale_and_nothing_is_cut(open_page, review_html, paper, card):
    page = open_page(review_html)
    page.select_option(".paper", paper)
    if card:
        page.evaluate("LC.chooseCommunity(2)")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    sheet = page.locator("#app").bounding_box()
    # The paper less two margins of 10 mm, in pixels of 1/96 inch.
    wide, high = (one / 72 * 96 - 20 / 25.4 * 96 for one in PAPERS[paper])
    assert wide - 8 < sheet["width"] <= wide
    assert high - 8 < sheet["height"] <= high
    scale = page.evaluate("LC.sheetScale")
    assert scale in (2000, 5000, 10000, 15000, 20000, 25000, 30000, 40000)
    said = page.locator(".sheet-scale").inner_text().replace(" ", "")
    assert said == f"1:{scale}"
    # The bar is as long on paper as it says: metres / scale, at 96 pixels an inch.
    bar = page.locator(".scale-bar").bounding_box()["width"] / 96 * 0.0254 * scale
    far = page.locator(".scale-bar .far").inner_text().split()
    metres = float(far[0]) * {"m": 1, "km": 1000}[far[1]]
    assert bar == pytest.approx(metres, rel=0.02)
    # The whole district stands on the map, clear of legend and card.
    corners = page.evaluate("""(() => { const h = LC.home;
      const box = LC.map.getContainer().getBoundingClientRect();
      const [a, b] = [h.getNorthWest(), h.getSouthEast()]
        .map((one) => LC.map.latLngToContainerPoint(one));
      return [a.x + box.x, a.y + box.y, b.x + box.x, b.y + box.y]; })()""")
    frame = page.locator("#map").bounding_box()
    assert corners[0] >= frame["x"]
    assert corners[1] >= frame["y"]
    assert corners[3] <= frame["y"] + frame["height"]
    legend = page.locator(".legend").bounding_box()
    beside = legend["x"] + legend["width"] <= corners[0] or legend["x"] >= corners[2]
    assert beside
    column = page.locator(".panel-scroll")
    if column.is_visible():
        assert column.evaluate("(one) => one.scrollHeight <= one.clientHeight")
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert page.locator(".sheet-scale").count() == 0
