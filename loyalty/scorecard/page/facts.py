"""What a night knows of its own quality, as the page tells it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from loyalty.pipeline.summary import NightReport


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

    @classmethod
    def from_report(cls, report: NightReport) -> "NightFacts":
        """Return the facts of a night's report, as far as it has come."""
        tests = [node for node in report.nodes if node.resource_type == "test"]
        return cls(
            tables=tuple(
                TableFacts(
                    table.name,
                    len(table.files),
                    table.count("known"),
                    table.loaded_rows,
                    table.rejected_rows,
                    table.count("quarantined"),
                )
                for table in report.tables
            ),
            gates_passed=sum(gate.is_passed for gate in report.gates),
            gates=len(report.gates),
            warnings=tuple(report.gate_warnings),
            models=sum(node.resource_type == "model" for node in report.nodes),
            tests={
                state: sum(test.state == state for test in tests)
                for state in ("passed", "failed", "warned", "skipped")
            },
            seconds=dict(report.seconds),
        )
