"""Invented landing files of a Nordic web shop: every table, every format, known dirt."""

from loyalty.demo.generator import generate
from loyalty.demo.marker import MARKER

__all__ = ["MARKER", "generate"]
