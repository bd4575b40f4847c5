"""A fuzzed landing file and the truth of it."""

from dataclasses import dataclass, field

from faults.fuzzing.values import Row
from loyalty.declarations import TableDeclaration


@dataclass(frozen=True)
class Piece:
    """What the maker put at one place of a file.

    `row` is the truth of a good record. Without one, a spoiled piece must not be accepted; any
    other (noise, a cut) is what a plain reader makes of it.
    """

    body: bytes
    row: Row | None
    kind: str
    is_spoiled: bool = False


@dataclass
class FuzzedFile:
    """One file: `content` unpacked, `packed` as it lies on disk.

    `must_fail`: nothing in it can be read by record, so it is to be quarantined whole.
    `is_garbled`: nobody knows its truth; it adds up, or is quarantined whole.
    `pieces` are by first physical line (or row, from 1).
    """

    name: str
    table: TableDeclaration
    content: bytes
    packed: bytes
    pieces: dict[int, Piece]
    kinds: set[str] = field(default_factory=set)
    must_fail: bool = False
    is_garbled: bool = False

    @property
    def text_format(self) -> str:
        return self.name.split(".", 1)[1].removesuffix(".gz")
