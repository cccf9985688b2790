"""What Alertmanager needs, worked out from what the operator and related applications say.

Everything here is pure: no hook tool, no framework, no file, no network. Values come in, values go
out, so that every rule can be tested, and reused, without Juju.
"""
