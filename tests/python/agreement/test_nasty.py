"""Every published number of the nasty landing, computed twice, and again as of an earlier day."""

from __future__ import annotations

import pandas as pd
import pytest
from independent import Landing, exclusions
from independent.indicators import INDICATORS
from independent.results import EXCLUSION_KEY, KEY
from nasty import AS_OF

from loyalty.project import PROJECT_FOLDER

from .comparison import assert_same, second_values
from .houses import House
from .settings import EARLIER

pytest_plugins = ["agreement.fixtures"]

MARTS = sorted(
    f"{path.parent.name}.{path.stem}"
    for path in (PROJECT_FOLDER / "models" / "marts").glob("*/*.sql")
)
AS_OF_DAYS = {"nasty_house": AS_OF, "earlier_house": EARLIER}


@pytest.fixture(scope="session", params=AS_OF_DAYS)
def values(request: pytest.FixtureRequest, nasty_landing: Landing) -> list[pd.DataFrame]:
    """The values of the product, and those of the second computation."""
    house: House = request.getfixturevalue(request.param)
    second = second_values(nasty_landing, AS_OF_DAYS[request.param])
    return [house.table("indicators.fct_indicator_values"), second]


@pytest.fixture(scope="session", params=AS_OF_DAYS)
def left_out(request: pytest.FixtureRequest, nasty_landing: Landing) -> list[pd.DataFrame]:
    """The exclusions of the product, and those of the second computation."""
    house: House = request.getfixturevalue(request.param)
    second = exclusions(nasty_landing, AS_OF_DAYS[request.param])
    return [house.table("indicators.fct_indicator_exclusions"), second]


def of_indicator(frames: list[pd.DataFrame], name: str) -> list[pd.DataFrame]:
    return [frame[frame["indicator_id"].eq(name)] for frame in frames]


@pytest.mark.parametrize("name", INDICATORS)
def test_values_are_those_of_the_second_computation(values: list[pd.DataFrame], name: str) -> None:
    product, second = of_indicator(values, name)
    assert product["denominator"].sum() > 0
    assert_same(product, second, KEY)


@pytest.mark.parametrize("name", INDICATORS)
def test_exclusions_are_those_of_the_second_computation(
    left_out: list[pd.DataFrame], name: str
) -> None:
    product, second = of_indicator(left_out, name)
    assert product["unit_count"].sum() > 0
    assert_same(product, second, EXCLUSION_KEY)


def test_both_know_the_same_indicators_and_cuts(nasty_house: House) -> None:
    catalogue = nasty_house.table("indicators.dim_indicators").set_index("indicator_id")
    cuts = catalogue["dimensions"].str.split("|").map(set)
    known = {name: {"source_id", *indicator.cuts} for name, indicator in INDICATORS.items()}
    assert cuts.to_dict() == known


def test_later_events_do_not_leak_in(earlier_house: House, truncated_house: House) -> None:
    """Whether later events are landed or not, every mart has the same rows."""
    contents = {mart: content(earlier_house, mart) for mart in MARTS}
    assert contents == {mart: content(truncated_house, mart) for mart in MARTS}


def content(house: House, mart: str) -> tuple[int, int]:
    """Number of rows, and a sum over the rows' hashes."""
    rows = house.query(f"select count(*), sum(hash(mart))::varchar from {mart} as mart")
    return int(rows.iloc[0, 0]), int(rows.iloc[0, 1])
