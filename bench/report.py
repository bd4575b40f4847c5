"""docs/performance.md, from the measurements that are kept."""

from collections.abc import Iterator
from pathlib import Path

from bench import results
from loyalty.project import PROJECT_FOLDER

PAGE = PROJECT_FOLDER / "docs" / "performance.md"


def write(path: Path = PAGE) -> None:
    """Write the page anew."""
    path.write_text("\n".join(_lines(results.read())) + "\n", encoding="utf-8")


def _lines(kept: list[results.Kept]) -> Iterator[str]:
    yield "# What it costs"
    yield ""
    yield "Written by `make bench`."
    yield ""
    yield "| part | what | million orders | median | from | to | unit | same content |"
    yield "|---|---|---|---|---|---|---|---|"
    for each in kept:
        measured = each.measurement
        equal = {None: "", True: "yes", False: "NO"}[measured.is_equal]
        yield (
            f"| {measured.part} | {measured.name} | {measured.millions or ''} "
            f"| {measured.median:.3g} | {min(measured.values):.3g} | {max(measured.values):.3g} "
            f"| {measured.unit} | {equal} |"
        )
