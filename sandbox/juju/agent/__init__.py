"""The operator's half of Juju: which hook is due, and how it runs."""
