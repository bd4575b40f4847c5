from collections.abc import Iterator
from pathlib import Path

import pytest
from gates_lab import Lab, make_lab


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    lab = make_lab(tmp_path)
    yield lab
    lab.connection.close()
