"""Finding example inputs that a module takes: shapes are tried on tensors without data, which costs little.

First the likeliest shapes at one size; then, with those that came furthest, other sizes. What is found to run is
captured; where nothing is, the error says what was tried.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from rfscope import limits
from rfscope.errors import RfscopeError, TargetError
from rfscope.network.forms import Forms
from rfscope.readers.torch.tape import Steps
from rfscope.wording import first_few, size_text

if TYPE_CHECKING:
    from rfscope.readers.torch.calls import Program

__all__ = ["Accepted", "Plan", "find", "one_line"]

_MOST_SHAPES = 3
"""Of the combinations of channels, how many are tried at other sizes."""


class Plan(NamedTuple):
    """What may be tried.

    Attributes:
        alike, mixed: Combinations of inputs, the likeliest first; the second list where nothing of the first is taken.
        sizes: Sizes of the images, the likeliest first.
        given: Whether the size was given.
    """

    alike: Sequence[Forms]
    mixed: Sequence[Forms]
    sizes: Sequence[tuple[int, ...]]
    given: bool


class Accepted(NamedTuple):
    """What a module took.

    Attributes:
        program: What it does.
        forms: The inputs.
        sizes: The size of the images.
        refused: Sizes that it did not take.
    """

    program: Program
    forms: Forms
    sizes: tuple[int, ...]
    refused: tuple[tuple[int, ...], ...]


class _Failure(NamedTuple):
    """A try that failed: what was raised, and after how many operations."""

    forms: Forms
    sizes: tuple[int, ...]
    error: Exception
    steps: int

    @property
    def kind(self) -> tuple[str, str, int]:
        """What failures have in common that do not depend on the shapes."""
        return type(self.error).__name__, re.sub(r"\d+", "", str(self.error)), self.steps


def find(plan: Plan, name: str, captured: Callable[[Sequence[tuple[int, ...]], Steps], Program]) -> Accepted:
    """Find an example that a module takes, and capture it.

    Args:
        plan: What to try.
        name: What the module is called in error texts.
        captured: Captures it at inputs of some shapes, counting its steps, or raises what the module does.

    Raises:
        TargetError: None is found.
        RfscopeError: One is found, and cannot be captured.
    """
    failures: list[_Failure] = []
    began, late = 0.0, False
    for forms, sizes in _in_order(plan, failures):
        if len(failures) == 1:
            began = time.process_time()
        elif failures and (late := time.process_time() - began > limits.limit("try-seconds")):
            break
        steps = Steps()
        try:
            program = captured([form.at(sizes) for form in forms], steps)
        except RfscopeError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever a module raises on an input it does not take
            failures.append(_Failure(forms, sizes, error, steps.done))
        else:
            refused = dict.fromkeys(failure.sizes for failure in failures if failure.sizes != sizes)
            return Accepted(program, forms, sizes, tuple(refused))
    raise _refusal(failures, plan, name, late=late)


def _in_order(plan: Plan, failures: Sequence[_Failure]) -> Iterator[tuple[Forms, tuple[int, ...]]]:
    """Combinations and sizes, those first that are like what came furthest so far."""
    first = plan.sizes[0]
    for forms in plan.alike:
        yield forms, first
    furthest = {failure.forms[0]: failure.steps for failure in reversed(failures)}
    for forms in sorted(plan.mixed, key=lambda forms: -furthest.get(forms[0], 0)):
        yield forms, first
    best = sorted(failures, key=lambda failure: -failure.steps)[:_MOST_SHAPES]
    for failure in best:
        for sizes in plan.sizes[1:] if any(form.placed for form in failure.forms) else ():
            yield failure.forms, sizes


def _refusal(failures: Sequence[_Failure], plan: Plan, name: str, *, late: bool) -> TargetError:
    best = max(failures, key=lambda failure: failure.steps)
    names = [form.name for form in best.forms]
    tried = list(dict.fromkeys(_shown(failure) for failure in failures))
    first = "; ".join(tried[:2])
    said = f"tried {first}" + (f" and {len(tried) - 2} more" if len(tried) > 2 else "")
    sizes = list(dict.fromkeys(size_text(failure.sizes) for failure in failures))
    if len(sizes) > 1:
        said += f", sizes {first_few(sizes, 6)}"
    if late:
        said += f", and stopped after {limits.limit('try-seconds')} s (--limit try-seconds=N)"
    inputs = "one input" if len(names) == 1 else f"{len(names)} inputs"
    return TargetError(
        "cannot run the module on an example input",
        where=name,
        got=one_line(best.error),
        do=f"it takes {inputs}, {', '.join(names)}; {said}; {_advice(failures, best, plan)}",
    )


def _shown(failure: _Failure) -> str:
    return " with ".join(f"{form.name} {size_text(form.at(failure.sizes))}" for form in failure.forms)


def _advice(failures: Sequence[_Failure], best: _Failure, plan: Plan) -> str:
    example = " ".join(f"--input {form.name}={','.join(map(str, form.at(best.sizes)))}" for form in best.forms)
    if len(failures) > 1 and len({failure.kind for failure in failures}) == 1 and not _is_of_shapes(best.error):
        shapes = ", ".join(f"torch.zeros{form.at(best.sizes)}" for form in best.forms)
        return f"it is the same at all of them: see that it runs on {shapes}"
    if not any(form.placed for failure in failures for form in failure.forms):
        return "check these shapes"
    return f"{'check --input, or ' * plan.given}give the shape of each, such as {example}"


def _is_of_shapes(error: Exception) -> bool:
    """Whether an error that is the same at all shapes may ask for another one."""
    return isinstance(error, AssertionError) or any(word in str(error).lower() for word in ("size", "shape", "dim"))


def one_line(error: BaseException) -> str:
    """An error as a line: its type and the first line of its text."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return f"{type(error).__name__}: {lines[0]}"[:200] if lines else type(error).__name__
