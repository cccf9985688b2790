"""The configuration language of Alertmanager, in Python."""
