"""Printed sheets: true scale, the study's own figures, the same bytes every time."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from shutil import copytree

import pandas as pd
import pytest
from matplotlib.text import Text
from typer.testing import CliRunner

from lifecircle.cli import app
from lifecircle.errors import ConfigError, ResultError
from lifecircle.jobs import draw_charts
from lifecircle.publish.atlas import draw_sheets, redraw_map, redraw_report
from lifecircle.publish.grid_sizes import grid_sizes, in_range_counts
from lifecircle.publish.headline import headline, opening_rule, own_rows
from lifecircle.publish.prints import tokens
from lifecircle.publish.prints.charts import minutes_figure, minutes_table
from lifecircle.publish.prints.grid_chart import grids_figure
from lifecircle.publish.prints.paper import PAPERS, SCALES, Frame, fitting
from lifecircle.publish.prints.pen import wrapped
from lifecircle.publish.prints.plan_map import plan_figure
from lifecircle.publish.prints.sheet import sheet_figure, sheet_frame, write_print_map
from lifecircle.publish.wording import short_name, unit_names


@pytest.fixture(scope="module")
def saved(written, tmp_path_factory):
    """A copy of the written study that these tests may draw into."""
    return Path(copytree(written, tmp_path_factory.mktemp("saved") / "out"))


def words_of(figure):
    return [text.get_text() for text in figure.findobj(Text) if text.get_text()]


def drawn(study, rule_id="", paper="A3", **options):
    frame = sheet_frame(study, paper=paper)
    rule_id = rule_id or opening_rule(study.findings)
    return sheet_figure(study, rule_id, paper=PAPERS[paper], frame=frame, **options)


def test_a_metre_of_ground_has_its_millimetres_on_paper(study):
    figure = drawn(study, paper="A4")
    frame = sheet_frame(study, paper="A4")
    page, chart = figure.axes
    wide_mm = chart.get_position().width * 297
    west, east = chart.get_xlim()
    # 1:n means n mm of ground on 1 mm of paper.
    assert (east - west) * 1000 / wide_mm == pytest.approx(frame.scale)
    assert frame.scale in SCALES
    assert page.get_xlim() == (0.0, 297.0)
    scale = "1:" + f"{frame.scale:,}".replace(",", " ")
    assert words_of(figure).count(scale) == 2  # scale bar and title block


def test_the_scale_is_the_largest_usual_one_that_holds_the_bounds():
    # 309 mm less 4 % hold 297.1 mm: 2.9 km fit at 1:10,000 (290 mm), 3 km do not.
    assert fitting((0, 0, 2900, 100), PAPERS["A3"]).scale == 10_000
    assert fitting((0, 0, 3000, 100), PAPERS["A3"]).scale == 15_000
    # 100 km need 1:336,570; beyond the list whole hundred thousands.
    assert fitting((0, 0, 100_000, 0), PAPERS["A3"]).scale == 400_000


def test_a_sheet_says_what_the_findings_say(study):
    rule_id = opening_rule(study.findings)
    written = words_of(drawn(study, rule_id))
    assert headline(study, rule_id, "zh").lead in written
    names = unit_names(study.district.communities)
    rows = own_rows(study.findings, rule_id)
    failing = rows[rows["verdict"] == "fail"]
    assert len(failing)
    for row in failing.itertuples(index=False):
        about = "≈" if row.estimated_share > 0 else ""
        measured = f"{about}{row.measured * 100:,.1f}"
        assert written.count(short_name(names[row.unit_id])) == 2  # map and list
        assert measured in written
        assert f"{measured}%" in written
    assert "内部资料" in written


def test_all_kinds_of_rules_can_be_drawn_in_both_languages(study):
    kinds = {}
    for rule_id in study.findings.rows["rule_id"].unique():
        rows = own_rows(study.findings, rule_id)
        kinds.setdefault((rows["kind"].iloc[0], rows["level"].iloc[0]), rule_id)
    assert len(kinds) >= 3
    for rule_id in kinds.values():
        lead = headline(study, rule_id, "en").lead
        # 82 mm of column at letters of 5 mm.
        assert wrapped(lead, 16.4)[0] in words_of(drawn(study, rule_id, lang="en"))


def test_a_community_has_a_sheet_of_its_own(study):
    one = study.district.communities["community_id"].iloc[0]
    frame = sheet_frame(study, community_id=one)
    assert frame.scale < sheet_frame(study).scale
    figure = sheet_figure(
        study,
        opening_rule(study.findings),
        paper=PAPERS["A3"],
        frame=frame,
        community_id=one,
    )
    name = unit_names(study.district.communities)[one]
    assert any(name in text and "生活圈" in text for text in words_of(figure))


@pytest.mark.parametrize("kind", [".pdf", ".svg", ".png"])
def test_the_same_sheet_has_the_same_bytes(study, tmp_path, kind):
    paths = [tmp_path / f"{place}{kind}" for place in (1, 2)]
    frames = [write_print_map(study, path, paper="A4") for path in paths]
    assert frames[0] == frames[1]
    assert paths[0].read_bytes() == paths[1].read_bytes()
    starts = {".pdf": b"%PDF", ".svg": b"<?xml", ".png": b"\x89PNG"}
    assert paths[0].read_bytes().startswith(starts[kind])


def test_png_has_300_dots_an_inch(study, tmp_path):
    path = tmp_path / "sheet.png"
    write_print_map(study, path, paper="A4")
    head = path.read_bytes()[16:24]
    # 297 mm = 11.693 inches, 210 mm = 8.268: 3,507 by 2,480 dots.
    assert int.from_bytes(head[:4]) == 3507
    assert int.from_bytes(head[4:]) == 2480


def test_two_sheets_of_one_frame_lie_over_each_other(study):
    frame = Frame(10_000, 500.0, 500.0)
    rules = list(study.findings.rows["rule_id"].unique())[:2]
    charts = [
        sheet_figure(study, rule, paper=PAPERS["A3"], frame=frame).axes[1]
        for rule in rules
    ]
    assert charts[0].get_xlim() == charts[1].get_xlim()
    assert charts[0].get_position().bounds == charts[1].get_position().bounds


def test_hostile_names_are_drawn_as_text(sample_study):
    study = sample_study()
    communities = study.district.communities
    communities["name"] = ["$\\frac{1}{0}$ <script>", *communities["name"][1:]]
    assert "$\\frac{1}{0}$ <script>" in words_of(drawn(study))


def test_what_is_disclosed_to_the_public_bears_no_stamp(sample_study, tmp_path):
    study = sample_study(disclosure="public")
    assert "内部资料" not in words_of(drawn(study))


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"rule_id": "XX-R01"}, "XX-R01"),
        ({"community_id": "nowhere"}, "nowhere"),
        ({"name": "sheet.docx"}, ".docx"),
    ],
)
def test_what_cannot_be_drawn_is_named(study, tmp_path, options, told):
    path = tmp_path / options.pop("name", "sheet.pdf")
    with pytest.raises(ResultError) as caught:
        write_print_map(study, path, **options)
    assert told in caught.value.where + caught.value.what


def test_colours_are_those_of_the_review_map():
    script = files("lifecircle.publish").joinpath("static", "palette.js")
    text = script.read_text(encoding="utf-8")
    for name, ours in (("blues", tokens.BLUES), ("warms", tokens.WARMS)):
        block = re.search(rf"LC\.{name} = \{{(.*?)\n\}};", text, re.S)[1]
        for line in block.strip().splitlines():
            number, colours = line.strip().split(":", 1)
            expected = [colour for pair in ours[int(number)] for colour in pair]
            assert re.findall(r"#\w{6}", colours) == expected
    for _, colour in tokens.SHORT:
        assert f'fill: "{colour}"' in text


def test_the_hue_flips_at_the_limit():
    assert [band.to_min for band in tokens.minute_bands(30.0)][-2:] == [
        30.0,
        float("inf"),
    ]
    for limit in (3.0, 5.0, 10.0, 15.0, 20.0, 30.0):
        bands = tokens.minute_bands(limit)
        assert (
            sum(band.within for band in bands)
            == [b.to_min for b in bands].index(limit) + 1
        )
        assert [band.after_min for band in bands[1:]] == [b.to_min for b in bands[:-1]]


def test_no_line_opens_with_a_stop_and_no_figure_is_broken():
    lines = wrapped("已评估 12 个社区。≈1,699 名老年人 15 分钟内走不到老年食堂。", 10)
    assert "".join(lines).replace(" ", "") == (
        "已评估12个社区。≈1,699名老年人15分钟内走不到老年食堂。"
    )
    assert all(line[0] not in "，。" for line in lines)
    assert any("1,699" in line for line in lines)


def test_a_saved_study_is_drawn_again_without_computing(saved):
    before = (saved / "review.html").read_bytes()
    assert redraw_map(saved).read_bytes() == before


@pytest.mark.parametrize("draw", [redraw_map, redraw_report])
def test_what_is_drawn_again_has_its_hash_in_the_manifest(saved, tmp_path, draw):
    out = copytree(saved, tmp_path / "out")
    before = json.loads((out / "manifest.json").read_text("utf-8"))
    drawn = draw(out, lang="en")
    path = drawn[0] if isinstance(drawn, list) else drawn
    after = json.loads((out / "manifest.json").read_text("utf-8"))
    content = path.read_bytes()
    assert after["outputs"].pop(path.name) == {
        "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    # English where it was Chinese; nothing else moves, and nothing is left beside.
    assert (
        before["outputs"].pop(path.name)["sha256"]
        != hashlib.sha256(content).hexdigest()
    )
    assert after == before
    assert {one.name for one in out.iterdir()} == {one.name for one in saved.iterdir()}


def test_sheets_are_named_by_number_and_title(saved):
    rules = ["HF-R10"]
    paths = draw_sheets(saved, rules=rules, kind="svg", paper="A4")
    assert [path.parent.name for path in paths] == ["maps"]
    assert "HF-R10" in paths[0].name
    assert paths[0].stat().st_size > 100_000


def test_unknown_formats_and_papers_are_a_wrong_call(saved):
    with pytest.raises(ConfigError):
        draw_sheets(saved, kind="docx")
    shown = CliRunner().invoke(
        app, ["map", str(saved), "-r", "HF-R10", "--paper", "A0"]
    )
    assert shown.exit_code == 2
    assert "A0" in shown.stderr


def test_the_command_draws(saved):
    shown = CliRunner().invoke(app, ["map", str(saved), "--lang", "en"])
    assert shown.exit_code == 0
    assert "review.html" in shown.output


def test_a_plan_is_two_sheets_that_lie_over_each_other(study):
    frame = sheet_frame(study)
    today, proposed = (
        plan_figure(study, state, paper=PAPERS["A3"], frame=frame)
        for state in ("today", "proposed")
    )
    assert today.axes[1].get_xlim() == proposed.axes[1].get_xlim()
    assert today.axes[1].get_ylim() == proposed.axes[1].get_ylim()
    plan = study.grid_plan
    for figure, grids in ((today, plan.today), (proposed, plan.grids)):
        written = "\n".join(words_of(figure))
        # Each grid that is outside the band is named with its households.
        out = grids[grids["outside_households"] != 0]
        for row in out.itertuples(index=False):
            assert f"{row.grid_id}\n{row.households:,.0f}" in written
        under = int((grids["outside_households"] < 0).sum())
        over = int((grids["outside_households"] > 0).sum())
        assert f"不足 {under} 个，超出 {over} 个。" in written
        fine = int((grids["in_range"] == True).sum())  # noqa: E712 (None among them)
        assert f"{len(grids)} 个中 {fine} 个在区间内" in written
        assert f"{len(plan.changes):,} 栋楼" in written


def test_sheets_of_a_plan_need_a_plan(study, saved):
    with pytest.raises(ResultError, match="no plan"):
        plan_figure(
            replace(study, grid_plan=None),
            "today",
            paper=PAPERS["A4"],
            frame=sheet_frame(study, paper="A4"),
        )
    call = ["map", str(saved), "--plan", "--format", "svg", "--paper", "A4"]
    shown = CliRunner().invoke(app, call)
    assert shown.exit_code == 0
    names = sorted(path.name for path in (saved / "maps").glob("*-G?*.svg"))
    assert [name.split()[1:] for name in names] == [
        ["临溪区", "·", "现状网格.svg"],
        ["临溪区", "·", "规划网格.svg"],
    ]


def test_charts_show_the_shares_of_the_study(study):
    # The sample counts by community; its district is their sum.
    keys = ["facility_class", "walker", "weight", "minutes_from", "minutes_to"]
    summed = study.served.groupby(keys, dropna=False, as_index=False)["amount"].sum()
    whole = replace(study, served=summed.assign(level="district"))
    table = minutes_table(whole, walker="elderly", weight="households")
    assert len(table) > 1
    assert table.sum(axis=1).tolist() == pytest.approx([1.0] * len(table))
    told = words_of(minutes_figure(whole, walker="elderly"))
    ours = summed[(summed["walker"] == "elderly") & (summed["weight"] == "households")]
    for code, row in table.iterrows():
        mine = ours[ours["facility_class"] == code]
        near = mine.loc[mine["minutes_to"] <= 15, "amount"].sum()
        share = near / mine["amount"].sum()
        assert row[[5.0, 10.0, 15.0]].sum() == pytest.approx(share)
        assert f"{share:.1%}" in told
    assert (table[[5.0, 10.0, 15.0]].sum(axis=1).diff().dropna() <= 1e-12).all()


def test_grids_before_and_after_are_counted_against_the_band(study):
    plan = study.grid_plan
    low, high = plan.settings.households
    sizes = [low - 1.0, float(low), float(high), high + 1.0, 10.0 * high]
    counted = pd.DataFrame(
        {"households": sizes, "in_range": [False, True] * 2 + [None]}
    )
    table = grid_sizes(replace(plan, today=counted))
    # Band ends belong to the band; what has no band is not counted: 1, 2 and 1.
    assert table.groupby("place")["today"].sum().to_dict() == {
        "over": 1,
        "under": 1,
        "within": 2,
    }
    proposed = plan.grids[plan.grids["in_range"].notna()]
    fine = proposed["households"].between(low, high)
    within = table.loc[table["place"] == "within", "proposed"].sum()
    assert within == fine.sum() == in_range_counts(plan)["proposed"][0]
    assert table["proposed"].sum() == len(proposed)
    told = words_of(grids_figure(plan, lang="en"))
    assert f"Proposed: {fine.sum()} of {len(proposed)} within the band" in " ".join(
        told
    )


def test_charts_of_a_saved_study(saved):
    paths = draw_charts(saved, kind="svg", lang="en")
    assert [path.name for path in paths][-2:] == ["grids.svg", "lorenz_adult.svg"]
    again = [path.read_bytes() for path in draw_charts(saved, kind="svg", lang="en")]
    assert again == [path.read_bytes() for path in paths]
    with pytest.raises(ConfigError):
        draw_charts(saved, kind="gif")
