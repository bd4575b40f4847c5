"""What the gates hold back: a list and a view of it, personal data masked, and decisions on it."""

from loyalty.quarantine.decisions import (
    Decision,
    batches,
    discard,
    find,
    held_file,
    opened,
    release,
    standing,
)

__all__ = [
    "Decision",
    "batches",
    "discard",
    "find",
    "held_file",
    "opened",
    "release",
    "standing",
]
