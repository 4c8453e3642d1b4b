"""The case teams' calls."""
