"""A night with nothing new publishes the same."""

from pathlib import Path

import pytest

from faults.figures import Figures
from faults.houses import content, night
from loyalty.warehouse import Warehouse


@pytest.mark.promise("order", "the same night again")
def test_the_same_night_again_publishes_the_same(
    shop: Path, tmp_path: Path, figures: Figures
) -> None:
    house = Warehouse(tmp_path / "warehouse")
    night(house, shop)
    first = content(house)
    night(house, shop)
    assert content(house) == first
    figures.add(nights=2, tables_equal=len(first))
