"""The proof: real convolutions, whose gradients must equal the computed usage counts exactly."""

from __future__ import annotations

from rfscope.verification.check import Verification, verify, verify_claim
from rfscope.verification.compare import Difference

__all__ = ["Difference", "Verification", "verify", "verify_claim"]
