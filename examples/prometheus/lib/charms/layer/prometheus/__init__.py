"""What Prometheus needs, worked out from options and related Alertmanagers.

Pure: no hook tool, no framework, no file, no network.
"""
