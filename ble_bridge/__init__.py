"""The companion: hears the button over Bluetooth LE and posts each press until it is receipted.

Owns the link to one button, the press detection and the outbox on disk. Meets the gateway only in
``schemas``. ``ble_bridge.bench`` is a virtual button on a Bluetooth stack in software.
"""
