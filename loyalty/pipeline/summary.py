"""What a night did, in words: for the terminal, and as a page for the orchestrator."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from loyalty.gates.report import wrapped

if TYPE_CHECKING:
    from loyalty.gates import GateReport
    from loyalty.publication import Generation


@dataclass(frozen=True)
class FileOutcome:
    """What became of one landing file.

    `accepted_count` is None where nothing was loaded tonight. `reasons` are why its gate failed: it
    is held as batch `batch_id`, or was loaded all the same, because an operator released it.
    """

    source_id: str
    table_name: str
    file_name: str
    accepted_count: int | None = None
    rejected_count: int = 0
    reasons: tuple[str, ...] = ()
    extra_columns: tuple[str, ...] = ()
    seconds: float = 0.0
    batch_id: int | None = None
    is_discarded: bool = False

    @property
    def state(self) -> str:
        """`loaded`, `known` (this content was loaded before), `discarded` or `quarantined`."""
        if self.accepted_count is not None:
            return "loaded"
        if self.reasons:
            return "quarantined"
        return "discarded" if self.is_discarded else "known"

    @property
    def way_out(self) -> str:
        """How to look further into a held file."""
        return f"loyalty quarantine show {self.batch_id}"

    def __str__(self) -> str:
        """Return the file's line in the night's progress."""
        head = f"{f'{self.source_id}.{self.table_name}':<28} {self.file_name:<24}"
        if self.state == "quarantined":
            return "\n".join([f"{head} QUARANTINED", *wrapped([*self.reasons, self.way_out])])
        if self.accepted_count is None:
            return f"{head} {'discarded' if self.is_discarded else 'already loaded'}"
        rejected = f", {self.rejected_count:,} rejected" if self.rejected_count else ""
        extra = f", +{len(self.extra_columns)} col." if self.extra_columns else ""
        loaded = f"{head}{self.accepted_count:>10,} rows{self.seconds:6.1f} s{rejected}{extra}"
        if self.reasons:
            return "\n".join([f"{loaded}, RELEASED although", *wrapped(self.reasons)])
        return loaded


@dataclass(frozen=True)
class NodeOutcome:
    """What dbt said of one model, seed or test."""

    unique_id: str
    resource_type: str
    status: str
    failures: int | None = None
    message: str | None = None

    @property
    def state(self) -> str:
        """`passed`, `warned`, `skipped` or `failed`."""
        states = {"success": "passed", "pass": "passed", "warn": "warned", "skipped": "skipped"}
        return states.get(self.status, "failed")

    def __str__(self) -> str:
        """Return the node's name and what was said, in one line."""
        name = self.unique_id.split(".")[2]
        return (
            f"{self.state}: {self.resource_type} {name}: {' '.join((self.message or '').split())}"
        )


@dataclass
class NightReport:
    """Everything a night has to tell, filled in step by step."""

    night_id: str
    as_of_date: date | None = None
    files: list[FileOutcome] = field(default_factory=list)
    nodes: list["NodeOutcome"] = field(default_factory=list)
    gates: "list[GateReport]" = field(default_factory=list)
    generation: "Generation | None" = None
    is_unchanged: bool = False
    status_changes: list[str] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    status: str = "running"
    message: str | None = None
    # What else there is to tell, a sentence each.
    notes: list[str] = field(default_factory=list)

    @property
    def gate_warnings(self) -> list[str]:
        """The warnings of all gates, in words."""
        return [result.message for gate in self.gates for result in gate.warnings]

    @property
    def tables(self) -> list["TableOutcome"]:
        """The files of the night, summed by table."""
        by_table: dict[str, list[FileOutcome]] = {}
        for file in self.files:
            by_table.setdefault(f"{file.source_id}.{file.table_name}", []).append(file)
        return [TableOutcome(name, tuple(files)) for name, files in by_table.items()]

    def lines(self, link: Path) -> Iterator[str]:
        """Yield the closing summary, line by line; `link` is where readers open what stands."""
        as_of = f", as of {self.as_of_date}" if self.as_of_date else ""
        yield f"night {self.night_id} {self.status}{as_of}"
        yield from wrapped(self.notes)
        yield from self._table_lines()
        yield from self._check_lines()
        spent = ", ".join(f"{name} {seconds:.1f}" for name, seconds in self.seconds.items())
        yield f"  seconds    {spent or 'none'}"
        if self.generation and self.is_unchanged:
            yield f"  published  nothing new; {link} → {self.generation.name} was made of the same"
        elif self.generation:
            rows = sum(table.row_count for table in self.generation.tables)
            yield (
                f"  published  {link} → {self.generation.name}: "
                f"{len(self.generation.tables)} tables, {rows:,} rows"
            )
        else:
            yield f"  published  nothing new; {link} is as it was"

    def _table_lines(self) -> Iterator[str]:
        if self.files:
            heading = f"{'table':<32}{'files':>7}{'known':>7}{'loaded':>14}"
            yield f"  {heading}{'rejected':>10}{'quarantined':>13}"
        for table in self.tables:
            yield (
                f"  {table.name:<32}{len(table.files):>7}{table.count('known'):>7}"
                f"{table.loaded_rows:>14,}{table.rejected_rows:>10,}{table.count('quarantined'):>13}"
            )
        for table in self.tables:
            if table.extra_columns:
                yield f"  {table.name}: columns not declared, kept out: " + ", ".join(
                    table.extra_columns
                )

    def _check_lines(self) -> Iterator[str]:
        tests = [node for node in self.nodes if node.resource_type == "test"]
        models = sum(node.resource_type == "model" for node in self.nodes)
        if self.nodes:
            passed, failed, warned, skipped = (
                sum(test.state == state for test in tests)
                for state in ("passed", "failed", "warned", "skipped")
            )
            yield (
                f"  tests      {passed:,} passed, {failed} failed, {warned} warned, "
                f"{skipped} skipped, on {models} models"
            )
            bad = [str(node) for node in self.nodes if node.state in ("failed", "warned")]
            yield from wrapped(bad)
        if self.gates:
            passed = sum(gate.is_passed for gate in self.gates)
            warnings = self.gate_warnings
            yield f"  gates      {passed} of {len(self.gates)} passed, {len(warnings)} warnings"
            yield from wrapped(warnings)
        if self.status_changes:
            yield "  changed    since the publication before"
            yield from wrapped(self.status_changes)

    def markdown(self, link: Path) -> str:
        """Return the summary as a page for the orchestrator."""
        published = "nothing new"
        if self.generation and not self.is_unchanged:
            published = self.generation.name
        rows = (
            f"| {table.name} | {len(table.files)} | {table.count('known')} | "
            f"{table.loaded_rows:,} | {table.rejected_rows:,} | {table.count('quarantined')} |"
            for table in self.tables
        )
        held = (
            f"- {file.file_name}: {'; '.join(file.reasons)} (`{file.way_out}`)"
            if file.state == "quarantined"
            else f"- {file.file_name}: released although {'; '.join(file.reasons)}"
            for file in self.files
            if file.reasons
        )
        # Headings of the terminal's summary become paragraphs, what it lists stays a list.
        checks = (line.removeprefix("  ") for line in self._check_lines())
        return "\n".join(
            [
                f"# Night {self.night_id} {self.status}, as of {self.as_of_date}",
                "",
                f"Published: {published} ({link})",
                *(["", f"**{self.message}**"] if self.message else []),
                "",
                "| table | files | already loaded | rows loaded | rejected | quarantined |",
                "|---|---:|---:|---:|---:|---:|",
                *rows,
                "",
                *held,
                *(line[2:] if line.startswith("  ") else f"\n{line}\n" for line in checks),
            ]
        )


@dataclass(frozen=True)
class TableOutcome:
    """The files of one table, summed."""

    name: str
    files: tuple[FileOutcome, ...]

    @property
    def loaded_rows(self) -> int:
        """Rows accepted tonight."""
        return sum(file.accepted_count or 0 for file in self.files)

    @property
    def rejected_rows(self) -> int:
        """Records that could not be read or cast tonight."""
        return sum(file.rejected_count for file in self.files)

    @property
    def extra_columns(self) -> list[str]:
        """Columns that the files have and the declaration has not."""
        return sorted({column for file in self.files for column in file.extra_columns})

    def count(self, state: str) -> int:
        """Return how many files ended in `state`."""
        return sum(file.state == state for file in self.files)
