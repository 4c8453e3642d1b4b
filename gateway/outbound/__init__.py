"""Doors out: every event of an alarm to the receivers outside that asked for it."""
