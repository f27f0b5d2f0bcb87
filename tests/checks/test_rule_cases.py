"""Every rule of every shipped book by hand: a pass, a fail, and one not assessed.

``cases.tsv`` has one line per rule and case. ``given`` is all that the fixture knows;
``arithmetic`` is the proof of ``measured`` and is worked out here, not by the package;
``verdict`` may hold a second one, ours, after a stroke (左右); ``why`` is the reason,
and after a colon the input that is missing. A benchmark is better or worse than its
reference: its shortfall says which.
"""

from __future__ import annotations

import ast
import csv
import math
import operator
import re
from collections import defaultdict
from functools import cache
from pathlib import Path

import pandas as pd
import pytest

from tests.checks.case_town import RULES, Case, Town, given_of, group_of

OPERATORS = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
# What arithmetic may use beside what is given: 每百户, 千人, 万人, m² in km², 2 / s,
# N + 1, and the people of the city's 20, or 10 urban, communities.
FACTORS = {0, 1, 2, 100, 1000, 10_000, 1_000_000, 20_000, 2000}
# Rules that no data of ours can pass or fail, and why their cases say so.
NEVER_JUDGED = {
    "own_catchment": {"BH-R18", "BH-R19"},
    # 千人指标 of all facilities together: which classes count, no source at hand says.
    "no_input: classes": {f"GB-{n}{tier}" for n in (24, 25) for tier in "abcd"},
}


def read_cases():
    path = Path(__file__).with_name("cases.tsv")
    with path.open(encoding="utf-8", newline="") as source:
        rows = list(csv.reader(source, delimiter="\t"))[1:]
    return [Case(*row[:2], given_of(row[2]), *row[3:]) for row in rows]


CASES = read_cases()
CASES_OF = {name: [one for one in CASES if one.rule_id == name] for name in RULES}


def worked_out(text):
    """The value of arithmetic with numbers, + - * / and ceil; nothing else."""

    def value(node):
        match node:
            case ast.Constant(value=int() | float() as figure):
                return figure
            case ast.BinOp(left=left, op=op, right=right):
                return OPERATORS[type(op)](value(left), value(right))
            case ast.Call(func=ast.Name(id="ceil"), args=[inner], keywords=[]):
                return math.ceil(value(inner))
        message = f"{text!r} is no arithmetic"
        raise ValueError(message)

    return value(ast.parse(text, mode="eval").body)


def figures_in(text):
    return {float(figure) for figure in re.findall(r"\d+(?:\.\d+)?", text)}


def figures_of(given):
    """Numbers that a case gives, and how many items its lists have."""
    found = set()
    for text in given.values():
        found |= figures_in(text)
        found |= {float(len(text.split(mark))) for mark in "、+"}
    return found


@cache
def findings():
    """Findings of every case, judged in as few towns as the cases allow."""
    towns = defaultdict(list)
    for case in CASES:
        rule = RULES[case.rule_id]
        group = towns[group_of(rule, case)]
        town = next((one for one in group if one.fits(rule, case)), None)
        if town is None:
            town = Town()
            group.append(town)
        town.take(rule, case)
    found = {}
    for town in (town for group in towns.values() for town in group):
        rows = town.judged()
        for rule_id, part in rows.groupby("rule_id", sort=False):
            for name in town.cases.get(rule_id, ()):
                found[rule_id, name] = part
    return found


def rows_of(case):
    rows = findings()[case.rule_id, case.name]
    own = rows[rows["unit_id"] == case.unit_id]
    return rows[rows["unit_id"] == "toy"] if own.empty else own


def is_figure(found, text):
    if not text:
        return pd.isna(found)
    return found == pytest.approx(float(text), rel=1e-9, abs=1e-9)


def says(case, row):
    """What a finding says otherwise than the case."""
    low, _, high = case.threshold.partition("..")
    verdict, _, ours = case.verdict.partition("/")
    reason, _, missing = case.why.partition(": ")
    found = {
        "measured": is_figure(row["measured"], case.measured),
        "threshold_min": is_figure(row["threshold_min"], low),
        "threshold_max": is_figure(row["threshold_max"], high),
        "shortfall": is_figure(row["shortfall"], case.shortfall),
        "unit_of_measure": row["unit_of_measure"] == case.unit,
        "verdict": row["verdict"] == verdict,
        "verdict_tolerant": row["verdict_tolerant"] == (ours or None),
        "reason": row["reason"] == (f"checks.{reason}" if reason else None),
        "missing_inputs": not missing or row["missing_inputs"] == missing,
    }
    return {name: row.get(name) for name, is_so in found.items() if not is_so}


@pytest.mark.parametrize("rule_id", RULES)
def test_a_rule_says_what_was_worked_out_by_hand(rule_id):
    wrong = {}
    for case in CASES_OF[rule_id]:
        rows = rows_of(case)
        said = [says(case, row) for _, row in rows.iterrows()]
        if not said or any(said):
            wrong[case.name] = said or "no finding"
    assert not wrong


def test_the_arithmetic_proves_every_figure_from_what_is_given():
    for case in CASES:
        if not case.arithmetic:
            # Nothing to work out: no figure, or none known (0) of an unknown sum.
            assert case.measured in ("", "0"), case
            assert case.verdict.startswith("not_assessed"), case
            continue
        assert worked_out(case.arithmetic) == pytest.approx(float(case.measured)), case
        assert figures_in(case.arithmetic) <= figures_of(case.given) | FACTORS, case


def test_arithmetic_is_numbers_and_nothing_else():
    assert worked_out("ceil(5001 / 5000) + 2 * 3 - 1") == 7
    for text in ("given", "__import__('os')", "2 ** 3", "min(1, 2)"):
        with pytest.raises((ValueError, KeyError)):
            worked_out(text)


def outcomes(rule):
    """What the cases of a rule must show, apart from one that is not assessed."""
    if any(rule.rule_id in rules for rules in NEVER_JUDGED.values()):
        return set()
    if rule.force == "benchmark" or rule.op in ("~", "-") or not is_bounded(rule):
        return {"benchmark"}
    return {"pass", "fail"}


def is_bounded(rule):
    """Without a share of people, or a number at all, there is nothing to fail."""
    reach = "walk_minutes_coverage", "walk_distance_coverage", "service_radius"
    if rule.kind in reach and rule.level == "community":
        return rule.share is not None
    return rule.value_min is not None or rule.value_max is not None


def test_every_rule_of_every_book_passes_fails_and_is_left_open():
    shown = defaultdict(set)
    sides = defaultdict(set)
    for case in CASES:
        verdict = case.verdict.partition("/")[0]
        shown[case.rule_id].add(verdict)
        if verdict == "benchmark" and case.shortfall:
            sides[case.rule_id].add(float(case.shortfall) > 0)
    wanted = {name: outcomes(rule) | {"not_assessed"} for name, rule in RULES.items()}
    assert dict(shown) == wanted
    # Better and worse than the reference, where it is a number.
    assert all(side == {True, False} for side in sides.values())


# Kinds whose threshold is worked out (a window for 5,000, N + 1), or is none by nature.
WORKED_OUT = ("persons_per_window", "staff_formula", "gate", "topology")


def test_thresholds_are_the_numbers_of_the_sources():
    path = Path(__file__).parents[1] / "standards" / "rules_fixture.tsv"
    with path.open(encoding="utf-8", newline="") as source:
        rows = list(csv.DictReader(source, delimiter="\t"))
    numbers = {}
    for row in rows:
        scale = 0.01 if row["unit"] == "percent" else 1.0
        ends = [row["value_min"], row["value_max"]]
        numbers[row["rule"]] = {round(float(end) * scale, 9) for end in ends if end}
    for case in CASES:
        rule = RULES[case.rule_id]
        if rule.kind in WORKED_OUT or rule.op == "enum":
            continue
        ends = {round(float(end), 9) for end in case.threshold.split("..") if end}
        functions = {float(rule.functions_min)} if rule.functions_min else set()
        assert ends <= numbers[case.rule_id] | functions, case


def test_rules_that_are_never_judged_say_why():
    for why, rules in NEVER_JUDGED.items():
        said = {case.rule_id for case in CASES if case.why == why}
        assert said == rules
