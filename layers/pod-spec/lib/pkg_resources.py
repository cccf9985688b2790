"""Stands in for setuptools' module of this name, which charms.reactive asks for one function.

The real one takes longer to import than everything else in an idle hook together, and would bring
all of setuptools into the charm. A charm that needs it after all pins setuptools in its
wheelhouse.txt: the package that comes with that takes precedence over this module.
"""


def iter_entry_points(group, name=None):
    """Yield the plug-ins that installed packages declare: none, nothing in lib/ declares any."""
    del group, name
    return iter(())
