"""Landing files made of known records and seeded spoilings, and plain readers to judge by.

Nothing here is shared with the loader: the readers know the declared format only.
"""
