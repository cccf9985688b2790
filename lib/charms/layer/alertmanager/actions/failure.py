"""How an action fails."""


class Failed(Exception):
    """The action has failed.

    message: one line for the operator. results: what is told all the same.
    """

    def __init__(self, message, results=None):
        super().__init__(message)
        self.results = results or {}


def count_others(items):
    """Say that there are more than the first one, which stands before."""
    return f" (and {len(items) - 1} more, see the results)" if len(items) > 1 else ""
