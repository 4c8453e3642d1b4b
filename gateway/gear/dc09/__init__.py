"""ANSI/SIA DC-09: alarm panels and receivers over TCP (docs/dc09.md)."""
