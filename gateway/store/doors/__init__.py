"""What is kept for other systems: credentials, events on their way in and out, perimeters."""
