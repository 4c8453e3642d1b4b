"""What the events of other systems do, once it is their turn: ``gateway.ports.Effects``."""
