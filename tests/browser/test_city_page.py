"""The city's page in Chromium: figures chosen, tables sorted, nothing asked for."""

from __future__ import annotations

import pytest

from lifecircle.publish.city_page import city_page
from tests.publish.city_sample import city_sample

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def city_html(tmp_path_factory):
    folder = tmp_path_factory.mktemp("city")
    path = folder / "city.html"
    names = ("甲区", "<img src=x onerror=alert(1)>", "丙区")
    path.write_text(city_page(city_sample(folder, names=names)), encoding="utf-8")
    return path


def test_the_figure_chosen_is_the_one_shown(city_html, open_page):
    page = open_page(city_html)
    first = page.locator("svg a").filter(has_text="甲区")
    assert first.locator(".value").text_content() == "75.0%"
    page.select_option("#figure", index=1)
    # 30 of 100 households are out of reach: over 20 %, the darkest class.
    assert first.locator(".value").text_content() == "30.0%"
    assert first.locator(".area").get_attribute("class") == "area c4"
    fill = first.locator(".area").evaluate("one => getComputedStyle(one).fill")
    swatch = page.locator("[data-of='1'] .legend .c4")
    assert swatch.evaluate("one => getComputedStyle(one).fill") == fill
    shown = page.locator("[data-of]:visible")
    assert shown.count() == 1
    assert "不可达住户占比" in shown.text_content()


def test_a_head_sorts_and_the_city_stays_first(city_html, open_page):
    page = open_page(city_html)
    table = page.locator("table.sortable").first
    head = table.locator("th").filter(has_text="区县").first
    names = table.locator("tbody td:first-child")
    assert names.all_text_contents()[0] == "全市合计"
    head.click()
    assert [one[:2] for one in names.all_text_contents()] == ["全市", "3.", "2.", "1."]
    head.press("Enter")
    assert [one[:2] for one in names.all_text_contents()] == ["全市", "1.", "2.", "3."]
    assert head.get_attribute("aria-sort") == "ascending"


def test_it_prints_on_a4_without_what_is_chosen_with(city_html, open_page):
    page = open_page(city_html)
    page.emulate_media(media="print")
    assert not page.locator("#figure").is_visible()
    assert page.locator("svg a").count() == 2
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_phone_shows_all_of_the_map(city_html, open_page):
    page = open_page(city_html, width=390, height=844)
    box = page.locator("figure.wide svg").bounding_box()
    assert box["x"] + box["width"] <= 390
