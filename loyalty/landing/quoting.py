"""Names and literals in SQL text."""


def quoted(*parts: str) -> str:
    """Return an identifier, each part quoted."""
    return ".".join('"' + part.replace('"', '""') + '"' for part in parts)


def literal(text: str) -> str:
    """Return a string literal."""
    return "'" + text.replace("'", "''") + "'"
