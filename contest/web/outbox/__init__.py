"""The door of the outbox."""
