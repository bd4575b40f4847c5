"""A small canonical landing folder in which every awkward case of the contract occurs.

    write_nasty(folder)             # the same bytes for the same seed
    values = compute(load(folder), AS_OF)

The data runs for five weeks beyond AS_OF, which lies inside a week, month, quarter and year.
"""

from .writing import AS_OF, BUSINESS_ZONE, write_nasty

__all__ = ["AS_OF", "BUSINESS_ZONE", "write_nasty"]
