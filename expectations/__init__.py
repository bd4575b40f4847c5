"""Suites as code: raw/ judges an incoming batch, marts/ what is about to be published.

Importing a suite imports Great Expectations, which takes seconds: only the gates do it.
"""
