"""The charm: inputs → plan → rollout → publish → unit_status, and state, which outlives a hook."""
