"""The case teams' files in PostgreSQL: read and written as a person, so that its policies hold."""
