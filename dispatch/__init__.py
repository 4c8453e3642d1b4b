"""Dispatch: carries each centre's stream to the consoles attached to it.

Owns the console protocol (sans-I/O in ``session`` and ``resume``), the hub that writes one encoded
frame to every attached transport, and the websocket endpoint. Knows no database: the log, the
snapshots and the commands are ports. Imports ``schemas`` only.
"""
