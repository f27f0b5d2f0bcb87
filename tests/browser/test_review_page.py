"""Every control of review.html, clicked in headless Chromium with the network off."""

from __future__ import annotations

import zlib
from dataclasses import replace

import numpy as np
import pytest
import shapely

from lifecircle.publish.headline import headline
from lifecircle.publish.web_map import write_map

pytestmark = pytest.mark.browser

PIXELS = """
  const from = LC.base._container;
  const copy = document.createElement("canvas");
  copy.width = from.width;
  copy.height = from.height;
  const pen = copy.getContext("2d", { willReadFrequently: true });
  pen.drawImage(from, 0, 0);
  const d = pen.getImageData(0, 0, copy.width, copy.height).data;
  const seen = new Set();
  for (let k = 0; k < d.length; k += 4) {
    seen.add((d[k] << 16) | (d[k + 1] << 8) | d[k + 2]);
  }
"""


def colours(page):
    """How many different colours the map's canvas shows."""
    return page.evaluate(f"() => {{ {PIXELS} return seen.size; }}")


def has_colour(page, hexadecimal):
    number = int(hexadecimal.removeprefix("#"), 16)
    return page.evaluate(f"(wanted) => {{ {PIXELS} return seen.has(wanted); }}", number)


def choose_rule(page, rule):
    page.click("#rule")
    page.click(f"[data-rule='{rule}']")


def rows_shown(page):
    return page.locator("table.findings tbody tr").count()


def point_on_map(page, layer, number):
    """Screen place of a feature's middle."""
    return page.evaluate(
        """([layer, i]) => {
          const s = Math.pow(2, LC.map.getZoom());
          const [x, y] = LC.middle(LC.g[layer], i);
          const at = LC.map.latLngToContainerPoint(LC.map.unproject([x * s, y * s]));
          const box = LC.map.getContainer().getBoundingClientRect();
          return [box.left + at.x, box.top + at.y];
        }""",
        [layer, number],
    )


def test_first_sight_answers_the_question(open_page, review_html, study):
    page = open_page(review_html)
    said = headline(study, "HF-R10", "zh")
    assert page.locator("h1").inner_text() == said.lead
    assert page.locator(".sub").inner_text() == "".join(said.lines)
    assert page.locator(".stamp").inner_text() == "内部资料"
    assert "未送审，仅限内部使用" in page.locator(".foot").inner_text()
    assert "示例数据，区名虚构" in page.locator(".foot").inner_text()
    # Light blue within five minutes, dark red beyond twenty, gap hatching: all drawn.
    assert has_colour(page, "#DCE8F3")
    assert has_colour(page, "#6E1A10")
    assert colours(page) > 60


def test_rules_change_panel_map_and_legend(open_page, review_html):
    page = open_page(review_html)
    choose_rule(page, "DC-R02")
    assert "网格" in page.locator("h1").inner_text()
    assert page.locator(".legend").inner_text().startswith("–\n网格户数")
    assert not has_colour(page, "#6E1A10")
    choose_rule(page, "HF-R01")
    assert page.locator(".bar-row").count() == 12
    assert "差额占标准" in page.locator(".legend").inner_text()
    choose_rule(page, "HF-R10")
    assert has_colour(page, "#6E1A10")


def test_layers_can_be_hidden(open_page, review_html):
    page = open_page(review_html)
    page.click(".layer-tool")
    for layer in page.locator("[data-layer]").all():
        name = layer.get_attribute("data-layer")
        before = layer.is_checked()
        layer.click()
        assert page.locator(f"[data-layer={name}]").is_checked() != before
        page.locator(f"[data-layer={name}]").click()
    page.locator("[data-layer=buildings]").uncheck()
    assert not has_colour(page, "#6E1A10")
    page.keyboard.press("Escape")
    assert page.locator(".layer-menu").count() == 0


def test_any_class_and_walker_colours_the_buildings(open_page, review_html):
    page = open_page(review_html)
    page.click(".facility-tool")
    page.click("[data-class='COM.MARKET']")
    assert "菜市场" in page.locator(".legend").inner_text()
    assert "缺口片区" not in page.locator(".legend").inner_text()
    page.click(".facility-tool")
    page.click("[data-walker=adult]")
    assert "1.1 m/s" in page.locator(".legend").inner_text()


def test_language_switches_everything(open_page, review_html, study):
    page = open_page(review_html)
    page.click(".lang")
    assert page.locator("h1").inner_text() == headline(study, "HF-R10", "en").lead
    assert page.locator("html").get_attribute("lang") == "en"
    assert "Data and method" in page.locator(".foot").inner_text()
    page.click(".lang")
    assert page.locator("h1").inner_text() == headline(study, "HF-R10", "zh").lead


def test_the_table_filters_sorts_and_selects(open_page, review_html, study):
    page = open_page(review_html)
    rows = study.findings.rows
    page.click(".drawer-tab")
    assert rows_shown(page) == (rows["verdict"] == "fail").sum()
    page.click("[data-verdict=fail]")
    assert rows_shown(page) == len(rows)
    page.select_option("[data-menu=rule]", "HF-R10")
    assert rows_shown(page) == 12
    page.select_option("[data-menu=sub]", "S3")
    # Two columns of communities lie east of the river: 2 x 3.
    assert rows_shown(page) == 6
    page.click("[data-sort=measured]")
    page.click("[data-sort=measured]")
    texts = page.locator("table.findings td.c-measured").all_inner_texts()
    figures = [float(text.strip("≈")) for text in texts if text != "–"]
    assert figures == sorted(figures)
    page.locator("table.findings tbody tr").first.click()
    name = page.locator("table.findings tbody tr td.c-name").first.inner_text()
    assert page.locator(".card h2").inner_text() == name
    assert page.locator("tr.selected").count() == 1
    page.click(".collapse")
    assert page.locator(".drawer-tab").is_visible()


def test_the_csv_holds_the_rows_shown(open_page, review_html, study):
    page = open_page(review_html)
    page.click(".drawer-tab")
    with page.expect_download() as download:
        page.click(".csv")
    text = download.value.path().read_text(encoding="utf-8-sig")
    failing = (study.findings.rows["verdict"] == "fail").sum()
    assert len(text.splitlines()) == failing + 1
    assert text.startswith("判定,单元,街道")


def test_a_community_card_from_list_and_map(open_page, review_html, study):
    page = open_page(review_html)
    page.locator(".bar-row.fail").nth(2).click()
    card = page.locator(".card:not(.building-card)")
    rows = study.findings.rows.set_index(["rule_id", "unit_name"])
    name = card.locator("h2").inner_text()
    measured = rows.loc[("HF-R10", name), "measured"]
    assert card.locator(".big").inner_text() == f"≈{measured * 100:.1f}%"
    text = card.inner_text()
    assert "城区15分钟、县城区20分钟的老年人助餐和服务网络" in text
    assert "报道" in text
    assert "本区设定" in text
    assert card.locator(".column").count() >= 5
    assert "直线" in card.locator(".example").inner_text()
    page.keyboard.press("]")
    assert card.locator("h2").inner_text() != name
    page.keyboard.press("Escape")
    assert card.is_hidden()


def test_histogram_sums_to_the_people_judged(open_page, review_html, study):
    page = open_page(review_html)
    page.locator(".bar-row.fail").nth(2).click()
    name = page.locator(".card h2").first.inner_text()
    row = study.findings.rows.set_index(["rule_id", "unit_name"]).loc[("HF-R10", name)]
    texts = page.locator(".column-value").all_inner_texts()
    people = sum(int(text.strip("≈").replace(",", "")) for text in texts)
    assert people == pytest.approx(row["denominator"], abs=3)


def place_of(page, building):
    """Place of a building in the page, where neighbours stand together."""
    return page.evaluate(
        "(id) => LC.data.layers.buildings.id.indexOf(id)", building["building_id"]
    )


def test_a_browser_that_cannot_decompress_shows_the_same(open_page, review_html):
    page = open_page(review_html)
    whole = page.evaluate("[LC.data.layers.buildings.id, Array.from(LC.g.roads.x)]")
    old = open_page(review_html, script="delete window.DecompressionStream;")
    assert old.evaluate("LC.slowData") is True
    assert page.evaluate("LC.slowData === undefined")
    shown = "[LC.data.layers.buildings.id, Array.from(LC.g.roads.x)]"
    assert old.evaluate(shown) == whole
    assert old.locator(".notice").inner_text() != ""


@pytest.mark.parametrize("level", [0, 9])
def test_the_own_inflater_reads_stored_blocks(open_page, review_html, level):
    # Noise is stored, what repeats is deflated: blocks of both kinds take turns.
    noise = np.random.default_rng(3).bytes(70_000)
    deflate = zlib.compressobj(level, wbits=-15)
    told = b""
    for part in (noise, b"aaab" * 5000, noise[::-1], b"c" * 7):
        told += deflate.compress(part) + deflate.flush(zlib.Z_SYNC_FLUSH)
    told += deflate.flush()
    page = open_page(review_html)
    read = page.evaluate(
        "([told, size]) => Array.from(LC.inflate(Uint8Array.from(told),"
        " new Uint8Array(size)))",
        [list(told), 160_007],
    )
    assert bytes(read) == noise + b"aaab" * 5000 + noise[::-1] + b"c" * 7


def test_a_building_card_lists_every_class(open_page, review_html, study):
    page = open_page(review_html)
    building = study.district.buildings.iloc[400]
    page.mouse.click(*point_on_map(page, "buildings", place_of(page, building)))
    card = page.locator(".building-card")
    assert card.locator("h2").inner_text() == building["name"]
    assert card.locator("tbody tr").count() == 4
    walk = study.access[
        (study.access["building_id"] == building["building_id"])
        & (study.access["walker"] == "elderly")
        & (study.access["facility_class"] == "ELD.CANTEEN")
    ].iloc[0]
    first = card.locator("tbody tr").first.inner_text()
    assert f"{walk['walk_m']:,.0f}" in first
    card.locator("tbody tr").nth(1).locator("button").click()
    assert page.evaluate("LC.state.target") >= 0
    page.keyboard.press("Escape")
    assert card.is_hidden()


def test_gap_areas_are_listed_and_chosen(open_page, review_html, study):
    page = open_page(review_html)
    first = study.gaps.areas.iloc[0]
    row = page.locator(".gap-row").first
    assert f"{first['households']:,.0f} 户" in row.inner_text()
    row.click()
    assert page.evaluate("LC.state.gap") == 0
    assert "m" in page.locator(".example").inner_text()


def test_search_finds_names(open_page, review_html):
    page = open_page(review_html)
    page.keyboard.press("/")
    page.keyboard.type("渡口社区")
    page.keyboard.press("Enter")
    assert page.locator(".card h2").first.inner_text() == "渡口社区"
    page.fill("#search", "无此地")
    assert page.locator(".hits").inner_text() == "未找到“无此地”。"


def written(page, mpp):
    """What the map writes at so many metres a pixel, around its middle."""
    return page.evaluate(
        """(mpp) => {
          const told = [];
          const own = LC.halo;
          LC.halo = (ctx, text, ...rest) => {
            told.push(text);
            own(ctx, text, ...rest);
          };
          const [west, south, east, north] = LC.data.layers.district.bounds;
          LC.map.setView([(south + north) / 2, (west + east) / 2],
            Math.log2(LC.metresPerWorld / mpp), { animate: false });
          LC.base.redraw();
          LC.overlay.redraw();
          return new Promise((done) => setTimeout(() => {
            LC.halo = own;
            done(told);
          }, 400));
        }""",
        mpp,
    )


def test_subdistricts_are_named_far_off_and_failing_communities_too(
    open_page, review_html, study
):
    page = open_page(review_html, width=1920, height=1080)
    names = set(study.district.communities["subdistrict_name"])
    assert len(names) == 3
    far = written(page, 8.5)
    assert names <= set(far)
    failing = page.evaluate(
        """LC.every(LC.g.communities)
          .map((i) => LC.communityLabel(i, 8.5))
          .filter((one) => one.verdict === "fail").map((one) => one.name)"""
    )
    assert len(failing) == 7
    assert set(failing) <= set(far)
    assert not names & set(written(page, 4))


def test_minutes_stand_inside_buildings_of_any_shape(open_page, study, tmp_path):
    buildings = study.district.buildings.copy()
    low_x, low_y, high_x, high_y = buildings.geometry.iloc[0].bounds
    # A thin L: the middle of its box lies outside of it.
    shape = [(0, 0), (1, 0), (1, 0.2), (0.2, 0.2), (0.2, 1), (0, 1)]
    wide, high = high_x - low_x, high_y - low_y
    buildings.loc[0, "geometry"] = shapely.Polygon(
        [(low_x + x * wide, low_y + y * high) for x, y in shape]
    )
    path = tmp_path / "review.html"
    district = replace(study.district, buildings=buildings)
    write_map(replace(study, district=district), path)
    page = open_page(path)
    place = place_of(page, buildings.iloc[0])
    inside = """([i, name]) => LC.contains(LC.g.buildings, i,
      ...LC[name](LC.g.buildings, i))"""
    assert page.evaluate(inside, [place, "middle"]) is False
    assert page.evaluate(inside, [place, "insidePoint"]) is True


def test_tabs(open_page, review_html):
    page = open_page(review_html)
    page.click("[data-tab=today]")
    assert page.locator(".facility-row").count() == 4
    page.click("[data-tab=proposals]")
    assert page.locator("h1").inner_text().startswith("达标网格")


def test_measuring(open_page, review_html):
    page = open_page(review_html)
    page.click(".measure-tool")
    page.mouse.click(700, 300)
    page.mouse.click(900, 300)
    metres = page.evaluate("LC.rulerMetres()")
    scale = page.evaluate("LC.metresPerWorld / Math.pow(2, LC.map.getZoom())")
    assert metres == pytest.approx(200 * scale, rel=0.01)
    page.keyboard.press("Escape")
    assert not page.evaluate("LC.state.measuring")


def test_provenance(open_page, review_html):
    page = open_page(review_html)
    page.click(".about-button")
    text = page.locator(".about").inner_text()
    for word in ("社区.shp", "cccccccccccc", "aaaaaaaaaaaa", "0.8 m/s", "HF-R10"):
        assert word in text
    assert "/somewhere" not in text
    page.keyboard.press("Escape")
    assert page.locator(".about").is_hidden()


def test_zoom_changes_what_is_drawn(open_page, review_html):
    page = open_page(review_html)
    for _ in range(4):
        page.click(".zoom-out")
        page.wait_for_timeout(300)
    assert page.evaluate("LC.mpp") > 8
    assert "差额占标准" in page.locator(".legend").inner_text()
    page.click(".zoom-home")
    page.wait_for_timeout(300)
    assert "步行到最近" in page.locator(".legend").inner_text()


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (1920, 1080), (390, 844)])
def test_nothing_overflows(open_page, review_html, width, height):
    page = open_page(review_html, width=width, height=height)
    page.evaluate("LC.chooseCommunity(2)")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for part in (".card", ".panel", "#map"):
        box = page.locator(part).first.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width + 1
        assert box["y"] + box["height"] <= height + 1


def test_hostile_names_are_only_text(open_page, sample_study, tmp_path):
    name = "</script><img src=x onerror=alert(1)>\"'`${1}"
    write_map(sample_study(rename=name), tmp_path / "review.html")
    page = open_page(tmp_path / "review.html", width=1920, height=1080)
    page.evaluate("LC.chooseCommunity(0)")
    assert page.locator(".card h2").first.inner_text() == name
    page.evaluate("LC.chooseBuilding(0, true)")
    page.evaluate("LC.set({lang: 'en', about: true})")
    assert page.locator("#app img").count() == 0


def test_review_pages_are_stamped_and_count_no_elderly(
    open_page, sample_study, tmp_path
):
    write_map(sample_study(disclosure="review"), tmp_path / "review.html")
    page = open_page(tmp_path / "review.html")
    assert page.locator(".stamp").inner_text() == "评审稿"
    page.evaluate("LC.chooseBuilding(5, true)")
    assert "60 岁以上" not in page.locator(".building-card").inner_text()


def test_the_printed_sheet_has_map_and_column(open_page, review_html):
    page = open_page(review_html)
    before = page.evaluate("LC.map.getZoom()")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert page.locator(".tabs").is_hidden()
    assert page.locator(".stamp").is_visible()
    sheet = page.locator("#app").bounding_box()
    column = page.locator(".panel").bounding_box()
    # A3 less margins is 400 x 277 mm: 1512 x 1047 px at 96 dpi.
    assert (sheet["width"], sheet["height"]) == (1508, 1044)
    assert column["x"] > 1100
    canvas = page.evaluate("LC.base._container.clientWidth")
    assert canvas >= column["x"]
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert page.locator(".tabs").is_visible()
    assert page.evaluate("LC.map.getZoom()") == before


def test_a_page_without_findings_or_buildings_still_opens(open_page, study, tmp_path):
    names = ("compounds", "facilities", "facility_classes", "roads", "grids", "land")
    tables = {
        name: getattr(study.district, name).iloc[:0] for name in (*names, "buildings")
    }
    bare = replace(
        study,
        district=replace(study.district, **tables),
        access=study.access.iloc[:0],
        served=study.served.iloc[:0],
        isochrones=study.isochrones.iloc[:0],
        routes=study.routes.iloc[:0],
        gaps=replace(study.gaps, areas=study.gaps.areas.iloc[:0]),
        findings=replace(study.findings, rows=study.findings.rows.iloc[:0]),
    )
    write_map(bare, tmp_path / "review.html")
    page = open_page(tmp_path / "review.html")
    assert "没有可评估的规则" in page.locator(".panel").inner_text()
    page.click("[data-tab=today]")
    page.click(".facility-tool")
    page.click(".drawer-tab")
    page.evaluate("LC.chooseCommunity(1)")
    assert page.locator(".card h2").first.inner_text() == "文庙社区"


def test_points_are_drawn_and_clicked(open_page, study, tmp_path):
    points = study.district.buildings.copy()
    points["geometry"] = points.geometry.centroid
    district = replace(study.district, buildings=points)
    write_map(replace(study, district=district), tmp_path / "review.html")
    page = open_page(tmp_path / "review.html")
    assert has_colour(page, "#6E1A10")
    place = place_of(page, points.iloc[400])
    page.mouse.click(*point_on_map(page, "buildings", place))
    name = page.locator(".building-card h2").inner_text()
    assert name == points["name"].iloc[400]


def rough(study):
    """The study as in Xi'an: walking catchments, and no rule that binds."""
    communities = study.district.communities.copy()
    communities["unit_kind"] = "approximate_catchment"
    communities["name"] = communities["name"] + "（近似范围）"
    rows = study.findings.rows.copy()
    judged = rows["verdict"].isin(["pass", "fail"])
    rows["verdict"] = rows["verdict"].mask(judged, "reference")
    rows.loc[rows["level"] == "community", "unit_name"] += "（近似范围）"
    return replace(
        study,
        district=replace(study.district, communities=communities),
        findings=replace(study.findings, rows=rows),
    )


def test_catchments_are_never_called_communities(open_page, study, tmp_path):
    write_map(rough(study), tmp_path / "review.html")
    page = open_page(tmp_path / "review.html")
    assert page.locator("h1").inner_text() == "本次无可判定的规则"
    text = page.locator(".panel").inner_text()
    assert "11 个近似服务范围有实测值" in text
    assert "走不到" not in text
    assert "渡口（近似）" in text.replace("\n", "")
    page.evaluate("LC.chooseCommunity(2)")
    page.evaluate("LC.set({about: true, drawer: true})")
    said = page.locator("body").inner_text()
    assert "个社区" not in said
    assert "社区界" not in said
    assert "近似范围" in page.get_attribute("#search", "placeholder")
    page.evaluate("LC.set({lang: 'en', about: false})")
    assert "communities" not in page.locator(".panel").inner_text().lower()
    assert "No rule can be judged" in page.locator("h1").inner_text()


def test_more_than_the_bound_is_an_excess(open_page, review_html):
    page = open_page(review_html)
    page.click(".drawer-tab")
    page.select_option("[data-menu=rule]", "DC-R02")
    table = page.locator("table.findings tbody tr").all()
    assert len(table) > 2
    for row in table:
        measured = float(
            row.locator(".c-measured").inner_text().strip("≈").replace(",", "")
        )
        amount = row.locator(".c-shortfall").inner_text().replace(",", "")
        # 1,169 against 300-500 is +669; 235 is -65.
        expected = measured - 500 if measured > 500 else measured - 300
        assert float(amount.replace("−", "-")) == pytest.approx(expected, abs=1)
        assert amount[0] == ("+" if measured > 500 else "−")


def test_drafts_and_uncertain_verdicts_are_marked(open_page, study, tmp_path):
    rows = study.findings.rows.copy()
    mine = rows["rule_id"] == "HF-R10"
    rows["robust"] = rows["robust"].astype(object)
    rows["depends_on"] = rows["depends_on"].astype(object)
    rows.loc[mine, "robust"] = "depends"
    rows.loc[mine, "depends_on"] = "walking_speed+estimated_households"
    (first, second), other = study.findings.books[0].rules, study.findings.books[1]
    books = (
        replace(study.findings.books[0], rules=(replace(first, draft=True), second)),
        other,
    )
    findings = replace(study.findings, rows=rows, books=books)
    write_map(replace(study, findings=findings), tmp_path / "review.html")
    page = open_page(tmp_path / "review.html")
    assert "未核实" in page.locator("#rule").inner_text()
    page.click("#rule")
    assert "未核实" in page.locator("[data-rule='HF-R10']").inner_text()
    page.keyboard.press("Escape")
    assert page.locator(".rule-menu").count() == 0
    page.evaluate("LC.chooseCommunity(2)")
    assert "结论取决于步速、估算户数" in page.locator(".card").first.inner_text()
    page.click(".drawer-tab")
    page.select_option("[data-menu=rule]", "HF-R10")
    text = page.locator("table.findings tbody tr").first.inner_text()
    assert "未核实" in text
    assert "结论取决于步速、估算户数" in text
    assert "walking_speed" not in page.locator("body").inner_text()


def test_rules_stand_by_book_and_verdict(open_page, study, tmp_path):
    rows = study.findings.rows.copy()
    rows.loc[rows["rule_id"] == "HF-R01", "verdict"] = "not_assessed"
    write_map(
        replace(study, findings=replace(study.findings, rows=rows)), tmp_path / "r.html"
    )
    page = open_page(tmp_path / "r.html")
    page.click("#rule")
    assert page.locator(".rule-menu section").count() == 2
    assert (
        page.locator(".rule-menu summary").inner_text().strip() == "另有 1 条规则未评估"
    )
    assert page.locator("[data-rule='HF-R01']").is_hidden()
    page.click(".rule-menu summary")
    page.click("[data-rule='HF-R01']")
    assert page.locator("h1").inner_text() == "未评估"
    page.evaluate("LC.chooseRule('HF-R10'); LC.chooseCommunity(1)")
    assert "未评估 1 项" in page.locator(".others summary").inner_text()


def test_gap_areas_have_names_and_numbers_of_their_own(open_page, review_html):
    page = open_page(review_html)
    names = page.locator(".gap-name").all_inner_texts()
    assert len(set(names)) == len(names)
    listed = page.locator(".gap-number").all_inner_texts()
    drawn = page.evaluate(
        "LC.gapMarks(LC.lastView).map((one) => [one.gap, one.number])"
    )
    assert [str(one[1]) for one in drawn] == listed[: len(drawn)]


def test_the_sheet_prints_map_and_marks_on_one_canvas(open_page, review_html):
    page = open_page(review_html)
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    # The number of a gap area is drawn on the base, the other canvas is not shown.
    assert page.locator(".leaflet-overlay-marks-pane").is_hidden()
    assert has_colour(page, "#6E1A10")
    assert has_colour(page, "#1B1F23")


def test_english_says_no_chinese_but_names(open_page, review_html):
    page = open_page(review_html)
    page.click(".lang")
    for selector in (".counts", ".headline", ".tools", ".tabs", ".list-title"):
        text = page.locator(selector).first.inner_text().replace("中文", "")
        assert not any("\u4e00" <= letter <= "\u9fff" for letter in text), text
    assert page.evaluate("document.documentElement.scrollWidth") <= 1366
