"""A temporal convolutional network with kernel 2: how much history does one output have, and does it look ahead?

The rates double from layer to layer, as in WaveNet, so the history doubles with each layer and has no holes.
"""

import rfscope as rf

rates = [1, 2, 4, 8, 16, 32]
tcn = rf.chain(rates, kernel=2, dims=1, causal=True, name="TCN")
field = rf.analyze(tcn).output.axes[0]
print(f"one output sees {field.size} steps: {field.padding} steps of history, none ahead")

for layers in range(1, len(rates) + 1):
    analysis = rf.analyze(rf.chain(rates[:layers], kernel=2, dims=1, causal=True))
    print(f"  after {layers} layers: {analysis.output.size[0]} steps, {analysis.output.coverage.holes} holes")

careless = rf.analyze(rf.chain([2, 4, 8], kernel=3, dims=1, causal=True, name="TCN without a rate of 1"))
print(f"{careless.name}: {careless.output.coverage.holes} of {careless.output.size[0]} steps are never read")
