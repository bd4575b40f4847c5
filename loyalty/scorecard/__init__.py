"""The scorecard: the published indicators on a terminal and, in `page/`, as one HTML page."""

from loyalty.scorecard.reading import status_changes

__all__ = ["status_changes"]
