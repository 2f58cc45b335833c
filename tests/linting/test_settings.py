"""Settings put on top of each other."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rfscope.linting.settings import Settings
from rfscope.rules import RULES

PREFIXES = st.sampled_from(["RFS", "RFS1", "RFS10", "RFS101", "RFS104", "RFS2", "RFS903"])
LISTS = st.lists(PREFIXES, max_size=3).map(tuple)
TABLES = st.dictionaries(PREFIXES, st.just("why"), max_size=3)
SETTINGS = st.builds(
    Settings,
    select=st.none() | LISTS,
    ignore=st.none() | TABLES,
    extend_select=LISTS,
    extend_ignore=TABLES,
    level=st.dictionaries(PREFIXES, st.sampled_from(["info", "warning", "error"]), max_size=2),
)


def told(settings: Settings) -> list[tuple[bool, str]]:
    return [(settings.applies(rule), settings.level_for(rule)) for rule in RULES]


@given(SETTINGS)
def test_one_place_alone_says_what_it_says_on_top_of_nothing(settings: Settings) -> None:
    assert told(Settings().after(settings)) == told(settings) == told(settings.after(Settings()))


@given(SETTINGS, SETTINGS, SETTINGS)
def test_places_may_be_told_together(one: Settings, two: Settings, three: Settings) -> None:
    assert told(Settings().after(one).after(two).after(three)) == told(one.after(two).after(three))


def test_of_what_is_ignored_and_selected_besides_in_one_place_the_selection_wins() -> None:
    settings = Settings(ignore={"RFS103": "style"}, extend_select=("RFS103",))
    assert [told(one) for one in (settings, Settings().after(settings))] == [told(Settings())] * 2
