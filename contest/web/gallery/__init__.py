"""The components of the screens, shown together; in the demo only."""
