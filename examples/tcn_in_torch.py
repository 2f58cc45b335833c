"""A temporal convolutional network in torch: its history, and whether it looks ahead.

Padding on both sides and cutting the end is how causal convolutions are usually written. Forgetting to cut is a bug
that no test of shapes finds when the next layer cuts more.
"""

from torch import Tensor, nn
from torch.nn import functional

import rfscope as rf


class CausalConv(nn.Module):
    def __init__(self, own: int, out: int, kernel: int, rate: int, *, cut: bool = True) -> None:
        super().__init__()
        self.beyond = (kernel - 1) * rate
        self.cut = cut
        self.conv = nn.Conv1d(own, out, kernel, dilation=rate, padding=self.beyond if cut else self.beyond // 2)

    def forward(self, x: Tensor) -> Tensor:
        y = functional.relu(self.conv(x))
        return y[..., : -self.beyond] if self.cut else y


class TCN(nn.Module):
    def __init__(self, rates: list[int], *, careless_at: int | None = None) -> None:
        super().__init__()
        layers = [
            CausalConv(8 if place else 1, 8, 3, rate, cut=rate != careless_at) for place, rate in enumerate(rates)
        ]
        self.layers = nn.Sequential(*layers)

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.layers(x)
        return y


for title, model in (
    ("causal", TCN([1, 3, 9, 27])),
    ("a layer of rate 9 that is not cut", TCN([1, 3, 9, 27], careless_at=9)),
    ("without a rate of 1", TCN([2, 4, 8])),
):
    analysis = rf.analyze(model, input=(256,))
    [field] = analysis.output.axes
    before, ahead = field.reach or (0, 0)
    print(f"{title}: sees {field.size} steps, {before} back and {ahead} ahead")
    for finding in rf.lint(analysis, max_lookahead=0):
        if finding.level == "error":
            print(f"  {finding.code}: {finding.message}")
