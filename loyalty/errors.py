"""The few kinds of failure that a night knows, each with its exit status and its way out."""


class LoyaltyError(Exception):
    """Something failed that the message explains; the command ends with `exit_status`.

    `way_out` is what to do then, for a message to whoever looks after the night.
    """

    exit_status = 1
    way_out = "Mend what the sentence names, then run the same command again: it takes up the rest."


class UsageError(LoyaltyError):
    """The command's words or its surroundings are wrong: nothing was started."""

    exit_status = 2
    way_out = "Correct the command or its environment, then run it again."


class LandingAwayError(UsageError):
    """A landing folder is not there or cannot be read now; it may be back in a minute."""

    way_out = (
        "Mount the share, let this user read the folder, or correct the folder's name; then rerun "
        "the same command."
    )


class GateStop(LoyaltyError):
    """A gate found what would make numbers wrong: nothing new is published."""

    exit_status = 3
    way_out = (
        "`loyalty quarantine list` shows what is held and why. Land a corrected file, take it "
        "away, or release or discard the batch there; then run the same command again."
    )


class MartsStop(GateStop):
    """What was about to be published did not pass its gate."""

    way_out = (
        "data_docs/index.html shows each expectation and what was found. Land what is missing or "
        "corrected, or mend the model, then run the same command again."
    )


class BuildError(LoyaltyError):
    """dbt could not build or a dbt test failed: nothing new is published."""

    way_out = (
        "The model or test is named: mend it, or the rows that it finds, then run the same "
        "command again."
    )


class PublicationError(LoyaltyError):
    """The new generation could not be written or switched to."""


class DamagedGenerationError(PublicationError):
    """A published file is not as it was published."""


class WarehouseLockedError(LoyaltyError):
    """Another process holds the warehouse: one night runs at a time."""

    exit_status = 5
    way_out = "Wait for the other night or end it; then run the same command again."


class TakenOverError(WarehouseLockedError):
    """Another process took the warehouse from this one, which may change nothing any more."""

    way_out = "Nothing, if the other night publishes; `loyalty status` shows it."


class DamagedWarehouseError(LoyaltyError):
    """The build database cannot be opened or lacks what it should hold."""

    way_out = "`loyalty repair` makes it anew from the archive of what was loaded."


class DatabaseError(LoyaltyError):
    """The database refused a step; the message is its own, without the values it quoted."""

    way_out = (
        "Run the same command again: it takes up what is left. If it fails alike, look for the "
        "rows that the message speaks of: what it quoted is left out, for it may name a person."
    )


class OrchestratorError(LoyaltyError):
    """Prefect's server does not start or does not answer: the night did not begin."""

    way_out = "Run the same night without Prefect: `loyalty run --direct …`; then mend the server."


class OverdueError(LoyaltyError):
    """A night took longer than it may: it was stopped, nothing new is published."""


class StaleError(LoyaltyError):
    """What is published is older than it may be."""

    exit_status = 4
    way_out = (
        "See whether the scheduler lives and what the last night said (`loyalty status`), then "
        "run the night by hand: `loyalty run …`."
    )


class DiskFullError(LoyaltyError):
    """Nothing more could be written for want of room; the same command goes on from there."""

    way_out = "Make room on the disk, then run the same command again: it takes up what is left."


class NotWritableError(LoyaltyError):
    """A folder or file of the warehouse may not be written."""

    way_out = "Let the night's user write there, then run the same command again."
