"""What alembic runs: every revision in one transaction on the connection it is handed."""

from alembic import context

context.configure(
    connection=context.config.attributes["connection"],
    version_table="msa_schema",
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
