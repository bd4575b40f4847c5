"""Thin Prefect flows over the package `loyalty`, which knows nothing of Prefect."""
