"""The `loyalty` command: its sub-commands, their options and what a terminal shows meanwhile."""

from loyalty.cli.command import app, main

__all__ = ["app", "main"]
