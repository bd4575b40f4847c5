"""Fingerprints of landing files: read once for each state of a file."""

from pathlib import Path

from loyalty.errors import UsageError
from loyalty.landing.contents import fingerprint
from loyalty.landing.files import LandingFile

# In the place of the fingerprint of a file that is not there any more.
VANISHED = ""


class Fingerprints:
    """Sizes and fingerprints, kept by the path, size and time of change of a file."""

    def __init__(self) -> None:
        self._known: dict[tuple[Path, int, int], str] = {}

    def of(self, file: LandingFile) -> tuple[int, str]:
        """Return size and fingerprint.

        Raises:
            UsageError: the file is gone, or may not be read.
        """
        try:
            state = file.path.stat()
            known = (file.path, state.st_size, state.st_mtime_ns)
            if known not in self._known:
                self._known[known] = fingerprint(file.path)
        except OSError as problem:
            raise UsageError(f"{file.path} cannot be read: {problem.strerror}") from problem
        return state.st_size, self._known[known]

    def now(self, file: LandingFile) -> str:
        """Return the fingerprint, or VANISHED."""
        try:
            return self.of(file)[1]
        except UsageError as problem:
            if isinstance(problem.__cause__, FileNotFoundError):
                return VANISHED
            raise
