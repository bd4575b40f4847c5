"""The small shop and the Prefect server of these tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from faults import prefect_server as servers

from loyalty.demo import generate


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of a small invented shop."""
    folder = tmp_path_factory.mktemp("landing") / "shop"
    generate(folder, customers=200, days=300)
    return folder


@pytest.fixture(scope="session")
def prefect_server(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[servers.PrefectServer]:
    with servers.prefect_server(tmp_path_factory.mktemp("prefect-server")) as server:
        yield server


@pytest.fixture
def fresh_server(tmp_path: Path) -> Iterator[servers.PrefectServer]:
    """A server that nothing was deployed to yet."""
    with servers.prefect_server(tmp_path / "prefect-server") as server:
        yield server
