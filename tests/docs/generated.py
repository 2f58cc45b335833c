"""The parts of pages that are made from the program itself, each between two comments that name it."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

_PART = re.compile(r"(<!-- made: (?P<name>[a-z-]+) -->\n).*?(<!-- end -->)", re.DOTALL)


class Option(NamedTuple):
    """An option of a command, as a page shows it."""

    name: str
    says: str
    default: str


def regenerated(text: str) -> str:
    """A page whose made parts are made anew."""
    return _PART.sub(lambda part: f"{part[1]}\n{_MAKERS[part['name']]()}\n\n{part[3]}", text)


def _table(heads: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    shown = [[str(cell).replace("|", "\\|").replace("\n", " ") for cell in row] for row in rows]
    columns = list(heads)
    lines = [columns, ["---"] * len(columns), *shown]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _rules() -> str:
    from rfscope.rules import RULES

    rows = ((f"[{rule.code}](#{_anchor(rule)})", f"`{rule.name}`", rule.level, rule.page.summary) for rule in RULES)
    return _table(("code", "name", "level", "says"), rows)


def _anchor(rule: Any) -> str:
    return f"{rule.code.lower()}-{rule.name}"


def _rule_pages() -> str:
    from rfscope.rules import RULES

    return "\n\n".join("\n\n".join(_rule_page(rule)) for rule in RULES)


def _rule_page(rule: Any) -> Iterator[str]:
    page = rule.page
    yield f"## {rule.code} {rule.name}"
    yield f"{rule.level.capitalize()}{'' if rule.default else ', off unless it is selected'}. {page.summary}"
    yield from (_escaped(" ".join(paragraph.split())) for paragraph in page.explanation.split("\n\n"))
    if rule.thresholds:
        set_by = ", ".join(f"`{threshold.key}` ({threshold.says})" for threshold in rule.thresholds)
        yield f"Settings: {set_by}"
    for title, example in (("Bad", page.bad), ("Good", page.good)):
        single = "\n" not in example
        yield f"{title}: `rfscope lint {example}`" if single else f"{title}:\n\n```text\n{example}\n```"
    yield f"Source: {_escaped(' '.join(page.source.split()))}"


def _escaped(text: str) -> str:
    return re.sub(r"([*_<])", r"\\\1", text)


_SHARED_BY = 3
"""So many commands have an option alike for it to be told once."""


def _commands() -> str:
    commands = _walked()
    shared = {option for option, paths in _places().items() if len(paths) >= _SHARED_BY}
    return "\n\n".join("\n\n".join(_command(path, command, shared)) for path, command in commands.items())


def _shared_options() -> str:
    rows = (
        (*option, "every command" if _is_everywhere(paths) else ", ".join(paths))
        for option, paths in _places().items()
        if len(paths) >= _SHARED_BY
    )
    return _table(("option", "says", "default", "of"), rows)


@cache
def _places() -> dict[Option, list[str]]:
    """Every option, and which commands have it alike."""
    places: dict[Option, list[str]] = {}
    for path, command in _walked().items():
        for option in _options(command):
            places.setdefault(option, []).append(path.removeprefix("rfscope "))
    return places


def _is_everywhere(paths: Collection[str]) -> bool:
    """Whether these are all commands, the program itself aside."""
    return len(paths) >= max(map(len, _places().values())) - 1


@cache
def _walked() -> dict[str, Any]:
    """Every command, by the words that lead to it, in the order of the help."""
    import typer

    from rfscope import cli
    from rfscope.cli.program import COMMANDS

    found: dict[str, Any] = {}

    def walk(path: str, command: Any) -> None:
        if not getattr(command, "hidden", False):
            found[path] = command
            for name, one in getattr(command, "commands", {}).items():
                walk(f"{path} {name}", one)

    walk("rfscope", typer.main.get_command(cli._program(["--help"])))
    order = ["", *COMMANDS]
    return dict(sorted(found.items(), key=lambda pair: order.index((*pair[0].split(), "")[1])))


def _options(command: Any) -> list[Option]:
    return [_option(one) for one in command.params if not getattr(one, "hidden", False) and one.name != "help"]


def _option(one: Any) -> Option:
    named = one.param_type_name == "option"
    names = ", ".join(one.opts) if named else (one.metavar or one.opts[0]).upper()
    word = f" {one.metavar}" if named and one.metavar else ""
    default = one.show_default if isinstance(one.show_default, str) else one.default
    given = f"`{default}`" if default not in (None, False, ()) and not callable(default) else ""
    return Option(f"`{names}{word}`", " ".join((one.help or "").split()), given)


def _command(path: str, command: Any, shared: Collection[Option]) -> Iterator[str]:
    from rfscope.cli.program import COMMANDS

    yield f"### {path}"
    yield _escaped(" ".join((command.help or "").replace("\f", " ").split()))
    if entry := COMMANDS.get(path.removeprefix("rfscope ")):
        yield "For example " + ", or ".join(f"`{example}`" for example in entry.examples) + "."
    options = _options(command)
    own = [option for option in options if option not in shared]
    if own:
        yield _table(("option", "says", "default"), own)
    told = [option.name for option in options if option in shared and not _is_everywhere(_places()[option])]
    if told:
        yield f"[{'And' if own else 'Options'} of several commands](#options-of-several-commands): {', '.join(told)}."


def _limits() -> str:
    from rfscope import limits

    says = dict(re.findall(r'^    "([\w-]+)": [^#\n]*# (.*)$', inspect.getsource(limits), re.MULTILINE))
    rows = ((f"`{name}`", f"{value:,}", says.get(name, "")) for name, value in limits.DEFAULTS.items())
    return _table(("limit", "is", "of"), rows)


def _expected(field: Any) -> str:
    return next((fact.text for fact in field.metadata if hasattr(fact, "text")), "")


def _default(field: Any) -> str:
    if field.is_required():
        return "required"
    empty = field.default_factory is not None or field.default is None
    return "" if empty else f"`{str(field.default).lower()}`"


def _keys(models: Mapping[str, Any]) -> Iterator[tuple[str, str, str, str, list[str]]]:
    """Each key with what it takes, its default and what it says, and which of the models have it so."""
    found: dict[tuple[str, str, str, str], list[str]] = {}
    for name, model in models.items():
        for key, field in model.model_fields.items():
            about = (field.alias or key, _expected(field), _default(field), field.description or "")
            found.setdefault(about, []).append(name)
    return ((*about, names) for about, names in found.items() if about[0] != "op")


def _ops() -> str:
    from rfscope.readers.spec_model import OPS

    return _table(("`op`", "is"), ((f"`{op}`", model.__doc__) for op, model in OPS.items()))


def _op_keys() -> str:
    from rfscope.readers.spec_model import OPS

    def on(names: list[str]) -> str:
        left_out = [f"`{op}`" for op in OPS if op not in names]
        if len(left_out) <= 3:
            return "all" if not left_out else f"all but {', '.join(left_out)}"
        return ", ".join(f"`{name}`" for name in names)

    rows = ((f"`{key}`", on(names), takes, default, says) for key, takes, default, says, names in _keys(OPS))
    return _table(("key", "on", "takes", "default", "says"), rows)


def _spec_keys() -> str:
    from rfscope.readers.spec_model import Spec

    return _table(("key", "takes", "default", "says"), ((f"`{key[0]}`", *key[1:4]) for key in _keys({"spec": Spec})))


def _settings() -> str:
    from rfscope.linting.config_model import Config, Network

    where = {"config": "all networks", "network": "one network", "config network": "both"}
    found = _keys({"config": Config, "network": Network})
    rows = ((f"`{key}`", where[" ".join(names)], takes, says) for key, takes, _, says, names in found)
    return _table(("key", "for", "takes", "says"), rows)


def _names() -> str:
    import rfscope
    from rfscope import testing

    listed = [name for name in rfscope.__all__ if name not in ("__version__", "testing")]
    things = {f"rf.{name}": getattr(rfscope, name) for name in listed}
    things |= {f"rf.testing.{name}": getattr(testing, name) for name in testing.__all__}
    return _table(("name", "is"), ((f"`{name}`", _first_line(thing)) for name, thing in things.items()))


def _first_line(thing: object) -> str:
    return (inspect.getdoc(thing) or "").split("\n")[0].replace("``", "`")


def _evidence() -> str:
    from examples.gridding_tables import parts

    return "\n\n".join(parts())


_MAKERS: Mapping[str, Callable[[], str]] = {
    "rules": _rules,
    "rule-pages": _rule_pages,
    "commands": _commands,
    "shared-options": _shared_options,
    "limits": _limits,
    "ops": _ops,
    "op-keys": _op_keys,
    "spec-keys": _spec_keys,
    "settings": _settings,
    "python-names": _names,
    "evidence": _evidence,
}
