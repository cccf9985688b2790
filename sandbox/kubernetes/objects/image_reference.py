"""References to images, as Docker's Go library reads them for Juju and for kubelets.

Source: https://github.com/distribution/reference, normalize.go (ParseNormalizedNamed), regexp.go.
"""

import re

_WORD = "[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?"
_DOMAIN = rf"(?:{_WORD}(?:\.{_WORD})*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?"
_PATH = r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
_DIGEST = "[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}"
_REFERENCE = re.compile(
    rf"(?:({_DOMAIN})/)?({_PATH}(?:/{_PATH})*)(?::[A-Za-z0-9_][\w.-]{{0,127}})?(?:@{_DIGEST})?",
    re.ASCII,
)
_MOST = 255  # characters of a name


def domain(reference):
    """Return the registry that a reference names, "docker.io" if none. Raise ValueError."""
    found = _REFERENCE.fullmatch(reference)
    if not found:
        raise ValueError("invalid reference format")
    first, path = found.groups()
    if first and first == first.lower() != "localhost" and not re.search("[.:]", first):
        first, path = None, f"{first}/{path}"
    if not first:
        first, path = "docker.io", path if "/" in path else f"library/{path}"
    if len(f"{first}/{path}") > _MOST:
        raise ValueError(f"repository name must not be more than {_MOST} characters")
    return first
