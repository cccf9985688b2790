"""What Juju leaves in a pod, and nobody in a container of ours must find."""

FIND = ("find", "/var/lib/juju", "-type", "f")


def readable(run):
    """Return the paths of the operator's token, of the charm and the like that a container sees.

    run: takes a command as a sequence of words, runs it in the container and returns its output,
    for example by ``kubectl exec POD -c CONTAINER --``.
    """
    return run(FIND).split()
