"""How a flow run ends on the server when the library says why."""

from typing import Any

from prefect.client.schemas.objects import State
from prefect.states import Cancelled, Failed

from loyalty.errors import LoyaltyError, TakenOverError, WarehouseLockedError


def ended_badly(problem: LoyaltyError) -> State[Any]:
    """Return the state of a run that ended with a sentence: no trace, what the sentence says."""
    is_kept_out = isinstance(problem, WarehouseLockedError) and not isinstance(
        problem, TakenOverError
    )
    message = f"{problem} {problem.way_out}"
    return Cancelled(message=message) if is_kept_out else Failed(message=message)
