"""Sheets of all communities: every one has a file of its own."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lifecircle.errors import ResultError
from lifecircle.publish import atlas


@pytest.fixture
def draw(study, tmp_path, monkeypatch):
    """``draw(names, ids=, community=)``: files by name; each holds its community."""

    def drawn(names, *, ids=None, community="all"):
        communities = study.district.communities.copy()
        communities["name"] = [*names, *communities["name"][len(names) :]]
        if ids:
            kept = communities["community_id"][len(ids) :]
            communities["community_id"] = [*ids, *kept]
        district = replace(study.district, communities=communities)
        monkeypatch.setattr(
            atlas, "read_study", lambda _: replace(study, district=district)
        )
        monkeypatch.setattr(
            atlas,
            "write_print_map",
            lambda _, path, **told: path.write_text(told["community_id"]),
        )
        paths = atlas.draw_sheets(tmp_path, kind="svg", community=community)
        return {path.stem: path.read_text() for path in paths}, communities

    return drawn


def test_communities_of_one_name_do_not_share_a_file(draw):
    plain, _ = draw([])
    files, communities = draw(["新村社区", "新村社区"])
    first, second = communities["community_id"][:2]
    assert len(files) == len(communities)
    assert sorted(files.values()) == sorted(communities["community_id"])
    named = {one: name for name, one in files.items()}
    assert named[first].endswith(f" {first}")
    assert named[second].endswith(f" {second}")
    # Whoever bears a name alone keeps the file's name.
    assert set(files) - set(plain) == {named[first], named[second]}
    # One alone is named as among all.
    alone, _ = draw(["新村社区", "新村社区"], community=second)
    assert alone == {named[second]: second}


def test_names_that_differ_by_capitals_or_forbidden_signs_are_told_apart(draw):
    names = ["A区", "a区", "B/C区", "B:C区"]
    files, communities = draw(names)
    assert len({name.casefold() for name in files}) == len(communities)
    assert sorted(files.values()) == sorted(communities["community_id"])


def test_ids_that_look_alike_are_numbered(draw):
    # C/1 and C:1 are C_1 in a file's name.
    files, communities = draw(["新村", "新村", "新村"], ids=["C/1", "C:1", "c_1"])
    assert len({name.casefold() for name in files}) == len(communities)
    told = {one: name for name, one in files.items()}
    assert told["C/1"].endswith(" C_1")
    assert told["C:1"].endswith(" C_1 2")
    assert told["c_1"].endswith(" c_1 3")


def test_long_names_keep_the_id_that_tells_them_apart(draw):
    files, communities = draw(["长" * 200, "长" * 200 + "村"])
    assert sorted(files.values()) == sorted(communities["community_id"])
    first, second = communities["community_id"][:2]
    ends = {name.rpartition(" ")[2] for name in files}
    assert {first, second} <= ends
    assert max(len(name.encode()) for name in files) <= 200


def test_a_community_that_is_not_there_is_an_error(study, tmp_path, monkeypatch):
    monkeypatch.setattr(atlas, "read_study", lambda _: study)
    with pytest.raises(ResultError, match="C99"):
        atlas.draw_sheets(tmp_path, kind="svg", community="C99")
