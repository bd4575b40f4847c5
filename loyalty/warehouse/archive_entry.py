"""An entry of the archive: what it says of one batch, and the JSON file that holds it."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import Any

LOADED = ("accepted",)


@dataclass(frozen=True)
class Entry:
    """One batch: its row of quality.batches, and `content`, the name of the file with its bytes.

    `content` is None where the bytes could not be had: they were loaded before there was an
    archive, or changed while they were read.
    """

    batch_id: int
    night_id: str
    source_id: str
    table_name: str
    file_name: str
    file_format: str
    fingerprint: str
    file_bytes: int
    record_count: int | None
    accepted_count: int
    rejected_count: int
    extra_columns: list[str]
    status: str
    reasons: list[str]
    loaded_at: datetime
    position: int
    content: str | None = None

    @property
    def is_loaded(self) -> bool:
        """Whether its rows are in raw."""
        return self.status in LOADED

    @property
    def ledger_row(self) -> dict[str, Any]:
        """What quality.batches says of it, by column."""
        return {name: value for name, value in vars(self).items() if name != "content"}

    @property
    def identity(self) -> tuple[int, str, str, str]:
        """What the ledger's row of the same batch shares with it."""
        return self.batch_id, self.source_id, self.table_name, self.fingerprint

    def __str__(self) -> str:
        """Return how a sentence names it."""
        return f"{self.source_id}.{self.table_name} {self.file_name} (batch {self.batch_id})"


LEDGER_COLUMNS = tuple(field.name for field in fields(Entry) if field.name != "content")


def to_json(entry: Entry) -> str:
    """Return what the entry's file holds."""
    facts = asdict(entry) | {"loaded_at": entry.loaded_at.isoformat()}
    return _dumped(facts | {"checksum": _checksum(facts)}) + "\n"


def read(path: Path) -> Entry | None:
    """Read an entry; None where it is not what was written."""
    try:
        facts: dict[str, Any] = json.loads(path.read_text())
        if facts.pop("checksum") != _checksum(facts):
            return None
        facts["loaded_at"] = datetime.fromisoformat(facts["loaded_at"])
        return Entry(**{field.name: facts[field.name] for field in fields(Entry)})
    except (ValueError, LookupError, TypeError, AttributeError):
        return None


def _checksum(facts: Mapping[str, Any]) -> str:
    return hashlib.sha256(_dumped(facts).encode()).hexdigest()


def _dumped(facts: Mapping[str, Any]) -> str:
    return json.dumps(facts, indent=1, ensure_ascii=False)
