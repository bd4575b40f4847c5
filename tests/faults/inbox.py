"""Where notifications arrive in a trial: both hooks, and what reached them."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from faults.receiver import Receiver, written


@dataclass
class Inbox:
    """Both hooks of one test and what has reached them."""

    receiver: Receiver
    folder: Path
    seen: int = 0

    @property
    def size(self) -> int:
        """How many notifications have come in all."""
        return len(self.receiver.posted)

    def new(self) -> list[dict[str, Any]]:
        """Return what was told since the last look; both hooks were told the same."""
        posted = self.receiver.posted
        assert [told["fields"] for told in written(self.folder)] == posted
        fresh, self.seen = posted[self.seen :], len(posted)
        return fresh
