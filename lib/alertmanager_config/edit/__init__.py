"""Changed copies of a configuration."""
