from tests.support.ble import agent, bed

__all__ = ["agent", "bed"]
