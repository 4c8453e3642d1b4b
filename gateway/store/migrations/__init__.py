"""Numbered, forward-only changes of the schema, in raw SQL.

Each must suit the program that runs while it is applied: add first, use later, remove last.
"""
