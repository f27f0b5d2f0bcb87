"""The tab 规划对策: today's grids against the proposed ones, in headless Chromium."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lifecircle.publish.unit_sheets import unit_change_sentences
from lifecircle.publish.web_map import write_map

pytestmark = pytest.mark.browser


@pytest.fixture
def plan_page(open_page, review_html):
    page = open_page(review_html)
    page.click("[data-tab=proposals]")
    return page


def ink(page, x_share):
    """Dark pixels of the overlay left and right of a share of the map's width."""
    return page.evaluate(
        """(share) => {
          const canvas = LC.overlay._container;
          const v = LC.lastView;
          const at = Math.round((v.seen[0] + share * LC.map.getSize().x) * v.dpr);
          const copy = document.createElement("canvas");
          copy.width = canvas.width;
          copy.height = canvas.height;
          const pen = copy.getContext("2d", { willReadFrequently: true });
          pen.drawImage(canvas, 0, 0);
          const d = pen.getImageData(0, 0, canvas.width, canvas.height).data;
          const sides = [0, 0];
          for (let k = 0; k < d.length; k += 4) {
            const x = (k / 4) % canvas.width;
            const dark = d[k] < 40 && d[k + 1] < 45 && d[k + 2] < 50;
            if (dark && d[k + 3] > 200) sides[x < at ? 0 : 1] += 1;
          }
          return sides;
        }""",
        x_share,
    )


def test_the_headline_counts_grids_of_today_and_of_the_plan(plan_page, study):
    rows = study.grid_plan.communities
    before = int(rows["in_range_today"].sum())
    after = int(rows["in_range"].sum())
    assert plan_page.locator("h1").inner_text() == f"达标网格 {before} → {after} 个"
    assert plan_page.locator(".plan-list .bar-row").count() == len(rows)
    # The plan is no finding: no rule is chosen here.
    assert plan_page.locator("#rule").count() == 0


def test_the_bar_moves_by_mouse_and_keys(plan_page):
    handle = plan_page.locator(".swipe-handle")
    assert handle.get_attribute("aria-valuenow") == "50"
    handle.focus()
    plan_page.keyboard.press("ArrowLeft")
    assert handle.get_attribute("aria-valuenow") == "48"
    box = handle.bounding_box()
    frame = plan_page.locator("#map").bounding_box()
    plan_page.mouse.move(box["x"] + 14, box["y"] + 14)
    plan_page.mouse.down()
    plan_page.mouse.move(frame["x"] + frame["width"] * 0.75, box["y"] + 14, steps=4)
    plan_page.mouse.up()
    plan_page.wait_for_function("LC.state.swipe > 0.7")
    assert handle.get_attribute("aria-valuenow") == "75"


def test_each_view_draws_and_explains_only_its_own_grids(plan_page):
    legend = plan_page.locator(".legend")
    assert "现状网格" in legend.inner_text()
    assert "方案网格" in legend.inner_text()
    plan_page.click("[data-view=today]")
    assert "方案网格" not in legend.inner_text()
    assert plan_page.locator(".swipe").is_hidden()
    plan_page.click("[data-view=proposed]")
    assert "现状网格" not in legend.inner_text()
    assert "老年食堂" not in legend.inner_text()
    left, right = ink(plan_page, 0.5)
    assert left > 1000
    assert right > 1000


def test_proposed_lines_stay_on_their_side_of_the_bar(plan_page):
    plan_page.evaluate("LC.setIn('layers', { labels: false })")
    plan_page.evaluate("LC.data.layers.planChanges.building = []; LC.swipe.to(0.98)")
    narrow = sum(ink(plan_page, 0.98))
    plan_page.evaluate("LC.swipe.to(0.02)")
    wide = sum(ink(plan_page, 0.02))
    # Today's lines are grey: what is ink is the plan's.
    assert narrow < wide / 5


def test_a_community_shows_its_grids_and_its_proof(plan_page, study):
    plan = study.grid_plan
    plan_page.click(".plan-list .bar-row >> nth=0")
    card = plan_page.locator(".card").first
    mine = plan.grids[plan.grids["community_id"] == plan.communities["community_id"][0]]
    assert card.locator("tbody tr").count() == len(mine)
    card.locator("tbody button").first.click()
    assert plan_page.evaluate("LC.state.planGrid") >= 0
    assert card.locator("tr.selected").count() == 1


def test_a_building_that_moves_says_from_where_to_where_and_why(plan_page, study):
    row = study.grid_plan.changes.iloc[0]
    plan_page.evaluate(
        "(id) => LC.chooseBuilding(LC.data.layers.buildings.id.indexOf(id), true)",
        row["building_id"],
    )
    said = plan_page.locator(".plan-change").inner_text()
    assert f"{row['old_grid_id']} → {row['grid_id']}" in said
    assert "户" in said


def test_the_plan_speaks_english_too(plan_page):
    plan_page.click(".lang")
    assert "grids within the band" in plan_page.locator("h1").inner_text()
    assert "Proposed grids" in plan_page.locator(".legend").inner_text()


def test_without_a_plan_the_tab_says_so(open_page, study, tmp_path):
    path = tmp_path / "none.html"
    write_map(replace(study, grid_plan=None), path)
    page = open_page(path)
    page.click("[data-tab=proposals]")
    assert "本次未做规划方案" in page.locator(".panel").inner_text()
    assert page.locator(".swipe").is_hidden()


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (1920, 1080), (420, 800)])
def test_nothing_of_the_plan_hangs_over_the_edge(open_page, review_html, width, height):
    page = open_page(review_html, width=width, height=height)
    page.click("[data-tab=proposals]")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    overlong = page.evaluate(
        "() => [...document.querySelectorAll('.plan-list .bar-row')]"
        ".filter((row) => row.scrollWidth > row.clientWidth + 1).length"
    )
    assert overlong == 0


def test_communities_have_a_level_of_their_own(plan_page, study):
    plan = study.community_plan
    plan_page.click("[data-level=communities]")
    fits = int(plan.units["in_range"].sum())
    assert f"→ {fits} 个" in plan_page.locator("h1").inner_text()
    assert plan_page.locator(".plan-list .bar-row").count() == len(plan.units)
    assert "方案社区" in plan_page.locator(".legend").inner_text()
    goal = plan.changes["unit_id"].iloc[0]
    row = plan.units["unit_id"].tolist().index(goal)
    plan_page.click(f".plan-list .bar-row >> nth={row}")
    assert plan_page.evaluate("LC.state.planGrid") == row
    said = plan_page.locator(".card .plan-change").all_inner_texts()
    assert unit_change_sentences(plan, "zh")[0] in said
    plan_page.click("[data-level=grids]")
    assert "达标网格" in plan_page.locator("h1").inner_text()
