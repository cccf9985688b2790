"""YAML as Alertmanager's Go library reads it, and writing it."""
