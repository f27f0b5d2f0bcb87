"""Every problem that the code can find has its sentence and its remedy."""

from __future__ import annotations

import ast
from importlib.resources import files
from string import Formatter

import pytest

from lifecircle.tables import nesting, outlines
from lifecircle.tables.plausible import coordinate_faults
from lifecircle.tables.references import _REFERENCES
from lifecircle.tables.schemas import SCHEMAS
from lifecircle.tables.topology_checks import _SENTENCES
from lifecircle.text import sentences

_REPORTS = {"report", "flag", "leave_out", "unknown", "_tell"}
# Keys that functions return instead of reporting, by function.
_GIVEN_BACK = {
    *("_fault", "_number_fault", "_judge", "_why_invalid", "coordinate_faults"),
    *("_check_coordinates", "_likeliest", "_readings"),
}


def _words(node):
    """Strings in a call's own arguments, and in what a function gives back."""
    return {
        part.value
        for part in ast.walk(node)
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
    }


def _keys_of(tree, known):
    keys = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            if name in _REPORTS:
                keys |= {
                    argument.value
                    for argument in node.args
                    if isinstance(argument, ast.Constant)
                    and isinstance(argument.value, str)
                    and "_" in argument.value
                    and argument.value not in known
                }
            if name == "leave_out_many":
                keys |= _words(node.args[2])
            if name == "FileFault":
                given = [one.value for one in node.keywords if one.arg == "key"]
                keys |= {key for one in given for key in _words(one) if "_" in key}
            if name == "Problem" and isinstance(node.args[:1] or None, list):
                first = node.args[0]
                if isinstance(first, ast.Constant):
                    keys.add(first.value.removeprefix("tables."))
        if isinstance(node, ast.FunctionDef) and node.name in _GIVEN_BACK:
            body = [part for part in node.body if not isinstance(part, ast.Expr)]
            for part in body:
                keys |= {
                    word
                    for word in _words(part)
                    if word[:1] != "_"
                    and word.replace("_", "").isalpha()
                    and word.islower()
                    and "_" in word
                }
    return keys


def _used():
    names = {name for schema in SCHEMAS.values() for name in schema.readable}
    keys = {f"unknown_{SCHEMAS[parent].key}" for _, _, parent in _REFERENCES}
    keys |= {"households_unknown", "households_no_ratio"}
    keys |= {"crs_fits_inside", "crs_takes_in"}
    keys |= {"negative", *_SENTENCES.values(), *nesting._SENTENCES.values()}
    keys |= set(outlines._SENTENCES.values())
    for source in files("lifecircle.tables").iterdir():
        if source.name.endswith(".py"):
            tree = ast.parse(source.read_text(encoding="utf-8"))
            keys |= _keys_of(tree, names)
    return sorted(keys)


def test_the_walk_finds_the_keys_that_we_know():
    used = _used()
    assert len(used) > 60
    assert {"crs_swapped", "unknown_facility_id", "gate_far", "header_row"} <= {*used}
    assert coordinate_faults.__name__ in _GIVEN_BACK


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_key_has_its_sentence_and_its_remedy(language):
    known = sentences("tables", language)
    missing = [
        name
        for key in _used()
        for name in (key, f"{key}_fix")
        if not known.get(name, "").strip()
    ]
    assert missing == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_sentence_is_used_and_renders(language):
    known = sentences("tables", language)
    unused = {name.removesuffix("_fix") for name in known} - {*_used()}
    assert unused == set()
    for name, text in known.items():
        fields = [field for _, field, _, _ in Formatter().parse(text) if field]
        rendered = text.format(**dict.fromkeys(fields, "x"))
        assert "{" not in rendered, name


def test_both_languages_name_the_same_values():
    zh, en = sentences("tables", "zh"), sentences("tables", "en")
    assert sorted(zh) == sorted(en)
    for name, text in zh.items():
        pairs = [
            {field for _, field, _, _ in Formatter().parse(said) if field}
            for said in (text, en[name])
        ]
        assert pairs[0] == pairs[1], name
