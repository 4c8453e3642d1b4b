"""What the case teams' work is decided by: pure, time as an argument."""
