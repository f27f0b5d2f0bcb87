"""A city of three districts with something of everything, under any name."""

from __future__ import annotations

from lifecircle.batch.roll_up import roll_up
from lifecircle.batch.work import Failure
from tests.batch.city_records import (
    city_of,
    finding,
    journal_of,
    missing,
    reached,
    record,
    rule,
)

__all__ = ["city_sample", "square"]


def square(west, south, side=0.05):
    """A district's outline, degrees."""
    east, north = west + side, south + side
    return (
        f"POLYGON (({west} {south}, {east} {south}, {east} {north}, "
        f"{west} {north}, {west} {south}))"
    )


def city_sample(folder, *, names=("甲区", "乙区", "丙区"), title="每百户面积", **told):
    """d1 done and changed, d2 of an earlier run, d3 failed; ``told`` is of all."""
    first = {**rule(**{"pass": 1, "fail": 2}), "zh": title, "en": title}
    rules = {"R1": first, "R2": rule(force="should", **{"pass": 3})}
    unit = f"{names[0]} A"
    now = [finding("R1", "A", "fail", 20.0, 10.0, unit_name=unit)]
    was = [finding("R1", "A", "pass", 31.0, 0.0, unit_name=unit)]
    parts = {"rules": rules, **told}
    reach = [[reached("R1", 100, 30)], [reached("R1", 200, 10)]]
    area = [[missing("R2", 50.0)], [missing("R2", 30.0, not_assessed=1)]]
    d1 = record(
        "d1",
        findings=now,
        reached=reach[0],
        missing_area=area[0],
        **{"outline": square(117.0, 31.0), **parts},
    )
    d2 = record(
        "d2",
        reached=reach[1],
        missing_area=area[1],
        **{"outline": square(117.05, 31.0), **parts},
    )
    journal = journal_of(folder, [d1, d2], [record("d1", findings=was, rules=rules)])
    ids = ("d1", "d2", "d3")
    city = city_of(dict(zip(ids, names, strict=True)))
    failed = {
        "d2": Failure("timeout", "d2", "it had not ended.", "Allow more."),
        "d3": Failure("data", names[2], f"the value is {names[2]}.", "Mend it."),
    }
    return roll_up(city, journal, current={"d1"}, failed=failed)
