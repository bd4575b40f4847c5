"""Faults injected into whole nights: what is promised of a night, tried in numbers.

A bounded, seeded part runs with the other tests; `make faults` runs the full size and writes the
figures to docs/reliability.md. Each test says its numbers to `figures`, asserts on them, and asks
`scale` how many of everything it shall try.
"""
