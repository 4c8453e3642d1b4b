"""Load: many consoles, open-loop presses, every sequence checked; measures, never asserts."""
