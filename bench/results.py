"""How a measurement is represented, and the file that keeps the last one of each."""

import json
import os
import platform
import statistics
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb

from loyalty.project import PROJECT_FOLDER

RESULTS = PROJECT_FOLDER / "docs" / "performance.json"
SHARE = "%"


@dataclass(frozen=True)
class Measurement:
    """One figure, measured several times.

    `name` says what of what, as `build / bare`; `millions` is the size of the shop, None where the
    figure does not depend on it. `is_equal` says whether two sides that claim to do the same work
    gave the same content; None where nothing is claimed.
    """

    part: str
    name: str
    millions: float | None
    unit: str
    values: tuple[float, ...]
    is_equal: bool | None = None
    note: str = ""

    @property
    def median(self) -> float:
        """The figure to quote."""
        return statistics.median(self.values)

    def __str__(self) -> str:
        spread = f" ({min(self.values):.3g}..{max(self.values):.3g})" if self.values[1:] else ""
        size = "" if self.millions is None else f" at {self.millions:g} million"
        equal = {None: "", True: ", same content", False: ", CONTENT DIFFERS"}[self.is_equal]
        return f"{self.part}: {self.name}{size}: {self.median:.3g}{spread} {self.unit}{equal}"


def ratio(  # noqa: PLR0917 - reads as a sentence
    part: str,
    name: str,
    millions: float | None,
    these: Sequence[float],
    those: Sequence[float],
    is_equal: bool | None = None,
    note: str = "",
) -> Measurement:
    """Return these seconds over those, round by round: what ran side by side is compared."""
    values = tuple(this / that for this, that in zip(these, those, strict=True))
    return Measurement(part, name, millions, "ratio", values, is_equal, note)


@dataclass(frozen=True)
class Kept:
    """A measurement, with when and of which code it was taken.

    `load` is how many processes wanted a core then: above the machine's cores, it was shared.
    """

    measurement: Measurement
    at: str
    commit: str
    load: float


def read(path: Path = RESULTS) -> list[Kept]:
    """Return what is kept, in its order."""
    if not path.exists():
        return []
    rows = json.loads(path.read_text(encoding="utf-8"))["measurements"]
    return [
        Kept(Measurement(**{**row, "values": tuple(row["values"])}), *taken)
        for row in rows
        for taken in [(row.pop("at"), row.pop("commit"), row.pop("load"))]
    ]


def keep(measurements: Iterable[Measurement], path: Path = RESULTS) -> None:
    """Keep measurements in place of earlier ones of the same part, name and size.

    Shares go together: what takes a share no more is not kept beside those that do.
    """
    measurements = tuple(measurements)
    shared = {(each.part, each.millions) for each in measurements if each.unit == SHARE}
    now, code, load = f"{datetime.now(UTC):%Y-%m-%d %H:%M}", commit(), round(os.getloadavg()[1], 1)
    kept = {
        _place(each.measurement): each
        for each in read(path)
        if each.measurement.unit != SHARE
        or (each.measurement.part, each.measurement.millions) not in shared
    }
    kept.update({_place(each): Kept(each, now, code, load) for each in measurements})
    rows = [
        {**asdict(each.measurement), "at": each.at, "commit": each.commit, "load": each.load}
        for each in sorted(kept.values(), key=lambda each: _place(each.measurement))
    ]
    content = {"machine": machine(), "measurements": rows}
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def machine() -> dict[str, Any]:
    """Return what the figures were measured on."""
    return {
        "cores": os.cpu_count(),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "duckdb": duckdb.__version__,
    }


def commit() -> str:
    """Return the commit that is checked out, or nothing outside of git."""
    asked = ["git", "-C", str(PROJECT_FOLDER), "rev-parse", "--short=9", "HEAD"]
    return subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()


def _place(measurement: Measurement) -> tuple[str, float, str]:
    return measurement.part, measurement.millions or 0, measurement.name
