"""PyYAML's scanner, made to tell tokens apart as Alertmanager's YAML reader does.

PyYAML and gopkg.in/yaml.v2 (scannerc.go) both descend from libyaml, but differ where tabs stand
(PyYAML takes none between tokens, nor within plain text), where a colon ends plain text within
brackets, in two escapes, and in directives. What stands here overrides those places.

It is also faster than what it replaces: runs of characters are found by regular expressions and
stepped over at once. It holds for text that is a str, as reader hands it in, not for streams.
"""

import re

import yaml
from yaml.scanner import ScannerError

_BREAKS = "\r\n\x85\u2028\u2029"
_BLANK_OR_END = "\0 \t" + _BREAKS

_SPACES = re.compile(" *")
_BLANKS = re.compile("[ \t]*")
_TO_LINE_END = re.compile(f"[^\0{_BREAKS}]*")
# Plain text ends at a blank, at a colon before a blank, and within brackets at their signs, too.
_PLAIN = re.compile(f"(?:[^:{_BLANK_OR_END}]|:(?![{_BLANK_OR_END}]))*")
_PLAIN_IN_FLOW = re.compile(rf"(?:[^:,?\[\]{{}}{_BLANK_OR_END}]|:(?![{_BLANK_OR_END}]))*")
_SEPARATOR = re.compile(rf"(?:---|\.\.\.)(?=[{_BLANK_OR_END}])")
_BLOCK_HEADER = re.compile(r"(?:(?P<chomp>[+-])(?P<digit>[0-9])?|(?P<first>[0-9])(?P<last>[+-])?)?")
_TAG_HANDLE = re.compile("![0-9A-Za-z_-]*!?")
_DIRECTIVE = re.compile(r"%([0-9A-Za-z_-]+)")


class Loader(yaml.SafeLoader):
    """Reads YAML tokens as yaml.v2 does."""

    ESCAPE_REPLACEMENTS = {
        **{char: text for char, text in yaml.SafeLoader.ESCAPE_REPLACEMENTS.items() if char != "/"},
        "'": "'",
    }

    def _step(self, pattern: "re.Pattern") -> str:
        """Step over what a pattern matches here, which has no line break, and give it."""
        text = pattern.match(self.buffer, self.pointer).group()
        self.pointer += len(text)
        self.index += len(text)
        self.column += len(text) - text.count("\ufeff")
        return text

    def scan_to_next_token(self):
        """Step over blanks, comments and line breaks."""
        if self.index == 0 and self.peek() == "\ufeff":
            self.forward()
        while True:
            # A tab could be taken for indentation where a key may begin.
            tabs = self.flow_level or not self.allow_simple_key
            self._step(_BLANKS if tabs else _SPACES)
            if self.peek() == "#":
                self._step(_TO_LINE_END)
            if not self.scan_line_break():
                return
            if not self.flow_level:
                self.allow_simple_key = True

    def scan_plain(self):
        """Read text without quotes."""
        start = end = self.get_mark()
        pattern = _PLAIN_IN_FLOW if self.flow_level else _PLAIN
        chunks = []
        gap = ""
        while not (self.column == 0 and _SEPARATOR.match(self.buffer, self.pointer)):
            if self.peek() == "#" and (gap or not chunks):
                break
            piece = self._step(pattern)
            if not piece:
                break
            self.allow_simple_key = False
            chunks += [gap, piece]
            end = self.get_mark()
            gap = self._plain_gap(start)
            if not gap or (not self.flow_level and self.column <= self.indent):
                break
        return yaml.ScalarToken("".join(chunks), True, start, end)

    def _plain_gap(self, start) -> str:
        """Step over blanks and line breaks within plain text; give what they stand for."""
        blanks = self._step(_BLANKS)
        first = self.scan_line_break()
        if not first:
            return blanks
        self.allow_simple_key = True
        breaks = ""
        while True:
            blanks = self._step(_BLANKS)
            tab = blanks.find("\t")
            if tab >= 0 and self.column - len(blanks) + tab <= self.indent:
                self._fail("while scanning a plain scalar", start, "found a tab in the indentation")
            another = self.scan_line_break()
            if not another:
                break
            breaks += another
        return (breaks or " ") if first == "\n" else first + breaks

    def scan_block_scalar_indicators(self, start_mark):
        """Read what follows | or >, up to the end of the line."""
        match = _BLOCK_HEADER.match(self.buffer, self.pointer)
        self._step(_BLOCK_HEADER)
        digit = match.group("digit") or match.group("first")
        if digit == "0":
            self._fail("while scanning a block scalar", start_mark, "found an indentation of 0")
        self._step(_BLANKS)
        chomp = match.group("chomp") or match.group("last")
        return {"+": True, "-": False, None: None}[chomp], int(digit) if digit else None

    def scan_block_scalar_indentation(self):
        """Find the indentation of a block."""
        start = self.get_mark()
        found = super().scan_block_scalar_indentation()
        self._refuse_tab(start, max(self.indent + 1, found[1], 1))
        return found

    def scan_block_scalar_breaks(self, indent):
        """Step over empty lines and the indentation of the next."""
        start = self.get_mark()
        found = super().scan_block_scalar_breaks(indent)
        self._refuse_tab(start, indent)
        return found

    def _refuse_tab(self, start, indent: int) -> None:
        if self.column < indent and self.peek() == "\t":
            self._fail("while scanning a block scalar", start, "found a tab in the indentation")

    def scan_tag(self):
        """Read a tag."""
        start = self.get_mark()
        handle = None
        if self.peek(1) == "<":
            self.forward(2)
            suffix = self.scan_tag_uri("tag", start)
            if self.peek() != ">":
                self._fail("while scanning a tag", start, "found no > at its end")
            self.forward()
        else:
            handle = self._step(_TAG_HANDLE)
            if len(handle) > 1 and handle.endswith("!"):
                suffix = self.scan_tag_uri("tag", start)
            else:
                # What looked like a handle is the beginning of the tag.
                suffix = handle[1:]
                if self.peek() not in _BLANK_OR_END:
                    suffix += self.scan_tag_uri("tag", start)
                handle, suffix = ("!", suffix) if suffix else (None, "!")
        if self.peek() not in _BLANK_OR_END:
            self._fail("while scanning a tag", start, "found no blank at its end")
        return yaml.TagToken((handle, suffix), start, self.get_mark())

    def scan_directive(self):
        """Read a directive, of which yaml.v2 knows two, and one version."""
        start = self.get_mark()
        match = _DIRECTIVE.match(self.buffer, self.pointer)
        if match and match.group(1) not in ("YAML", "TAG"):
            self._fail("while scanning a directive", start, "found an unknown directive")
        token = super().scan_directive()
        if token.name == "YAML" and token.value != (1, 1):
            self._fail("while scanning a directive", start, "found a version other than 1.1")
        return token

    def scan_directive_ignored_line(self, start_mark):
        """Step over what may follow a directive."""
        self._step(_BLANKS)
        super().scan_directive_ignored_line(start_mark)

    def _fail(self, context: str, start, problem: str) -> None:
        raise ScannerError(context, start, problem, self.get_mark())
