"""What no linter says: rules of the house, held against the code itself."""

import ast
import re
from dataclasses import fields
from pathlib import Path

import pytest

import lifecircle
from lifecircle import text
from lifecircle.model import Source

ROOT = Path(__file__).parents[1]
PACKAGE = sorted((ROOT / "lifecircle").rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("test_*.py"))
REPROJECTION_HOMES = {"lifecircle/tables/crs.py", "lifecircle/publish/layers.py"}
CHECKING_CALLS = re.compile(r"^(assert_\w+|_?expect\w*|raises|warns|fail)$")


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("path", PACKAGE, ids=name_of)
def test_no_module_is_over_400_lines(path: Path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 400


def test_reprojection_happens_in_its_two_homes_only():
    calls = {name_of(path) for path in PACKAGE if ".to_crs(" in path.read_text("utf-8")}
    assert calls <= REPROJECTION_HOMES


def test_there_is_no_module_named_utils():
    names = {path.stem for path in PACKAGE}
    assert not names & {"utils", "util", "helpers", "common", "misc"}


def checks_something(function: ast.FunctionDef) -> bool:
    for node in ast.walk(function):
        if isinstance(node, ast.Assert):
            return True
        if isinstance(node, ast.Call):
            callee = node.func
            name = getattr(callee, "attr", getattr(callee, "id", ""))
            if CHECKING_CALLS.match(name):
                return True
    return False


@pytest.mark.parametrize("path", TESTS, ids=name_of)
def test_every_test_asserts(path: Path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    silent = [
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
        and node.name.startswith("test_")
        and not checks_something(node)
    ]
    assert silent == []


def own_raises(function: ast.FunctionDef) -> bool:
    """True if the body itself raises, nested functions aside."""
    todo = list(function.body)
    while todo:
        node = todo.pop()
        if isinstance(node, ast.Raise) and node.exc is not None:
            return True
        if not isinstance(node, ast.FunctionDef | ast.ClassDef):
            todo.extend(ast.iter_child_nodes(node))
    return False


@pytest.mark.parametrize("path", PACKAGE, ids=name_of)
def test_public_functions_that_raise_say_so(path: Path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    silent = [
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
        and not node.name.startswith("_")
        and path.name not in ("cli.py", "conftest.py")
        and own_raises(node)
        and "Raises\n" not in (ast.get_docstring(node) or "")
    ]
    assert silent == []


def test_public_names_are_the_ones_in_the_readme():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    table = readme.split("<!-- public names -->")[1].split("<!-- end -->")[0]
    listed = set(re.findall(r"`lc\.(\w+)", table))
    assert listed == set(lifecircle.__all__) - {"__version__"}


def test_every_key_of_a_source_is_in_the_readme():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    table = readme.split("<!-- source keys -->")[1].split("<!-- end of")[0]
    listed = set(re.findall(r"`(\w+)`", "".join(re.findall(r"\n\| ([^|]+)\|", table))))
    assert listed == {one.name for one in fields(Source)} - {"table"}


def test_every_public_name_resolves_to_something_documented():
    for name in lifecircle.__all__:
        value = getattr(lifecircle, name)
        assert isinstance(value, str) or (value.__doc__ or "").strip(), name


def test_every_sentence_stands_in_both_languages_with_the_same_values():
    broken = [
        f"{area}.{key}"
        for area, entries in text._areas().items()
        for key, entry in entries.items()
        if set(entry) != {"zh", "en"}
        or set(re.findall(r"{(\w+)", entry["zh"]))
        != set(re.findall(r"{(\w+)", entry["en"]))
    ]
    assert broken == []


def test_nothing_committed_names_a_machine_path_or_a_registry():
    suffixes = {".py", ".toml", ".md", ".txt", ".sh", ".ipynb", ".html", ".js", ".css"}
    here = Path(__file__)
    # Split, so that this file does not find itself.
    forbidden = re.compile("/wo" + "rk/main|--index" + "-url http|/opt/" + "pypi")
    found = [
        name_of(path)
        for folder in ("lifecircle", "scripts", "tests", "notebooks", "data")
        for path in sorted((ROOT / folder).rglob("*"))
        if path.suffix in suffixes
        and path != here
        and forbidden.search(path.read_text(encoding="utf-8", errors="ignore"))
    ]
    assert found == []
