"""What may be written in a configuration, and since which version of Alertmanager."""
