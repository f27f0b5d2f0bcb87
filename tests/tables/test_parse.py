"""A column is parsed to the same values and faults however the file holds it."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifecircle.tables.facts import schema_of
from lifecircle.tables.ledger import Ledger, Origin
from lifecircle.tables.parse import _judge, parse_column

NUMBERS = st.floats(width=64) | st.sampled_from([-1.0, 0.5, 3.0, 201.0, np.inf])


def parsed(cells, field):
    ledger = Ledger()
    number = ledger.open(Origin("buildings", "a.csv", "", {field.name: "x"}))
    rows = np.arange(len(cells))
    frame = pd.DataFrame({field.name: cells, "_origin": number, "_row": rows})
    values = parse_column(frame, field, {}, ledger=ledger)
    return values, [(p.key, p.row) for p in ledger.problems]


@pytest.mark.parametrize("name", ["households", "floors", "floor_area_m2"])
@given(numbers=st.lists(NUMBERS, max_size=8))
def test_numbers_are_judged_as_single_cells_are(name, numbers):
    field = schema_of("buildings").readable[name]
    fast, told = parsed(pd.Series(numbers, dtype=np.float64), field)
    slow, also = parsed(pd.Series(numbers, dtype=object), field)
    pd.testing.assert_series_equal(fast, slow)
    assert told == also


@given(texts=st.lists(st.none() | st.text(max_size=4) | st.sampled_from(["无", " a "])))
def test_texts_are_judged_as_single_cells_are(texts):
    field = schema_of("buildings").readable["name"]
    values, _ = parsed(pd.Series(texts, dtype=object), field)
    assert values.tolist() == [_judge(text, field, {})[0] for text in texts]


def test_a_number_and_its_text_are_two_cells():
    # True, 1 and 1.0 are equal in Python, and "1" is a text: each as it reads.
    field = schema_of("buildings").readable["name"]
    values, _ = parsed(pd.Series([True, 1, 1.0, "1", None], dtype=object), field)
    assert values.tolist() == ["yes", "1", "1", "1", None]
