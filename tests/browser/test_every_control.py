"""One reviewer clicks through every control of the demo's review.html at 1366 x 768.

The page itself notes which kinds of controls it ever showed and which were used: at
the end none is left over. ``open_page`` counts requests and console errors.
"""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from lifecircle.plans.communities import merge_communities
from lifecircle.publish.web_map import write_map

pytestmark = pytest.mark.browser

NOTES = Path(__file__).with_name("every_control.js")


@pytest.fixture(scope="module")
def demo(demo_study):
    merged = merge_communities(demo_study.district, households=(2400, 6400))
    return replace(demo_study, community_plan=merged)


@pytest.fixture
def page(demo, open_page, tmp_path):
    write_map(demo, tmp_path / "review.html")
    page = open_page(tmp_path / "review.html", script=NOTES.read_text(encoding="utf-8"))
    page.set_default_timeout(5000)
    return page


def press_all(page, selector, *, seen):
    """Click what ``selector`` finds, one by one; ``seen(text)`` after each click."""
    for number in range(page.locator(selector).count()):
        one = page.locator(selector).nth(number)
        text = one.inner_text()
        one.click()
        seen(text)


def changes(page, act):
    """Whether ``act`` changes what the two canvases show."""
    before = page.evaluate("picture()")
    act()
    return page.evaluate("picture()") != before


def map_point(page, layer, row):
    """Screen place of the inside of a feature."""
    return page.evaluate(
        """([layer, i]) => {
          const s = Math.pow(2, LC.map.getZoom());
          const [x, y] = LC.insidePoint(LC.g[layer], i);
          const at = LC.map.latLngToContainerPoint(LC.map.unproject([x * s, y * s]));
          const box = LC.map.getContainer().getBoundingClientRect();
          return [box.left + at.x, box.top + at.y];
        }""",
        [layer, row],
    )


def every_rule_with_its_clause(page, demo):
    """Choose each rule from the menu; a community shows the quote of its clause."""
    rules = {rule.rule_id: rule for book in demo.findings.books for rule in book.rules}
    page.click("#rule")
    offered = page.evaluate(
        "[...document.querySelectorAll('.rule-row')].map((row) => row.dataset.rule)"
    )
    assert set(offered) == set(demo.findings.rows["rule_id"])
    page.keyboard.press("Escape")
    for rule in offered:
        page.click("#rule")
        row = page.locator(f"[data-rule='{rule}']")
        if row.is_hidden():
            page.click(".rule-menu summary")
        row.click()
        assert rules[rule].title_zh in page.locator("#rule").inner_text()
        page.evaluate("LC.chooseCommunity(1)")
        quote = page.locator(".card .quote").inner_text()
        assert quote == (f"“{rules[rule].quote}”" if rules[rule].quote else quote)
        assert quote
        page.click(".card:not(.building-card) .close")


def a_rule_above_communities(page, demo):
    page.evaluate("LC.chooseRule('HF-R09')")
    units = page.locator(".bar-row.plain")
    assert units.count() == (demo.findings.rows["rule_id"] == "HF-R09").sum() == 1
    units.first.click()


def choose_coverage_rule(page):
    page.click("#rule")
    page.click("[data-rule='HF-R10']")


def a_community_and_its_findings(page, demo):
    rows = demo.findings.rows
    failing = rows.query("rule_id == 'HF-R10' and verdict == 'fail'")
    bars = page.locator(".bar-row.fail")
    assert bars.count() == len(failing) == 4
    bars.first.click()
    card = page.locator(".card:not(.building-card)")
    name = card.locator("h2").inner_text()
    row = failing.set_index("unit_name").loc[name]
    assert f"{row['measured'] * 100:.1f}%" in card.locator(".big").inner_text()
    mine = rows[(rows["unit_id"] == row["unit_id"]) & (rows["level"] == "community")]
    page.click(".board summary")
    page.click(".others summary")
    told = card.locator(".others").get_by_role("button").count()
    assert told == len(mine) - 1
    if card.locator("details.source summary").count():
        card.locator("details.source summary").first.click()
    page.click(".card [aria-label='下一个'], .card .icon >> nth=1")
    assert card.locator("h2").inner_text() != name
    page.locator(".card:not(.building-card) .icon").first.click()
    assert card.locator("h2").inner_text() == name
    card.locator(".others .link").first.click()
    assert page.evaluate("LC.state.rule") != "HF-R10"
    choose_coverage_rule(page)
    card.locator(".close").click()


def gap_areas_show_their_walk(page, demo):
    routes = demo.routes.query("rule_id == 'HF-R10'")
    areas = demo.gaps.areas
    listed = areas.query("rule_id == 'HF-R10' and households >= 50")
    assert page.locator(".gap-row").count() == len(listed)

    def walk(_):
        gap = areas["gap_id"].iloc[page.evaluate("LC.state.gap")]
        route = routes.set_index("gap_id").loc[gap]
        assert page.evaluate("LC.routeShown()") >= 0
        said = page.locator(".example").inner_text().replace(",", "")
        assert f"{route['walk_m']:.0f} m" in said

    press_all(page, ".gap-row", seen=walk)


def layers_change_the_picture(page):
    """Each switch changes the map and gives it back; a gap's walk is on show."""
    page.click(".layer-tool")
    names = page.evaluate(
        "[...document.querySelectorAll('[data-layer]')].map((n) => n.dataset.layer)"
    )
    wanted = {"buildings", "isochrones", "gaps", "grids", "facilities"}
    wanted |= {"communities", "subdistricts", "district"}
    assert wanted <= set(names)
    for name in names:
        before = page.evaluate("picture()")
        assert changes(page, lambda name=name: page.click(f"[data-layer={name}]")), name
        page.click(f"[data-layer={name}]")
        assert page.evaluate("picture()") == before, name
    page.click("[data-layer=isochrones]")
    limits = "LC.isochronesOf().map((i) => LC.data.layers.isochrones.limit[i])"
    assert page.evaluate(limits) == [20, 15, 10, 5]
    assert "等时圈" in page.locator(".legend").inner_text()
    page.click("[data-layer=isochrones]")
    assert "等时圈" not in page.locator(".legend").inner_text()
    page.keyboard.press("Escape")
    rows = page.locator("button.legend-row")
    assert changes(page, rows.first.click)
    page.keyboard.press("Escape")
    page.evaluate("LC.setIn('layers', { gaps: true, facilities: true })")


def any_class_and_status(page, demo):
    """Legend, list and colours follow the class; its facilities say their status."""
    page.click(".facility-tool")
    page.click("[data-walker=adult]")
    page.click("[data-walker=elderly]")
    for box in page.locator("[data-status]").all():
        assert changes(page, box.click)
        box.click()
    codes = page.evaluate(
        "[...document.querySelectorAll('[data-class]')].map((n) => n.dataset.class)"
    )
    assert set(codes) == set(demo.access["facility_class"])
    page.keyboard.press("Escape")
    page.click("[data-tab=today]")
    of_class = demo.district.facility_classes.merge(
        demo.district.facilities[["facility_id", "status"]], on="facility_id"
    )
    for code in codes:
        page.click(".facility-tool")
        page.click(f"[data-class='{code}']")
        name = page.evaluate("LC.className(LC.state.cls)")
        legend = page.locator(".legend").inner_text()
        assert name in legend
        mine = of_class.query("facility_class == @code")
        assert page.locator(".facility-row").count() == len(mine)
        for status, word in (("under_construction", "在建"), ("planned", "规划")):
            assert (f"{name}（{word}" in legend) == (status in set(mine["status"]))
    page.locator(".facility-row").first.click()
    page.click("[data-tab=shortfalls]")
    choose_coverage_rule(page)


def a_building_and_its_nearest(page, demo):
    """A click on a building lists every class; each draws a line of its own."""
    page.locator(".zoom-home").click()
    page.locator(".zoom-in").click()
    page.locator(".zoom-out").click()
    page.wait_for_timeout(400)
    row = page.evaluate("LC.data.layers.buildings.id.indexOf('B0913')")
    page.evaluate("(i) => LC.panTo(LC.g.buildings, i)", row)
    page.wait_for_timeout(400)
    page.mouse.click(*map_point(page, "buildings", row))
    assert page.evaluate("LC.state.building") == row
    mine = demo.access.query("building_id == 'B0913' and walker == 'elderly'")
    mine = mine[mine["status_set"] == "built"].set_index("facility_class")
    card = page.locator(".building-card")
    assert card.locator("tbody tr").count() == len(mine)
    canteen = card.locator("tbody tr").first.inner_text()
    assert f"{mine.loc['ELD.CANTEEN', 'walk_m']:,.0f}" in canteen
    pictures = set()
    for number in range(3):
        card.locator("tbody .link").nth(number).click()
        code, facility = page.evaluate(
            "[LC.state.cls, LC.data.layers.facilities.id[LC.state.target]]"
        )
        assert facility == mine.loc[code, "facility_id"]
        pictures.add(page.evaluate("picture()"))
    assert len(pictures) > 1
    card.locator(".card-sub .link").click()
    page.mouse.click(*map_point(page, "buildings", row))
    if card.is_visible():
        card.locator(".close").click()
    page.keyboard.press("Escape")


def search_and_table(page, demo):
    rows = demo.findings.rows
    page.fill("#search", "北关社区")
    page.locator(".hit").first.click()
    assert page.locator(".card h2").first.inner_text() == "北关社区"
    for name in sorted(set(demo.district.communities["subdistrict_name"])):
        page.fill("#search", name)
        page.locator(".hit", has_text="街道").first.click()
    page.fill("#search", "")
    page.click(".drawer-tab")
    page.select_option("[data-menu=sub]", "")
    chips = page.locator("[data-verdict]").evaluate_all(
        "(all) => all.map((one) => one.dataset.verdict)"
    )
    for verdict in chips:
        chip = page.locator(f"[data-verdict={verdict}]")
        if chip.get_attribute("aria-pressed") == "true":
            chip.click()
        chip.click()
        assert chip.get_attribute("aria-pressed") == "true"
        shown = page.locator("table.findings tbody tr").count()
        assert shown == (rows["verdict"] == verdict).sum()
    page.locator("[data-verdict].on").click()
    page.click(".more")
    assert page.locator("table.findings tbody tr").count() == len(rows)
    page.select_option("[data-menu=sub]", "S2")
    page.select_option("[data-menu=rule]", "HF-R10")
    for column in page.evaluate("LC.table.columns"):
        page.click(f"[data-sort={column}]")
        head = page.locator(f"th.c-{column}")
        assert head.get_attribute("aria-sort") in ("ascending", "descending")
    page.select_option("[data-menu=sub]", "")
    table = page.locator("table.findings tbody")
    name = table.locator("tr td.c-name").nth(3).inner_text()
    table.locator("tr .row-name").nth(3).click()
    assert page.locator(".card h2").first.inner_text() == name
    # And back: a bar of the panel chooses the row.
    page.locator(".bar-row").nth(2).click()
    chosen = page.locator(".card h2").first.inner_text()
    assert page.locator("tr.selected td.c-name").inner_text() == chosen
    with page.expect_download() as download:
        page.click(".csv")
    text = download.value.path().read_text(encoding="utf-8-sig")
    assert len(text.splitlines()) == 1 + (rows["rule_id"] == "HF-R10").sum()
    page.click(".collapse")
    page.keyboard.press("Escape")


def grids_of_today_and_of_the_plan(page, demo):
    page.click("[data-tab=proposals]")
    for level in ("communities", "grids"):
        page.click(f"[data-level={level}]")
        for view in ("today", "proposed", "swipe"):
            page.click(f"[data-view={view}]")
            assert page.locator(".swipe").is_visible() == (view == "swipe")
        assert changes(page, lambda: drag_the_bar(page))
    page.locator(".plan-list .bar-row").first.click()
    grids = page.locator(".card:not(.building-card) tbody .link")
    grids.first.click()
    assert page.evaluate("LC.state.planGrid") >= 0
    page.keyboard.press("Escape")
    page.click("[data-tab=shortfalls]")


def drag_the_bar(page):
    handle = page.locator(".swipe-handle")
    handle.click()
    for _ in range(6):
        page.keyboard.press("ArrowLeft")


def measure_language_print_and_method(page, demo, tmp_path):
    page.click(".measure-tool")
    page.mouse.click(700, 300)
    page.mouse.click(900, 300)
    scale = page.evaluate("LC.metresPerWorld / Math.pow(2, LC.map.getZoom())")
    assert page.evaluate("LC.rulerMetres()") == pytest.approx(200 * scale, rel=0.01)
    page.click(".measure-tool")
    page.click(".lang")
    assert page.get_attribute("html", "lang") == "en"
    assert "Findings" in page.locator(".drawer").inner_text()
    page.click(".lang")
    for paper, wide_pt in (("A4", 842), ("A3", 1191)):
        page.select_option(".paper", paper)
        page.click(".print")
        pdf = page.pdf(prefer_css_page_size=True, print_background=True)
        assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 1
        right = re.search(rb"/MediaBox\s*\[\s*0 0 ([\d.]+)", pdf).group(1)
        assert float(right) == pytest.approx(wide_pt, abs=1)
    assert page.evaluate("sheets") == 2
    page.click(".about-button")
    folded = page.locator(".about summary")
    for number in range(folded.count()):
        folded.nth(number).click()
    for word in ("楼栋.shp", "leaflet", "CloudMade"):
        assert word in page.locator(".about").text_content()
    page.click(".about .close")
    # On a narrow screen the panel folds to its headline.
    page.set_viewport_size({"width": 700, "height": 768})
    page.click(".fold")
    assert page.locator(".bars").is_hidden()
    page.click(".fold")
    assert page.locator(".bars").is_visible()
    page.set_viewport_size({"width": 1366, "height": 768})
    page.click(".legend-fold")
    assert "等时" not in page.locator(".legend").inner_text()
    page.click(".legend-fold")


def by_keyboard_only(page):
    """Tab reaches every control in sight; keys do what the mouse did."""
    page.evaluate("document.activeElement.blur()")
    in_sight = page.evaluate("inSight().length")
    reached = set()
    for _ in range(in_sight + 10):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("inSight().indexOf(document.activeElement)"))
    assert len(reached - {-1}) == in_sight
    # Never while typing: wherever the last Tab led to.
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("/")
    page.keyboard.type("钟楼社区")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert page.locator(".card h2").first.inner_text() == "钟楼社区"
    page.keyboard.press("]")
    assert page.locator(".card h2").first.inner_text() != "钟楼社区"
    page.keyboard.press("Escape")
    page.keyboard.press("l")
    page.locator("[data-layer=land]").focus()
    assert changes(page, lambda: page.keyboard.press("Space"))
    page.keyboard.press("Space")
    page.keyboard.press("Escape")
    assert page.locator(".layer-menu").count() == 0
    page.locator("#rule").focus()
    page.keyboard.press("Enter")
    page.locator(".rule-row").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert page.locator(".rule-menu").count() == 0
    page.keyboard.press("p")
    assert page.evaluate("sheets") == 3


def test_a_reviewer_clicks_through_every_control(page, demo, tmp_path):
    every_rule_with_its_clause(page, demo)
    a_rule_above_communities(page, demo)
    choose_coverage_rule(page)
    a_community_and_its_findings(page, demo)
    gap_areas_show_their_walk(page, demo)
    layers_change_the_picture(page)
    any_class_and_status(page, demo)
    a_building_and_its_nearest(page, demo)
    search_and_table(page, demo)
    grids_of_today_and_of_the_plan(page, demo)
    measure_language_print_and_method(page, demo, tmp_path)
    by_keyboard_only(page)
    left_over = page.evaluate("[...seen].filter((one) => !used.has(one))")
    assert left_over == [], left_over
    assert page.evaluate("document.documentElement.scrollWidth") <= 1366
