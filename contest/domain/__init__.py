"""The ground floor: rules and numbers. Values in, values out; no Flask, no database, no files, no clock."""
