"""What a night needs is fetched while it reads: once, in order, and never in the way."""

from collections.abc import Callable, Iterator
from threading import Event, Thread

import pytest

from loyalty.pipeline import preload


@pytest.fixture
def tasks(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[preload.Thing, Callable[[], None]]]:
    """The tasks, to be replaced; nothing was begun."""
    tasks: dict[preload.Thing, Callable[[], None]] = dict(preload.TASKS)
    monkeypatch.setattr(preload, "TASKS", tasks)
    monkeypatch.setattr(preload, "_fetched", {})
    yield tasks
    preload._is_over.clear()


def test_who_needs_a_thing_waits_for_it_and_for_no_later_one(
    tasks: dict[preload.Thing, Callable[[], None]],
) -> None:
    said: list[str] = []
    go_on, goes_on = Event(), Event()
    tasks["gates"] = lambda: (go_on.wait(), said.append("gates"))[-1]
    tasks["models"] = lambda: (goes_on.wait(), said.append("models"))[-1]
    tasks["pages"] = lambda: said.append("pages")
    preload.begin()
    preload.begin()
    Thread(target=go_on.set).start()
    preload.wait_for("gates")
    assert said == ["gates"]
    goes_on.set()
    preload.wait_for("pages")
    assert said == ["gates", "models", "pages"]


def test_what_cannot_be_fetched_holds_up_nothing(
    tasks: dict[preload.Thing, Callable[[], None]],
) -> None:
    said: list[str] = []

    def breaks() -> None:
        raise ImportError("no such package")

    tasks.update(gates=breaks, models=lambda: said.append("models"), pages=lambda: None)
    preload.begin()
    preload.wait_for("gates")
    preload.wait_for("pages")
    assert said == ["models"]


def test_a_night_that_ends_lets_nothing_more_begin(
    tasks: dict[preload.Thing, Callable[[], None]],
) -> None:
    said: list[str] = []
    go_on = Event()
    tasks.update(
        gates=lambda: (go_on.wait(), None)[-1],
        models=lambda: said.append("models"),
        pages=lambda: said.append("pages"),
    )
    with preload.ending():
        preload.begin()
    go_on.set()
    preload.wait_for("pages")
    assert said == []


def test_without_a_beginning_nobody_waits(tasks: dict[preload.Thing, Callable[[], None]]) -> None:
    for thing in tasks:
        preload.wait_for(thing)
