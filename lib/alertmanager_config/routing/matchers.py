"""Label names and matchers, in the classic syntax and in the UTF-8 syntax of 0.27 and later.

Sources: pkg/labels/parse.go for the classic syntax; matcher/parse for the UTF-8 one, which 0.27
and later try first, falling back to the classic one.
"""

import re
from typing import List, NamedTuple, Optional, Tuple

from ..go.strings import unquote

# What \s is in Go's regular expressions.
_BLANKS = "\t\n\f\r "
_CLASSIC = re.compile(
    rf"[{_BLANKS}]*(?P<name>[a-zA-Z_:][a-zA-Z0-9_:]*)[{_BLANKS}]*(?P<operator>=~|!~|!=|=)[{_BLANKS}]*"
)
_CLASSIC_VALUE = re.compile(
    r'(?P<open>"?)(?P<value>(?:[^"\\]|\\.|\\\Z)*)(?P<close>"?)\Z', re.DOTALL
)
_CLASSIC_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
# What unicode.IsSpace is in Go.
_SPACES = "\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(
    map(chr, range(0x2000, 0x200B))
)
_TOKEN = re.compile(
    rf"[{_SPACES}]*(?:(?P<open>\{{)|(?P<close>\}})|(?P<comma>,)|(?P<operator>=~|!~|!=|=)"
    rf'|(?P<quoted>"(?:[^"\\]|\\.)*")|(?P<bare>[^{_SPACES}{{}}!=~,\\"\'`]+)|(?P<end>\Z)|(?P<wrong>.+))',
    re.DOTALL,
)
_CLASSIC_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*\Z")

_NO_MATCHER = 'must be a matcher such as severity="page" or team=~"a|b"'


class Matcher(NamedTuple):
    """A matcher that was read: a label's name, one of = != =~ !~, and a value."""

    name: str
    operator: str
    value: str

    @property
    def is_regex(self) -> bool:
        """Whether the value is a regular expression."""
        return "~" in self.operator


class ParsedMatchers(NamedTuple):
    """What became of a text of matchers: the matchers, or what is wrong with it."""

    matchers: Tuple[Matcher, ...] = ()
    fault: str = ""

    def list_regexes(self) -> List[str]:
        """Give the values that are regular expressions."""
        return [matcher.value for matcher in self.matchers if matcher.is_regex]


def is_classic_name(name: str) -> bool:
    """Whether every version takes this for the name of a label."""
    return bool(_CLASSIC_NAME.match(name))


def parse_classic(text: str, loose: bool = False) -> ParsedMatchers:
    """Read matchers as Alertmanager 0.23 to 0.26 does, and later ones as their second choice.

    loose: whether a quote at the beginning or the end of a value needs no other one, as in 0.22.
    """
    matchers = []
    for part in _split(text):
        match = _CLASSIC.match(part)
        if not match:
            fault = _NO_MATCHER if part.strip() else "has nothing between two commas"
            return ParsedMatchers(fault=fault)
        raw = part[match.end() :].rstrip(_BLANKS)
        value = _CLASSIC_VALUE.match(raw)
        if not value or not (loose or value.group("open") == value.group("close")):
            return ParsedMatchers(fault='has a double quote inside a value; write it \\"')
        # Any other escape stays as it is.
        unescaped = _CLASSIC_ESCAPE.sub(
            lambda escape: {"n": "\n", '"': '"', "\\": "\\"}.get(escape.group(1), escape.group()),
            value.group("value"),
        )
        matchers.append(Matcher(match.group("name"), match.group("operator"), unescaped))
    return ParsedMatchers(tuple(matchers))


def count_matchers(text: str) -> int:
    """Give how many matchers a right text has."""
    parsed = parse_classic(text)
    return len((parse_utf8(text) if parsed.fault else parsed).matchers)


def has_no_value(text: str) -> bool:
    """Whether one of the classic matchers of a text has no value, not even an empty one in quotes.

    Alertmanager 0.23 and 0.24 look for the first character of each value, and crash.
    """
    matches = filter(None, map(_CLASSIC.match, _split(text)))
    return any(not match.string[match.end() :].rstrip(_BLANKS) for match in matches)


def _split(text: str) -> List[str]:
    """Split at commas outside of quotes what may stand in braces."""
    text = text[1:] if text.startswith("{") else text
    text = text[:-1] if text.endswith("}") else text
    parts, start = [], 0
    quoted = escaped = False
    for place, char in enumerate(text):
        if char == "," and not quoted:
            parts.append(text[start:place])
            start = place + 1
        elif char == '"':
            quoted, escaped = (quoted, False) if escaped else (not quoted, False)
        elif char == "\\":
            escaped = not escaped
        elif char != ",":
            escaped = False
    last = text[start:].strip(_SPACES)
    return [*parts, last] if last else parts


def parse_utf8(text: str) -> ParsedMatchers:
    """Read matchers in the UTF-8 syntax."""
    # The last is of the kind end.
    tokens = [(match.lastgroup, match.group(match.lastgroup)) for match in _TOKEN.finditer(text)]
    if any(kind == "wrong" for kind, _ in tokens):
        return ParsedMatchers(fault=_NO_MATCHER)
    braced = tokens[0][0] == "open"
    place = 1 if braced else 0
    matchers: List[Matcher] = []
    while tokens[place][0] not in ("close", "end"):
        fault = _parse_one(tokens[place : place + 5], matchers)
        if fault:
            return ParsedMatchers(fault=fault)
        place += 4 if tokens[place + 3][0] == "comma" else 3
    if (tokens[place][0] == "close") != braced:
        return ParsedMatchers(fault="has { without }, or } without {")
    if braced and tokens[place + 1][0] != "end":
        return ParsedMatchers(fault="goes on after the }")
    return ParsedMatchers(tuple(matchers))


def _parse_one(tokens: List[Tuple[str, str]], matchers: List[Matcher]) -> str:
    """Read the matcher that these tokens begin with, or say what is wrong with it."""
    kinds = [kind for kind, _ in tokens]
    if len(kinds) < 4 or kinds[1] != "operator" or not {kinds[0], kinds[2]} <= {"quoted", "bare"}:
        return _NO_MATCHER
    name, value = _word(tokens[0]), _word(tokens[2])
    if name is None or value is None:
        return "has an unknown escape; write \\\\ for a backslash"
    matchers.append(Matcher(name, tokens[1][1], value))
    if kinds[3] == "comma":
        return "has a comma too many" if kinds[4] in ("comma", "open", "operator") else ""
    return "" if kinds[3] in ("close", "end") else "needs a comma between two matchers"


def _word(token: Tuple[str, str]) -> Optional[str]:
    """Give the value of a name or value; None if it is one that Alertmanager cannot unquote."""
    kind, text = token
    value = text if kind == "bare" else unquote(text)
    if value is not None and any("\udc80" <= char <= "\udcff" for char in value):
        return None  # not UTF-8
    return value
