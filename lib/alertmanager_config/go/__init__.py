"""The pieces of Go that values of a configuration are written in."""
