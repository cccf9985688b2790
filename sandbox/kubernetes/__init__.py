"""Pod specs, the objects that Juju makes of them, and a kubelet that runs those."""
