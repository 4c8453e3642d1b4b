"""Coverage-guided fuzzing of what reads bytes from outside; ``make fuzz`` runs each for FUZZ_SECONDS."""
