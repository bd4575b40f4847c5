"""Telling that a night failed, was stopped, died or never began: once, with what to do.

`tell` is all that a night needs. What was told is remembered below the private folder, so that
the night itself, the orchestrator's hooks, the next night and the watch do not tell it twice.
"""

from loyalty.notifications.channels import check_hooks
from loyalty.notifications.delivery_log import tell, tell_attempt, tell_not_begun
from loyalty.notifications.freshness import parse_age, standing
from loyalty.notifications.message import Message
from loyalty.notifications.outcomes import (
    Outcome,
    begin,
    died,
    first_line,
    keep,
    last,
    new_night_id,
    running,
    way_out,
)
from loyalty.notifications.watch import look

__all__ = [
    "Message",
    "Outcome",
    "begin",
    "check_hooks",
    "died",
    "first_line",
    "keep",
    "last",
    "look",
    "new_night_id",
    "parse_age",
    "running",
    "standing",
    "tell",
    "tell_attempt",
    "tell_not_begun",
    "way_out",
]
