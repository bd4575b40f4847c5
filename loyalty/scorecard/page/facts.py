"""What a night knows of its own quality, as the page tells it."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class TableFacts:
    """One landed table: how many files, and what became of files and rows."""

    name: str
    files: int
    known_files: int
    loaded_rows: int
    rejected_rows: int
    quarantined_files: int


@dataclass(frozen=True)
class NightFacts:
    """Loaded, gates, tests and seconds of one night; `warnings` are sentences in English."""

    tables: tuple[TableFacts, ...] = ()
    gates_passed: int = 0
    gates: int = 0
    warnings: tuple[str, ...] = ()
    models: int = 0
    tests: Mapping[str, int] = field(default_factory=dict)
    seconds: Mapping[str, float] = field(default_factory=dict)
