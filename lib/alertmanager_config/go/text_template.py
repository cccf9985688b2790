"""Whether a text is a template that Go's text/template parses, and what it refers to.

Go's html/template parses with the same code. The rules are those of Go's text/template/parse
package (lex.go, parse.go); what differs between the versions of Go that built the Alertmanager
releases is marked as such. Only parsing is judged: whether ``.Foo`` exists is known when an alert
comes.
"""

import re
from functools import lru_cache
from typing import Iterator, List, NamedTuple, Optional, Set, Tuple

from ..problem import Fault
from ..version import VersionSet, before
from .strings import unquote

# Parentheses nested deeper than this are not looked into; nobody writes them.
MAX_DEPTH = 50

# Functions that Go itself brings (text/template/funcs.go); all since Go 1.13, Alertmanager 0.20.
BUILTINS = frozenset(
    [
        *("and", "call", "eq", "ge", "gt", "html", "index", "js", "le", "len", "lt", "ne", "not"),
        *("or", "print", "printf", "println", "slice", "urlquery"),
    ]
)

# Alertmanager 0.22 was the first built with a Go (1.16) that lets an action span lines, 0.25 with
# one (1.18 and up) that knows break and continue, 0.28 with one (1.23) that knows else with.
_ONE_LINE_ACTIONS = before(22)
_NO_BREAK = before(25)
_NO_ELSE_WITH = before(28)

_KEYWORDS = frozenset(
    ["block", "break", "continue", "define", "else", "end", "if", "range", "template", "with"]
)
_CONSTANTS = {"true": "bool", "false": "bool", "nil": "nil"}
_REAL = (
    r"[+-]?(?:0[xX](?:_?[0-9a-fA-F])*\.?(?:_?[0-9a-fA-F])*(?:[pP][+-]?[0-9_]+)?"
    r"|0[bB](?:_?[01])+|0[oO](?:_?[0-7])+"
    r"|(?:[0-9](?:_?[0-9])*(?:\.(?:[0-9](?:_?[0-9])*)?)?|\.[0-9](?:_?[0-9])*)"
    r"(?:[eE][+-]?[0-9](?:_?[0-9])*)?)"
)
_LEGACY_OCTAL = re.compile(r"[+-]?0[0-9]*[89]")
_OPEN = re.compile(r"\{\{(?:-[ \t\r\n])?(?P<comment>/\*)?")
_COMMENT = re.compile(r"/\*.*?\*/(?P<close>(?:[ \t\r\n]-)?\}\})?", re.DOTALL)
# Of several, the last belongs to a closing " -}}".
_BLANKS = re.compile(r"(?:[ \t\r\n](?!-\}\}))*")
# A number may be complex, such as 1+2i; no shorter one is read where that is wrong.
_TOKENS = r"""(?P<right>(?:[ \t\r\n]-)?\}\})
    |(?P<declare>:=|=)|(?P<pipe>\|)|(?P<lparen>\()|(?P<rparen>\))
    |(?P<string>"(?:[^"\\\n]|\\[^\n])*")|(?P<raw>`[^`]*`)|(?P<char>'(?:[^'\\\n]|\\[^\n])*')
    |(?=(?P<number>REALi?(?:(?=[+-])REALi)?))(?P=number)(?!\w)|(?P<bad_number>[+-]?\.?[0-9])
    |(?:(?P<variable>\$\w*)|(?P<field>\.\w+)|(?P<dot>\.)|(?P<word>\w+))(?=[ \t\r\n.,|:)(]|\}\}|\Z)
    |(?P<bad_name>\$\w*|\.?\w+)|(?P<bad_dot>\.)
    |(?P<comma>,)|(?P<other>[!#-&(-_a-~])|(?P<quote>["'`])|(?P<end>\Z)|(?P<unknown>[\s\S])"""
_TOKEN = re.compile(_TOKENS.replace("REAL", _REAL), re.VERBOSE)
_WRONG_TOKENS = {
    "bad_number": "a number is malformed",
    "bad_name": "a name is followed by a character that cannot end it",
    "bad_dot": "a dot is followed by a character that cannot follow it",
    "quote": "a quote is opened and never closed",
    "end": "{{ is never closed by }}",
    "unknown": "a character is not allowed inside {{ }}",
}
# Values that no pipeline can call, and that have no fields.
_INERT = frozenset(["bool", "dot", "nil", "number", "char", "string", "raw"])
_VALUES = _INERT | frozenset(["field", "ident", "variable", "lparen"])


class Name(NamedTuple):
    """A template or a function that the text names, and the line."""

    name: str
    line: int


class Template:
    """What is known of a template text after reading it.

    faults: what is wrong with its syntax; nothing is read after the first fault that holds for
        every version.
    defined: the names of the templates it defines.
    used: the templates it refers to.
    called: the functions it calls that are not Go's own.
    """

    def __init__(self) -> None:
        self.faults: List[Fault] = []
        self.defined: Set[str] = set()
        self.used: List[Name] = []
        self.called: List[Name] = []

    def find_references(self) -> Tuple[Name, ...]:
        """Give the templates that the text uses and does not define itself."""
        return tuple(name for name in self.used if name.name not in self.defined)


@lru_cache(maxsize=1024)
def parse(text: str) -> Template:
    """Read a template text."""
    template = Template()
    try:
        _Parser(text, template).parse()
    except _Broken as broken:
        line, message = broken.args
        template.faults += [Fault(message, line=line)] if message else []
    return template


class _Broken(Exception):
    """Nothing more is read; the arguments are the line, and what is wrong there, if anything."""


class _Token(NamedTuple):
    """A token. spaced: whether there are blanks before it."""

    kind: str
    text: str
    line: int
    spaced: bool = False


class _Lexer:
    """Tells the tokens of a text apart. faults: where it puts what only some versions refuse."""

    def __init__(self, text: str, faults: List[Fault]):
        self.text = text
        self.faults = faults
        self.at = 0
        self.line = 1

    def read(self) -> Iterator[_Token]:
        """Give text outside of actions as one token, then each within. Raises _Broken."""
        while self.at < len(self.text):
            line, start = self.line, self.text.find("{{", self.at)
            outside = self._take(start if start >= 0 else len(self.text))
            if outside:
                yield _Token("text", outside.strip(), line)
            opening = _OPEN.match(self.text, self.at)
            if opening and opening.group("comment"):
                comment = _COMMENT.match(self.text, opening.start("comment"))
                if not comment:
                    raise _Broken(self.line, "a comment is never closed")
                if not comment.group("close"):
                    raise _Broken(self.line, "a comment must end in */}}, with nothing between")
                self._take(comment.end())
            elif opening:
                yield _Token("left", self._take(opening.end()), self.line)
                yield from self._read_action()
        yield _Token("eof", "", self.line)

    def _take(self, end: int) -> str:
        piece = self.text[self.at : end]
        self.line += piece.count("\n")
        self.at = end
        return piece

    def _read_action(self) -> Iterator[_Token]:
        kind = ""
        while kind != "right":
            line = self.line
            blanks = self._take(_BLANKS.match(self.text, self.at).end())
            if "\n" in blanks or "\r" in blanks:
                fault = Fault("an action spans lines", _ONE_LINE_ACTIONS, official=True, line=line)
                self.faults.append(fault)
            line = self.line
            match = _TOKEN.match(self.text, self.at)
            kind = match.lastgroup
            if kind in _WRONG_TOKENS:
                raise _Broken(line, _WRONG_TOKENS[kind])
            text = self._take(match.end())
            if kind == "number" and _is_no_number(text):
                raise _Broken(line, _WRONG_TOKENS["bad_number"])
            if kind == "word":
                kind = text if text in _KEYWORDS else _CONSTANTS.get(text, "ident")
            yield _Token(kind, text, line, bool(blanks))


def _is_no_number(text: str) -> bool:
    """Whether Go's strconv does not read what looked like a number at first."""
    based = re.match("[+-]?0[xXbBoO]", text)
    if text.endswith("i"):
        # What is imaginary is a float, and a hexadecimal float has an exponent.
        return bool(based) and not re.search("[pP]", text)
    if based:
        digits, point = text[based.end() :], re.search("[.pP]", text)
        return not re.search("[0-9a-fA-F]", digits) or (bool(point) and "p" not in text.lower())
    if re.search("[.eE]", text):
        return "_" in text or float(text) in (float("inf"), float("-inf"))
    return bool(_LEGACY_OCTAL.match(text))


class _Block:
    """An open block, or the text as a whole.

    kind, line: what it is, and where it began. name: of the template that it defines, if any.
    variables: those that its template knows by now. declared: those that end with it.
    ranges: how many are open in its template. empty: whether a template has said nothing yet.
    """

    def __init__(self, kind: str, line: int, name: str = "", outer: "Optional[_Block]" = None):
        self.kind = kind
        self.line = line
        self.name = name
        self.variables = outer.variables if outer else {"$"}
        self.declared: Set[str] = set()
        self.ranges = (outer.ranges if outer else 0) + (kind == "range")
        self.has_else = False
        self.empty = True


class _Parser:
    def __init__(self, text: str, template: Template):
        self.tokens = _Lexer(text, template.faults).read()
        self.template = template
        self.pushed: List[_Token] = []
        self.blocks = [_Block("", 0)]
        self.filled: Set[str] = set()
        self.depth = 0

    # Tokens.

    def _next(self) -> _Token:
        return self.pushed.pop() if self.pushed else next(self.tokens)

    def _peek(self) -> _Token:
        token = self._next()
        self.pushed.append(token)
        return token

    def _expect_right(self, what: str) -> None:
        token = self._next()
        if token.kind != "right":
            raise _Broken(token.line, f"something unexpected follows {what}")

    def _doubt(self, word: _Token, what: str, versions: VersionSet) -> None:
        """Note what the official builds of these versions do not know."""
        message = f"{{{{{what}}}}} is not known"
        self.template.faults.append(Fault(message, versions, official=True, line=word.line))

    # Structure.

    def parse(self) -> None:
        token = self._next()
        while token.kind != "eof":
            if token.kind == "text":
                self.blocks[-1].empty &= not token.text
            else:
                word = self._next()
                self.blocks[-1].empty &= word.kind in ("define", "else", "end")
                if word.kind in _KEYWORDS:
                    getattr(self, f"_{word.kind}")(word)
                else:
                    self.pushed.append(word)
                    self._pipeline("an action", "right")
            token = self._next()
        block = self.blocks[-1]
        if block.kind:
            raise _Broken(block.line, f"{{{{{block.kind}}}}} has no {{{{end}}}}")

    def _if(self, word: _Token) -> None:
        self.blocks.append(_Block(word.kind, word.line, outer=self.blocks[-1]))
        self._pipeline(word.kind, "right")

    _range = _with = _if

    def _name(self, what: str) -> str:
        token = self._next()
        if token.kind not in ("string", "raw"):
            raise _Broken(token.line, f"{{{{{what}}}}} needs the name of a template in quotes")
        return self._unquoted(token)

    def _define(self, word: _Token) -> None:
        if self.blocks[-1].kind:
            raise _Broken(word.line, "{{define}} is inside another block")
        name = self._name("define")
        self._expect_right("the name")
        self.blocks.append(_Block("define", word.line, name))

    def _block(self, word: _Token) -> None:
        name = self._name("block")
        self._pipeline("block", "right")
        self.template.used.append(Name(name, word.line))
        self.blocks.append(_Block("block", word.line, name))

    def _else(self, word: _Token) -> None:
        block = self.blocks[-1]
        if block.kind not in ("if", "range", "with") or block.has_else:
            raise _Broken(word.line, "{{else}} is not allowed here")
        kind = self._peek().kind
        if kind not in ("if", "with"):
            block.has_else = True
            block.ranges -= block.kind == "range"
            self._expect_right("else")
            return
        if kind != block.kind:
            raise _Broken(word.line, f"{{{{else {kind}}}}} needs an {{{{{kind}}}}}")
        if kind == "with":
            self._doubt(word, "else with", _NO_ELSE_WITH)
        self._next()
        self._pipeline(kind, "right")

    def _end(self, word: _Token) -> None:
        self._expect_right("end")
        if not self.blocks[-1].kind:
            raise _Broken(word.line, "{{end}} ends nothing")
        block = self.blocks.pop()
        if block.kind not in ("define", "block"):
            block.variables -= block.declared
            return
        if not block.empty:
            if block.name in self.filled:
                raise _Broken(block.line, "the same template is defined twice in one text")
            self.filled.add(block.name)
        self.template.defined.add(block.name)

    def _break(self, word: _Token) -> None:
        self._doubt(word, word.kind, _NO_BREAK)
        self._expect_right(word.kind)
        if not self.blocks[-1].ranges:
            raise _Broken(word.line, f"{{{{{word.kind}}}}} is outside of a {{{{range}}}}")

    _continue = _break

    def _template(self, word: _Token) -> None:
        self.template.used.append(Name(self._name("template"), word.line))
        if self._peek().kind == "right":
            self._next()
        else:
            self._pipeline("template", "right")

    # Pipelines.

    def _pipeline(self, what: str, end: str) -> None:
        self._declarations(what)
        token = self._next()
        if token.kind == end:
            raise _Broken(token.line, f"{what} has no value")
        is_piped = False
        while token.kind != end:
            if token.kind not in _VALUES:
                raise _Broken(token.line, f"{what} has something unexpected")
            if is_piped and token.kind in _INERT:
                raise _Broken(token.line, "what follows a | must be a function")
            token = self._command(token)
            is_piped = token.kind == "pipe"
            if is_piped:
                token = self._next()
            elif token.kind not in ("right", "rparen"):
                raise _Broken(token.line, f"{what} has something unexpected")

    def _declarations(self, what: str) -> None:
        declared = 0
        while self._peek().kind == "variable":
            variable, after = self._next(), self._peek()
            if after.kind not in ("declare", "comma"):
                self.pushed.append(variable)
                return
            self._next()
            block = self.blocks[-1]
            if variable.text not in block.variables:
                block.declared.add(variable.text)
            block.variables.add(variable.text)
            if after.kind == "declare":
                return
            declared += 1
            following = self._peek().kind
            if declared > 1 or what != "range" or following not in ("variable", "right", "rparen"):
                raise _Broken(after.line, f"{what} declares too many variables")

    def _command(self, token: _Token) -> _Token:
        """Read values with blanks between them; give the token behind them."""
        self._operand(token)
        token = self._next()
        while token.spaced and token.kind in _VALUES:
            self._operand(token)
            token = self._next()
        return token

    def _operand(self, token: _Token) -> None:
        """Read a value, which begins with this token, and its fields."""
        if token.kind == "ident" and token.text not in BUILTINS:
            self.template.called.append(Name(token.text, token.line))
        elif token.kind == "variable" and token.text not in self.blocks[-1].variables:
            raise _Broken(token.line, f"the variable {token.text} is not defined")
        elif token.kind in ("string", "raw", "char"):
            self._unquoted(token)
        elif token.kind == "lparen":
            self.depth += 1
            if self.depth > MAX_DEPTH:
                raise _Broken(token.line, "")
            self._pipeline("a parenthesis", "rparen")
            self.depth -= 1
        while self._peek().kind == "field" and not self._peek().spaced:
            field = self._next()
            if token.kind in _INERT:
                raise _Broken(field.line, "a field follows a value that has none")

    def _unquoted(self, token: _Token) -> str:
        """Give the value of a quoted text, or refuse what Go's strconv.Unquote refuses."""
        if token.kind == "raw":
            return token.text[1:-1].replace("\r", "")
        value = unquote(token.text)
        if value is None:
            raise _Broken(token.line, "a quoted text has an unknown escape")
        if token.kind == "char" and len(value) != 1:
            raise _Broken(token.line, "single quotes hold one character; text needs double ones")
        return value
