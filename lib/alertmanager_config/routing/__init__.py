"""Which receivers an alert goes to."""
