"""A batch draws its city together: whole, again the same, and told if it cannot."""

import hashlib

import pytest

CITY = ("city.html", "city.xlsx")


@pytest.fixture(scope="module")
def ran(undisturbed, tmp_path_factory, finish):
    """A folder in which the three towns are done, and what was printed."""
    out = tmp_path_factory.mktemp("ran") / "out"
    code, printed = finish(undisturbed.city, "-o", out, "--lang", "en")
    assert code == 0, printed
    return out, printed


def hashes(out):
    return [hashlib.sha256((out / one).read_bytes()).hexdigest() for one in CITY]


def test_the_city_stands_beside_its_districts_and_stays_as_it_is(
    ran, undisturbed, finish
):
    out, printed = ran
    assert str(out / "city.html") in printed
    page = (out / "city.html").read_text("utf-8")
    for ident in ("d1", "d2", "d3"):
        assert f'href="./{ident}/review.html"' in page
        assert (out / ident / "review.html").is_file()
    before = hashes(out)
    assert finish(undisturbed.city, "-o", out, "--lang", "en")[0] == 0
    assert hashes(out) == before
    left = {path.name for path in out.iterdir()}
    assert left == {".batch", "d1", "d2", "d3", *CITY}


def test_households_of_the_city_are_those_of_its_districts(ran):
    page = (ran[0] / "city.html").read_text("utf-8")
    # 2, 3 and 4 columns by three blocks of four houses with 40 households.
    assert f"<b>{(2 + 3 + 4) * 3 * 4 * 40:,}</b>" in page


def test_what_changed_since_last_quarter_is_told(ran, undisturbed, tmp_path, finish):
    import shutil

    city, out = shutil.copytree(undisturbed.city, tmp_path / "city"), tmp_path / "out"
    settings = city / "d1" / "district.toml"
    text = settings.read_text("utf-8")
    settings.write_text(text.replace("HF-R10 = 0.9", "HF-R10 = 0.95"), "utf-8")
    words = (city, "-o", out, "--only", "d1", "--lang", "en", "--since", ran[0])
    code, printed = finish(*words)
    assert code == 0, printed
    page = (out / "city.html").read_text("utf-8")
    # The share that the district set is part of the rule: no merit of a community.
    assert "Compared with the results named by --since." in page
    assert "The rule reads otherwise: 1<" in page
    assert "Now meets" not in page
    assert "Not run, no results" in page


def test_nothing_to_compare_with_is_a_wrong_call(undisturbed, tmp_path, finish):
    out = tmp_path / "out"
    code, printed = finish(undisturbed.city, "-o", out, "--since", tmp_path)
    assert code == 2
    assert "--since" in printed
    assert not out.exists()


def test_a_city_that_cannot_be_written_spoils_no_district(ran, undisturbed, finish):
    out = ran[0]
    (out / "city.xlsx").unlink()
    (out / "city.xlsx").mkdir()
    code, printed = finish(undisturbed.city, "-o", out, "--lang", "en")
    (out / "city.xlsx").rmdir()
    assert code == 3
    assert "Traceback" not in printed
    assert "workbook and page cannot be written" in printed
    assert (out / "d1" / "review.html").is_file()
    assert finish(undisturbed.city, "-o", out, "--lang", "en")[0] == 0
    assert (out / "city.xlsx").is_file()
