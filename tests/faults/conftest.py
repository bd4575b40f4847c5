"""What all trials share: one small shop, undisturbed nights to compare with, the figures."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from faults.figures import Figures
from faults.houses import make_shop
from faults.inbox import Inbox
from faults.receiver import receiver, writer


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nothing of the caller's settings into a night, and nothing of a night out of a test."""
    for name in list(os.environ):
        if name.startswith(("LOYALTY_", "PREFECT_", "DBT_")) and name != "LOYALTY_FAULTS":
            monkeypatch.delenv(name)
    # A night in this process names its warehouse in the environment; it is forgotten again.
    monkeypatch.setenv("LOYALTY_WAREHOUSE", "")


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The landing folder of a shop so small that a night is short; not to be changed."""
    return make_shop(tmp_path_factory.mktemp("shop") / "landing")


@pytest.fixture
def inbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Inbox]:
    """A receiver and a command that are told what this test's runs tell."""
    folder = tmp_path / "inbox"
    folder.mkdir()
    with receiver() as here:
        monkeypatch.setenv("LOYALTY_NOTIFY_URL", here.url)
        monkeypatch.setenv("LOYALTY_NOTIFY_COMMAND", writer(folder))
        yield Inbox(here, folder)


@pytest.fixture
def figures(request: pytest.FixtureRequest) -> Iterator[Figures]:
    """The figures of a test marked `@pytest.mark.promise(key, trial)`; kept if it passes."""
    marker = request.node.get_closest_marker("promise")
    found = Figures(*marker.args)
    yield found
    if request.node.rep_call.passed:
        found.keep()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    outcome = yield
    report = outcome.get_result()
    setattr(item, f"rep_{report.when}", report)
