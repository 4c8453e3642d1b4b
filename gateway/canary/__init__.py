"""The system watching itself: presses through every node, seen and answered at every node's console."""
