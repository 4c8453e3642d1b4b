"""Judges trackers' fixes by perimeters, and carries out what follows: notices, alarms, news on them."""
