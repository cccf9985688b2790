"""Stands in for the part of distutils that charmhelpers needs, where Python has none (3.12)."""
