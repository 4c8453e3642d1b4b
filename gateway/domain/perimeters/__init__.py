"""Perimeters: their shape on the ground, how sure a fix is inside, and what becomes of a watch. Pure."""
