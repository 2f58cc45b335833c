"""The proof: real convolutions, whose gradients must equal the computed usage counts exactly."""

from __future__ import annotations

from rfscope.verification.check import Verification, verify, verify_claim
from rfscope.verification.compare import Claim, Difference, FieldDifference

__all__ = ["Claim", "Difference", "FieldDifference", "Verification", "verify", "verify_claim"]
