"""Alembic's entry point. `marketplace.core.migrate` calls it and says which connection to use."""

from alembic import context

from marketplace.core.migrate import comparison

attributes = context.config.attributes

if context.is_offline_mode():
    context.configure(
        dialect_name="postgresql",
        dialect_opts={"paramstyle": "named"},  # so that % stays one %
        literal_binds=True,
    )
else:
    context.configure(
        connection=attributes["connection"],
        target_metadata=attributes.get("metadata"),
        **comparison(),
    )

with context.begin_transaction():
    context.run_migrations()
