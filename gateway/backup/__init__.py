"""Backup and restore to an instant by PostgreSQL's own programs, held to the sealed log."""
