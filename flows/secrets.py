"""Secrets of a flow run: variables that a Secret block of Prefect holds, set for this process."""

import os
from typing import Any, cast

from prefect.blocks.system import Secret

from loyalty.errors import UsageError

PREFIX = "LOYALTY_"


def take_secrets(block: str | None) -> None:
    """Set the variables that the Secret block holds; None leaves the environment as it is.

    The block holds a JSON object, such as {"LOYALTY_HASH_KEY": "…"}.

    Raises:
        UsageError: there is no such block, or it holds something else.
    """
    if block is None:
        return
    try:
        held = cast(Secret[Any], Secret.load(block)).get()
    except ValueError as problem:
        raise UsageError(f"there is no Secret block named {block} on this server") from problem
    if not isinstance(held, dict) or not all(
        str(name).startswith(PREFIX) and isinstance(value, str) for name, value in held.items()
    ):
        raise UsageError(
            f"the Secret block {block} must hold a JSON object of {PREFIX}… variables and texts, "
            'as {"LOYALTY_HASH_KEY": "…"}'
        )
    os.environ |= held
