"""What loading a file gives: a landed batch, and what became of it."""

from dataclasses import dataclass, field
from pathlib import Path

from loyalty.declarations import TableDeclaration


@dataclass(frozen=True)
class LandedBatch:
    """One content of one landing file, typed in `relation`; raw does not know of it yet.

    `problems` are structural and critical: a batch that has any must not be accepted.
    `record_count` is the independent reader's; None when the file cannot be read. `position` is the
    batch's turn where no cursor decides. One that `is_released` joins although its gate failed.
    """

    batch_id: int
    position: int
    source_id: str
    table_name: str
    file_name: str
    path: Path
    file_format: str
    fingerprint: str
    file_bytes: int
    record_count: int | None
    accepted_count: int
    rejected_count: int
    extra_columns: list[str]
    relation: str
    declaration: TableDeclaration
    problems: list[str] = field(default_factory=list)
    # The archive's name of the file's bytes; None where they could not be kept.
    content: str | None = None
    is_released: bool = False


@dataclass(frozen=True)
class BatchResult:
    """What a batch did to raw; inserted + replaced + superseded = accepted in an accepted one."""

    batch_id: int
    source_id: str
    table_name: str
    file_name: str
    status: str  # accepted, quarantined
    record_count: int | None
    accepted_count: int
    rejected_count: int
    inserted_count: int
    replaced_count: int
    superseded_count: int
    reasons: list[str]
