"""Networks of several inputs: which of them an answer is for.

Each input has positions of its own, so that one answer never covers two: a network is read from one of its inputs, and
what only the others reach is as constant as the weights are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from rfscope.errors import TargetError
from rfscope.wording import size_text

__all__ = ["chosen", "is_image", "no_shapes", "notes", "titled", "unnamed"]


def is_image(shape: Sequence[int | None], dims: int) -> bool:
    """Whether an input has positions: a batch, channels, and axes that are not all of size 1.

    Example:
        >>> is_image((1, 3, 256, 256), 2), is_image((1, 1, 1, 1), 2), is_image((1, 512), 2)
        (True, False, False)
    """
    return len(shape) == dims + 2 and any(size != 1 for size in shape[2:])


def chosen(names: Sequence[str], of: str | None, where: str) -> str:
    """The input that is asked for; by default the first.

    Raises:
        TargetError: There is none of that name.

    Example:
        >>> chosen(["x", "y"], None, "net"), chosen(["x", "y"], "y", "net")
        ('x', 'y')
    """
    if of is not None and of not in names:
        expected = f"one of {', '.join(names)}" if len(names) > 1 else f"{names[0]}, its only one"
        raise TargetError("no such input", where=where, got=repr(of), expected=expected)
    return names[0] if of is None else of


def unnamed(where: str, of: str | None, shapes: Mapping[str, Sequence[int]] | None = None) -> None:
    """Refuse names of inputs for a network whose one input has none.

    Raises:
        TargetError: An input is asked for, or its shape given, by name.
    """
    chosen(["input"], of, where)
    no_shapes(where, shapes)


def no_shapes(where: str, shapes: Mapping[str, Sequence[int]] | None) -> None:
    """Refuse shapes of inputs by name.

    Raises:
        TargetError: There are some.
    """
    if shapes:
        got, do = f"{next(iter(shapes))}=...", "give the size of the input alone, such as --input 256,256"
        raise TargetError("shapes of inputs by name", where=where, got=got, expected="a torch module", do=do)


def titled(title: str, names: Sequence[str], of: str) -> str:
    """What a network is called: with the input that it is read from, if there are several.

    Example:
        >>> titled("Net", ["x"], "x"), titled("Net", ["x", "y"], "y")
        ('Net', 'Net of y')
    """
    return f"{title} of {of}" if len(names) > 1 else title


def notes(
    names: Sequence[str],
    of: str,
    others: Mapping[str, Sequence[int]],
    states: Collection[str] = (),
    *,
    together: Sequence[str] = (),
) -> Iterator[str]:
    """What there is to say of a network with several inputs.

    Args:
        names: Those that have positions.
        of: The one that the network is read from.
        others: The shapes of inputs without positions.
        states: Those of them that are states of recurrent layers.
        together: Those that it is read from as if they were one.
    """
    if len(together) > 1:
        yield f"All of {_listed(together)} are cut alike."
    left = [name for name in names if name != of]
    if left:
        more = " or ".join(f"--of {name}" for name in left)
        yield f"This is what it reads of its input {of} alone; for {_listed(left)}, add {more}."
    if others:
        if len(names) == 1 and len(together) < 2:
            yield f"This is what it reads of its input {of}."
        shapes = [_described(name, shape, name in states) for name, shape in others.items()]
        yield f"Read with {_listed(shapes)}, which {'has' if len(shapes) == 1 else 'have'} no positions."


def _described(name: str, shape: Sequence[int], is_state: bool) -> str:
    what = f"{name}, a state" if is_state else name
    return f"{what} of the shape {size_text(shape)}" if shape else f"{what}, a number"


def _listed(names: Sequence[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
