from __future__ import annotations

from hypothesis import settings

settings.register_profile("plots", deadline=None)  # other jobs may share the processor: no example has to be quick
settings.load_profile("plots")
