"""The cluster half of the sandbox: what Kubernetes does with the objects that Juju makes.

>>> cluster = Cluster(folder, "model")
>>> cluster.start()
>>> cluster.apply(workload)                      # an objects.Workload
>>> cluster.pods("alertmanager")

Not modelled: Deployments and DaemonSets, hostPath, limits of CPU and memory, Service account
tokens and the API server, seccomp and SELinux, UDP through a Service's address, variables for
Services in the environment, gRPC probes, nodes that fail.
"""
