"""Made-up victims whose presses are exercises or canaries: their files, their keys, their way in."""
