"""Which builds may be gone on from."""

from dataclasses import replace
from datetime import date

import pytest

from loyalty import settings
from loyalty.build.last_build import Build
from loyalty.errors import UsageError

LAST = Build("code", date(2026, 6, 10), 7, "customers orders")


@pytest.mark.parametrize(
    ("now", "goes_on"),
    [
        (replace(LAST, batch_id=9), True),
        (replace(LAST, as_of_date=date(2026, 6, 30)), True),
        (replace(LAST, as_of_date=date(2026, 7, 1)), False),
        (replace(LAST, as_of_date=date(2027, 6, 10)), False),
        (replace(LAST, as_of_date=date(2026, 6, 9)), False),
        (replace(LAST, code="other"), False),
        (replace(LAST, entities="customers memberships orders"), False),
    ],
)
def test_a_build_goes_on_within_a_quarter_of_the_same_project(now: Build, goes_on: bool) -> None:
    assert now.goes_on_from(LAST) is goes_on


def test_rows_that_are_no_number_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(settings.ROWS_VARIABLE, "many")
    with pytest.raises(UsageError, match="'many': it must be a whole number of rows"):
        settings.least_rows()
