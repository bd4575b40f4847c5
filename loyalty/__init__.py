"""The loyalty warehouse: load, check, build and publish, without an orchestrator.

A module imports from its own package and from rows below it; `make lint` keeps that.
"""
