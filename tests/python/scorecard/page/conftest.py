"""A small published file, and the page made of it."""

from pathlib import Path

import duckdb
import pytest

from loyalty.scorecard.page import NightFacts, TableFacts, write_page

PUBLISHED = (Path(__file__).parent / "published.sql").read_text()
NIGHT = NightFacts(
    tables=(TableFacts("canonical.orders", 2, 1, 118233, 3, 0),),
    gates_passed=8,
    gates=8,
    warnings=("canonical.orders: 12 repeated keys",),
    models=90,
    tests={"passed": 1057, "failed": 0, "warned": 1, "skipped": 0},
    seconds={"load": 12.34, "a step of its own": 1.0},
)


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "published.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(PUBLISHED)
    path.chmod(0o444)
    return path


@pytest.fixture(scope="session")
def page(published: Path) -> Path:
    return write_page(published, published.with_name("scorecard.html"), NIGHT)
