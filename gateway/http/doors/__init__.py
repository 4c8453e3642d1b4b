"""HTTP for other systems: events in, tokens, streams out, adapters of standards, perimeters."""
