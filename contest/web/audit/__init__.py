"""The door of the log."""
