"""Where real data lies, and the days as of which the warehouses are built."""

from __future__ import annotations

from datetime import date

import pytest

from loyalty.project import PROJECT_FOLDER

REAL_DATA = PROJECT_FOLDER.parent / "shared" / "data"
# A Tuesday: inside a week, a month, a quarter and a year, with half of the data still to come.
EARLIER = date(2025, 2, 11)
OLIST_END = date(2018, 12, 31)
CDNOW_END = date(1998, 6, 30)
SURVEY_END = date(2017, 12, 31)


def real_data(folder: str) -> pytest.MarkDecorator:
    """Skip, by name and with the reason, where a folder of real data is missing."""
    return pytest.mark.skipif(
        not (REAL_DATA / folder).is_dir(),
        reason=f"no folder {REAL_DATA / folder}: its licence keeps it out of this repository",
    )
