"""The independent second computation of the indicators.

Written from the definitions alone, in pandas, from the landing files: it shares no code, no SQL
and no table with the product, so that an error would have to be made twice to go unseen.

    landing = load(folder)
    values = compute(landing, as_of)
    left_out = exclusions(landing, as_of)
"""

from .reading import Landing, LandingError, load
from .results import compute, default_catalogue, exclusions

__all__ = ["Landing", "LandingError", "compute", "default_catalogue", "exclusions", "load"]
