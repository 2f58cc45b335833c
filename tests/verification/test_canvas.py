"""The canvas: large enough, and no larger."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rfscope.errors import NetworkError
from rfscope.exact.analysis import analyze
from rfscope.exact.field import Field
from rfscope.network.build import assemble, chain, conv
from rfscope.network.graph import Network
from rfscope.network.reads import TransposedWindow, Whole, Window
from rfscope.verification import verify
from rfscope.verification.canvas import Canvas, CanvasStep, local_nodes, make_canvas, positions
from tests import oracle
from tests.verification.networks import node, random_network

EVERY = assemble("net", [conv("c1", padding=(2, 0)), conv("c2", stride=2, padding=(0, 3)), conv("c3", dilation=3)])


def inside(canvas: Canvas, size: dict[str, int]) -> bool:
    """Whether the outputs exist and read, at every map, nothing but what is there: position by position."""
    read: dict[str, set[int]] = {canvas.steps[-1].name: {place for (place,) in canvas.outputs}}
    for step in reversed(canvas.steps):
        places = read.get(step.name, set())
        if not all(0 <= place < size[step.name] for place in places):
            return False
        for name in step.inputs:
            read.setdefault(name, set()).update(at for place in places for at in oracle.read_by(step.reads[0], place))
    return all(0 <= place < size["input"] for place in read.get("input", ()))


def sizes(canvas: Canvas) -> dict[str, int]:
    return {"input": canvas.size[0], **{step.name: step.after[0] for step in canvas.steps}}


def canvas_of(network: Network, places: list[tuple[int, ...]], fields: tuple[Field, ...]) -> Canvas:
    return make_canvas(network, places, [field.period for field in fields])


def test_touches_no_border() -> None:
    tried = 0
    for seed in range(300):
        network = random_network(seed, dims=1, bounded=False)
        try:
            output = analyze(network).output
        except NetworkError:
            continue
        canvas = canvas_of(output.network, positions(output), output.axes)
        assert inside(canvas, sizes(canvas)), seed
        tried += 1
    assert tried > 150


@pytest.mark.parametrize(
    ("network", "size", "first"),
    [
        pytest.param(chain([1, 2], dims=1), 7, 3, id="centred"),
        pytest.param(chain([1, 2], dims=1, causal=True), 7, 6, id="causal"),
        pytest.param(chain([1, 1], stride=[2, 3], dims=1), 10, 1, id="strides"),
        pytest.param(assemble("net", [conv("c", dims=1, padding=(-4, 2))]), 7, 0, id="cropped in front"),
        pytest.param(assemble("net", [conv("c", dims=1, padding=(0, -4))]), 7, 0, id="cropped behind"),
        pytest.param(assemble("net", [node("up", TransposedWindow(kernel=2, stride=2))]), 1, 0, id="up"),
        pytest.param(
            assemble("net", [node("up", TransposedWindow(kernel=4, stride=2, padding=(1, 1)))]), 2, 2, id="smooth up"
        ),
    ],
)
def test_is_no_larger(network: Network, size: int, first: int) -> None:
    output = analyze(network).output
    canvas = canvas_of(network, [output.position], output.axes)
    assert (canvas.size, canvas.outputs) == ((size,), ((first,),))


@pytest.mark.parametrize(
    ("network", "outputs"),
    [
        pytest.param(chain([1, 2], dims=1), 2, id="1-D"),
        pytest.param(chain([1, 1]), 4, id="2-D: one further along each axis, and along both"),
        pytest.param(chain([1, 1], dims=3), 5, id="3-D"),
        pytest.param(assemble("u", [node("u", TransposedWindow(kernel=3, stride=7))]), 8, id="all phases"),
        pytest.param(assemble("u", [node("u", *[TransposedWindow(kernel=3, stride=4)] * 2)]), 19, id="all of 4 x 4"),
        pytest.param(
            assemble("u", [node("u", *[TransposedWindow(kernel=3, stride=16)] * 2)]),
            49,
            id="along the axes and the diagonal of 16 x 16",
        ),
        pytest.param(assemble("u", [node("u", TransposedWindow(kernel=3, stride=999))]), 65, id="some of very many"),
    ],
)
def test_outputs_looked_at(network: Network, outputs: int) -> None:
    found = verify(analyze(network), device="cpu")
    assert found.equal
    assert found.phases == outputs


def test_few_phases_where_the_maps_are_large() -> None:
    up = node("u", *[TransposedWindow(kernel=3, stride=4)] * 2)
    output = analyze(assemble("u", [conv("wide", dilation=1000), up])).output
    assert positions(output) == [(0, 0), (1, 0), (0, 1), (1, 1)]


def test_a_bounded_input_is_run_as_it_is() -> None:
    analysis = analyze(EVERY, input=(12, 9))
    canvas = make_canvas(replace(EVERY, input=(12, 9)), positions(analysis.output), [1, 1])
    assert canvas.bounded
    assert canvas.size == (12, 9)
    assert canvas.outputs == ((3, 2), (0, 0), (6, 4))  # the middle one, the first, the last
    assert [step.after for step in canvas.steps] == [(12, 9), (7, 5), (7, 5)]


def test_the_branches_of_an_unbounded_merge_are_cut_to_the_shortest() -> None:
    nodes = [conv("c", dims=1, padding=(0, 0)), node("sum", Window(), inputs=["c", "input"])]
    canvas = make_canvas(assemble("net", nodes), [(0,)], [1])
    assert canvas.steps[-1] == CanvasStep("sum", ("c", "input"), (Window(),), before=(1,), after=(1,))


def test_what_leads_through_global_operations_only_is_left_out() -> None:
    nodes = [
        conv("c"),
        conv("side", inputs=["c"]),
        node("all", Whole(), Window(), inputs=["side"]),
        conv("excite", inputs=["all"]),
        node("gate", Window(), Window(), inputs=["c", "excite", "c"]),
        conv("behind", inputs=["gate"]),
    ]
    kept = local_nodes(assemble("net", nodes, outputs=["gate"]))
    assert [(node.name, node.inputs) for node in kept] == [("c", ("input",)), ("gate", ("c", "c"))]
