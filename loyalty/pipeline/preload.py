"""What a night will need and what takes seconds to import, fetched while its first files are read.

One thread does it, package after package: two threads that import the same packages could wait for
each other. Who needs one of them calls `wait_for` and then imports it as ever, so that what is
wrong with a package is said where it is used.
"""

import importlib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Literal

Thing = Literal["gates", "models", "pages"]


def _gates() -> None:
    importlib.import_module("loyalty.gates.great")
    importlib.import_module("expectations.raw")
    importlib.import_module("expectations.marts")


def _models() -> None:
    from loyalty.build import manifests

    importlib.import_module("dbt.cli.main")
    importlib.import_module("dbt.adapters.duckdb")
    manifests.project_manifest()


def _pages() -> None:
    importlib.import_module("loyalty.scorecard.page")
    importlib.import_module("loyalty.gates.docs")


# In the order in which a night comes to them.
TASKS: dict[Thing, Callable[[], None]] = {"gates": _gates, "models": _models, "pages": _pages}
_fetched: dict[Thing, threading.Event] = {}
_is_over = threading.Event()


def begin() -> None:
    """Begin to fetch what a night needs; to be called by one thread only."""
    _is_over.clear()
    if not _fetched:
        _fetched.update((thing, threading.Event()) for thing in TASKS)
        # No daemon: an interpreter must not end under a thread that is loading a library.
        threading.Thread(target=fetch_all, name="ahead").start()


def wait_for(thing: Thing) -> None:
    """Wait until `thing` was fetched, if anybody began to."""
    if thing in _fetched:
        _fetched[thing].wait()


@contextmanager
def ending() -> Iterator[None]:
    """When left, nothing more is fetched, so that the process can end."""
    try:
        yield
    finally:
        _is_over.set()


def fetch_all() -> None:
    """Fetch it here and now."""
    for thing, fetch in TASKS.items():
        # Whoever needs it meets the same trouble and can say what it means.
        with suppress(Exception):
            if not _is_over.is_set():
                fetch()
        if thing in _fetched:
            _fetched[thing].set()
