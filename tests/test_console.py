"""What the command line shows of many problems."""

from __future__ import annotations

import pytest

from lifecircle.console import SHOWN_ALIKE, Console
from lifecircle.model import Problem


def shown(capsys, *, verbose: bool) -> str:
    alike = [
        Problem(
            "tables.negative",
            {"value": "-3", "ours": "households"},
            file="楼栋.csv",
            row=row,
            column="户数",
        )
        for row in (*range(2, 12), 20)
    ]
    other = Problem("tables.table_empty", {"value": "x"}, "warning", file="网格.csv")
    Console("zh", quiet=False, verbose=verbose).show_problems([other, *alike])
    return capsys.readouterr().err


def test_problems_alike_are_shown_five_times_and_then_by_their_rows(capsys):
    told = shown(capsys, verbose=False)
    assert told.count("问题  值为 -3") == SHOWN_ALIKE == 5
    # 11 rows, five of them shown: 7 to 11 and 20 are left
    assert "同类另有 6 条，行号：7-11, 20" in told
    # numbers count those that are not shown: the other one is the twelfth
    assert "12. [提示]" in told


@pytest.mark.parametrize("row", [2, 11, 20])
def test_all_are_shown_on_demand(capsys, row):
    told = shown(capsys, verbose=True)
    assert f"第 {row} 行" in told
    assert told.count("问题  值为 -3") == 11
    assert "同类另有" not in told
