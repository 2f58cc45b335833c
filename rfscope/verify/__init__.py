"""The proof: real convolutions, whose gradients must equal the computed usage counts exactly."""

from __future__ import annotations

from rfscope.verify.check import Difference, Verification, verify, verify_claim

__all__ = ["Difference", "Verification", "verify", "verify_claim"]
