"""A local stand-in for Juju and the kubelet, for development and tests only."""
