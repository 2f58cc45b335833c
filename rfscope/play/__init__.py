"""The page to play with: one file without network or server, on which rates can be tried.

Its engine is the closed forms for plain chains in a browser's language; the tests compare it with ours.
"""

from __future__ import annotations

from collections.abc import Sequence

from rfscope.errors import UnsupportedError
from rfscope.network.graph import Network
from rfscope.network.reads import Window
from rfscope.web import as_json, part, policy

__all__ = ["page", "state_of"]

_SCRIPTS = ("engine.js", "address.js", "pictures.js", "words.js", "saving.js", "page.js")


def page(state: str = "") -> str:
    """The page, as HTML.

    Args:
        state: What it shows first, as it stands in its address behind the ``#``: see ``state_of``.
    """
    script = "\n".join([part("rfscope.web", "colours.js"), *(part(__name__, name) for name in _SCRIPTS)])
    style = part("rfscope.web", "look.css") + part(__name__, "play.css")
    parts = {"policy": policy(script, style), "style": style, "given": as_json(state), "script": script}
    html = part(__name__, "page.html")
    for name, text in parts.items():
        html = html.replace("{{" + name + "}}", text)
    return html


def state_of(networks: Sequence[Network], sample_rate: float | None = None) -> str:
    """What the page's address says of one network or two.

    Args:
        networks: Chains of convolutions or pooling that are alike along every axis, in 1-D or 2-D.
        sample_rate: Samples a second, in Hz.

    Raises:
        UnsupportedError: A network is no such chain, or they differ in what the page has once for both.

    Example:
        >>> from rfscope.network.build import chain
        >>> state_of([chain([1, 2, 5]), chain([2, 4], kernel=[5, 3], stride=[2, 1])])
        'a=1,2,5&b=2,4@5,3/2,1&dims=2'
    """
    chains = [_windows(network) for network in networks]
    dims = {network.dims for network in networks}
    dilated = [one for windows in chains for one in windows if one.extent > 1]
    causal = bool(dilated) and all(one.known_padding == (one.extent - 1, 0) for one in dilated)
    centred = all(one.known_padding is not None and one.known_padding[0] == (one.extent - 1) // 2 for one in dilated)
    if len(networks) > len("ab") or len(dims) > 1 or not (causal or centred):
        raise UnsupportedError(
            "cannot show these on the page",
            where=" and ".join(network.name for network in networks),
            expected="one or two chains of the same number of axes, all centred or all causal",
        )
    parts = [f"{name}={_written(windows)}" for name, windows in zip("ab", chains, strict=False)]
    parts += [f"dims={dims.pop()}", *(["causal"] if causal and not centred else [])]
    return "&".join([*parts, *([f"hz={sample_rate:g}"] if sample_rate else [])])


def _windows(network: Network) -> list[Window]:
    """The windows of a chain along its axes, which are alike."""
    found = [read for node in network.nodes for read in node.reads[:1] if isinstance(read, Window)]
    alike = all(len(set(node.reads)) == 1 for node in network.nodes)
    if not network.is_chain or len(found) < len(network.nodes) or not alike or network.dims > 2:
        raise UnsupportedError(
            "the page shows plain chains only",
            where=network.name,
            expected="convolutions or pooling one behind the other, alike along every axis, in 1-D or 2-D",
            do="rfscope analyze shows any network",
        )
    return found


def _written(windows: Sequence[Window]) -> str:
    rates = ",".join(str(one.dilation) for one in windows)
    kernels, strides = [one.kernel for one in windows], [one.stride for one in windows]
    taps = "" if set(kernels) == {3} else f"@{_shortest(kernels)}"
    steps = "" if set(strides) == {1} else f"/{_shortest(strides)}"
    return rates + taps + steps


def _shortest(numbers: Sequence[int]) -> str:
    return str(numbers[0]) if len(set(numbers)) == 1 else ",".join(map(str, numbers))
