"""The one name of this module that charmhelpers imports."""

from looseversion import LooseVersion

__all__ = ["LooseVersion"]
