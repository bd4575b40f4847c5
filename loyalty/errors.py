"""The few kinds of failure that a night knows, each with its exit status."""


class LoyaltyError(Exception):
    """Something failed that the message explains; the command ends with `exit_status`."""

    exit_status = 1


class UsageError(LoyaltyError):
    """The command's words or its surroundings are wrong: nothing was started."""

    exit_status = 2


class GateStop(LoyaltyError):
    """A gate found what would make numbers wrong: nothing new is published."""

    exit_status = 3


class BuildError(LoyaltyError):
    """dbt could not build or a dbt test failed: nothing new is published."""


class PublicationError(LoyaltyError):
    """The new generation could not be written or switched to."""


class WarehouseLockedError(LoyaltyError):
    """Another process holds the warehouse: one night runs at a time."""


class DamagedWarehouseError(LoyaltyError):
    """The build database cannot be opened or lacks what it should hold."""
