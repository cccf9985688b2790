"""What a controller stores, and what the ``juju`` commands change of it."""
