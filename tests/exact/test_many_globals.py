"""Networks with many global operations behind each other."""

from __future__ import annotations

import rfscope as rf
from rfscope.network.build import assemble, conv, merge
from rfscope.network.graph import Node
from rfscope.network.reads import Whole


def test_a_long_row_of_global_blocks_is_searched_once() -> None:
    """Each block doubles the number of paths: whoever follows every path never comes to an end."""
    nodes, last = [conv("stem", kernel=7)], "stem"
    for number in range(60):
        nodes += [
            Node(name=f"a{number}", op="attention", reads=(Whole(), Whole()), inputs=(last,)),
            Node(name=f"b{number}", op="attention", reads=(Whole(), Whole()), inputs=(last,)),
            merge(f"sum{number}", [f"a{number}", f"b{number}"]),
        ]
        last = f"sum{number}"
    analysis = rf.analyze(assemble("attention", nodes))
    assert [(output.node, output.size) for output in analysis.outputs] == [("stem", (7, 7))]
