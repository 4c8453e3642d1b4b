"""The bench: virtual buttons on a real Bluetooth stack in software, and an adapter to reach them.

Bed B is unmodified bleak against a private D-Bus on which ``fake_bluez`` plays org.bluez; bed A is
a bleak backend of our own for systems without D-Bus. Below both, Google's bumble does HCI, L2CAP,
ATT, GATT and SMP over a virtual radio. ``msa button`` serves a bed to other processes.
"""
