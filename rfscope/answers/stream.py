"""How a network runs on a stream, as an object that prints the answer of the command line."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

from rfscope.exact.streaming import Stream as Numbers

if TYPE_CHECKING:
    from rfscope.verification.streams import StreamVerification

__all__ = ["Stream"]


@dataclass(frozen=True, kw_only=True, repr=False)
class Stream(Numbers):
    """How a network runs on a stream. Printed, it is the answer of the command line.

    Attributes:
        verification: What running it in chunks found; None if nobody asked, or it cannot run so.

    Example:
        >>> import rfscope as rf
        >>> rf.stream("1,2,4", causal=True)
        <Stream of 1,2,4: causal, latency 1, chunks of 1>
    """

    verification: StreamVerification | None = None

    @classmethod
    def of(cls, found: Numbers, verification: StreamVerification | None = None) -> Stream:
        """The same numbers with their text.

        Args:
            found: The numbers.
            verification: What running it found.
        """
        return cls(**{field.name: getattr(found, field.name) for field in fields(Numbers)}, verification=verification)

    def __str__(self) -> str:
        from rfscope.answers.printed import printed
        from rfscope.text.stream import stream_text

        said = printed(lambda console: stream_text(self, console.width))
        return said if self.verification is None else f"{said}\n\n{self.verification}"
