"""Programme events: of memberships that are known."""

from typing import TYPE_CHECKING, Any

from expectations.raw.orphans import known_in

if TYPE_CHECKING:
    from loyalty.landing import LandedBatch


def expectations(batch: "LandedBatch") -> list[Any]:
    """Return what is told of programme events beyond their declaration."""
    return [known_in(batch, "membership_id", "memberships", "membership_id")]
