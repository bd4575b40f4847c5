"""Small shops, nights over them, and what they published, in figures that can be compared."""

import subprocess
import sys
from pathlib import Path

from loyalty import publication
from loyalty.demo import generate
from loyalty.pipeline.request import NightRequest
from loyalty.pipeline.run import run_night
from loyalty.warehouse import Warehouse

LOYALTY = str(Path(sys.executable).parent / "loyalty")
CUSTOMERS, DAYS = 80, 120
NEW_CASE = "case_id,opened_at,topic\ncase-of-{n},2026-06-2{n}T10:00:00,delivery\n"


def make_shop(folder: Path, customers: int = CUSTOMERS, days: int = DAYS, seed: int = 1) -> Path:
    """Write the landing files of a synthetic shop and return their folder."""
    generate(folder, customers, days, seed)
    return folder


def land_something(landing: Path) -> None:
    """Land a file with one row, so that the next night has something to do."""
    number = len(list(landing.glob("support_cases_*.csv")))
    (landing / f"support_cases_{number}.csv").write_text(NEW_CASE.format(n=number))


def night(warehouse: Warehouse, landing: Path, **more: object) -> None:
    """Run one night in this process, without Prefect; raises what the night raises."""
    run_night(NightRequest(warehouse, {"canonical": landing}, **more))


def night_command(warehouse: Warehouse, landing: Path, *more: object) -> list[str]:
    """Return the words of the same night as a command of its own."""
    words = ("run", "--direct", "--source", f"canonical={landing}", "--warehouse", warehouse.folder)
    return [LOYALTY, *map(str, (*words, *more))]


def run(command: list[str], seconds: float = 240) -> subprocess.CompletedProcess[str]:
    """Run a command to its end; its exit status is the caller's to judge."""
    return subprocess.run(command, capture_output=True, text=True, timeout=seconds, check=False)


def content(warehouse: Warehouse) -> dict[str, tuple[int, str]]:
    """Return rows and content hash of every published mart, recomputed from the live file."""
    live = publication.live_path(warehouse)
    assert live is not None, f"nothing is published in {warehouse.folder}"
    publication.verify(live)
    return {
        f"{table.schema_name}.{table.table_name}": (table.row_count, table.content_hash)
        for table in publication.read_generation(live).tables
    }
