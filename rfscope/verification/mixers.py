"""The operations of a user's module that may read everything: which do, and how they are cut off while it runs.

The reader of torch modules says which of its operations read everything. The module's own calls are matched with them
by module, kind and order.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rfscope.readers.tracing.mixing import MASKED
from rfscope.verification.flowing import carries

if TYPE_CHECKING:
    from torch import Tensor

    from rfscope.readers.torch.calls import Program
    from rfscope.readers.torch.translate import Translation

__all__ = ["Watch", "kind_of", "mixers_of", "without_gradient"]

_KINDS = {
    "product": re.compile(r"matmul|__matmul__|bmm|mm|mv|einsum|linear|addmm|baddbmm"),
    "attention": re.compile(r"_?scaled_dot_product_\w*attention\w*"),
    "pool": re.compile(r"_?adaptive_(avg|max)_pool[123]d\w*"),
    "reduction": re.compile(
        r"mean|sum|amax|amin|max|min|var|std|var_mean|std_mean|linalg_vector_norm|norm|logsumexp|prod|median|"
        r"nanmean|nansum|argmax|argmin|any|all|count_nonzero|aminmax|sort|cummax|cumprod|logcumsumexp|_?(log_)?softmax"
    ),
    "recurrence": re.compile(r"lstm|gru|rnn_tanh|rnn_relu|cumsum"),
    "fft": re.compile(r"_?fft_\w+"),
}


def kind_of(name: str) -> str | None:
    """The kind of an operation that may read everything, by torch's name for it; None for any other.

    Example:
        >>> kind_of("bmm"), kind_of("adaptive_avg_pool2d"), kind_of("conv2d")
        ('product', 'pool', None)
    """
    return next((kind for kind, pattern in _KINDS.items() if pattern.fullmatch(name)), None)


def mixers_of(program: Program, translation: Translation) -> Mapping[tuple[str, str], Sequence[str | None]]:
    """Per module and kind, the calls of that kind in order: the node of one that reads everything, else None."""
    by_name = {node.name: node for node in translation.network.nodes}
    found: defaultdict[tuple[str, str], list[str | None]] = defaultdict(list)
    for call, made in zip(program.calls, translation.made, strict=True):
        if (kind := kind_of(call.name)) is not None:
            everything = [name for name in made if by_name[name].is_global]
            found[call.module, kind].append(everything[-1] if everything else None)
    return found


def masked_in(program: Program, translation: Translation) -> frozenset[str]:
    """The modules in which attention was found to be local by its mask: there, masks are kept."""
    ops = {node.name: node.op for node in translation.network.nodes}
    pairs = zip(program.calls, translation.made, strict=True)
    return frozenset(call.module for call, made in pairs if MASKED in map(ops.get, made))


class Watch:
    """What to cut off, and what to record, while a module runs.

    Attributes:
        mixers: Per module and kind of operation, which of them, in order, read everything: these are cut off.
        open: Whether their gradients are let through after all.
        together: Dimensions of a map whose channels are taken together; 0 if they are taken as they are.
        masked: Modules whose attention keeps its masks.
        entered: What entered those that read everything, by the names of their nodes.
        indexed: What was indexed, by module: a class token is taken out so.
    """

    def __init__(
        self,
        mixers: Mapping[tuple[str, str], Sequence[str | None]],
        *,
        open: bool,
        together: int = 0,
        masked: frozenset[str] = frozenset(),
    ) -> None:
        self.mixers = mixers
        self.open = open
        self.together = together
        self.masked = masked
        self.entered: dict[str, Tensor] = {}
        self.indexed: defaultdict[str, list[Tensor]] = defaultdict(list)
        self._calls: Counter[tuple[str, str]] = Counter()

    def keeps_masks(self, module: str) -> bool:
        """Whether a module, or one that it belongs to, has attention that is local by its mask."""
        return any(module == one or module.startswith(f"{one}." if one else "") for one in self.masked)

    def passes(self, module: str, name: str, made: Any, inputs: Sequence[Any]) -> Any:
        """The result of an operation, or only its value if the operation reads everything."""
        if name in ("__getitem__", "select"):
            self.indexed[module].append(inputs[0])
        kind = kind_of(name)
        if kind is None:
            return made
        place, self._calls[module, kind] = self._calls[module, kind], self._calls[module, kind] + 1
        nodes = self.mixers.get((module, kind), ())
        node = nodes[place] if place < len(nodes) else None
        if node is None:
            return made
        self.entered[node] = next(filter(carries, inputs), inputs[0])
        return made if self.open else without_gradient(made)


def without_gradient(made: Any) -> Any:
    """The same tensors without gradients; a tuple stays of its type, as modules take parts of some by name."""
    from torch import Tensor
    from torch.utils._pytree import tree_map_only

    return tree_map_only(Tensor, Tensor.detach, made)
