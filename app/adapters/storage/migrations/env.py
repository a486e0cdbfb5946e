"""Runs migrations on the connection that opening.py hands over, inside its transaction."""

from alembic import context

from app.adapters.storage.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
    render_as_batch=True,
)
context.run_migrations()
