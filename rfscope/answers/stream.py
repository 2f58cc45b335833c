"""How a network runs on a stream, as an object that prints the answer of the command line."""

from __future__ import annotations

from dataclasses import fields

from rfscope.exact.streaming import Stream as Numbers

__all__ = ["Stream"]


class Stream(Numbers):
    """How a network runs on a stream. Printed, it is the answer of the command line.

    Example:
        >>> import rfscope as rf
        >>> rf.stream("1,2,4", causal=True)
        <Stream of 1,2,4: causal, latency 1, chunks of 1>
    """

    @classmethod
    def of(cls, found: Numbers) -> Stream:
        """The same numbers with their text."""
        return cls(**{field.name: getattr(found, field.name) for field in fields(found)})

    def __str__(self) -> str:
        from rfscope.answers.printed import printed
        from rfscope.text.stream import stream_text

        return printed(lambda console: stream_text(self, console.width))
