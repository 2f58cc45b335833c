"""Sets of positions on the way back through one layer, against the layer's own word."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rfscope.exact.packed import positions
from rfscope.exact.position_sets import positions_of, used_by
from rfscope.network.reads import Table


@st.composite
def tables(draw: st.DrawFn) -> Table:
    period = draw(st.integers(1, 6))
    starts = draw(st.lists(st.integers(-4, 9), min_size=period, max_size=period))
    lengths = draw(st.lists(st.integers(0, 5), min_size=period, max_size=period))
    size = draw(st.none() | st.integers(1, 40))
    stops = tuple(start + length for start, length in zip(starts, lengths, strict=True))
    return Table(starts=tuple(starts), stops=stops, shift=draw(st.integers(0 if size else 1, 7)), size=size)


@given(tables(), st.integers(-9, 9), st.integers(1, 2**20))
def test_a_table_reads_what_its_outputs_read(table: Table, start: int, bits: int) -> None:
    line = positions_of(start, bits)
    expected = {place for at in positions(line.bits) for place in table.range(line.start + at)}
    found = used_by(table, line)
    assert {found.start + at for at in positions(found.bits)} == expected
    assert not found.bits or found.bits & 1
