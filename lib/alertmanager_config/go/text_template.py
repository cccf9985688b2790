"""Whether a text is a template that Go's text/template parses, and what it refers to.

Go's html/template parses with the same code. The rules are those of Go's text/template/parse
package (lex.go, parse.go); what differs between the versions of Go that built the Alertmanager
releases is marked as such. Only parsing is judged: whether ``.Foo`` exists is known when an alert
comes.
"""

import re
from typing import List, NamedTuple, Optional, Set, Tuple

from ..version import before
from .fault import Fault
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
_NUMBER = re.compile(
    r"[+-]?(?:0[xX](?:_?[0-9a-fA-F])*\.?(?:_?[0-9a-fA-F])*(?:[pP][+-]?[0-9_]+)?"
    r"|0[bB](?:_?[01])+|0[oO](?:_?[0-7])+"
    r"|(?:[0-9](?:_?[0-9])*(?:\.(?:[0-9](?:_?[0-9])*)?)?|\.[0-9](?:_?[0-9])*)"
    r"(?:[eE][+-]?[0-9](?:_?[0-9])*)?)i?"
)
_LEGACY_OCTAL = re.compile(r"[+-]?0[0-9]*[89]")
_TOKEN = re.compile(
    r"""(?P<space>[ \t\r\n]+)
    |(?P<declare>:=)|(?P<assign>=)|(?P<pipe>\|)|(?P<lparen>\()|(?P<rparen>\))
    |(?P<string>"(?:[^"\\\n]|\\[^\n])*")|(?P<raw>`[^`]*`)|(?P<char>'(?:[^'\\\n]|\\[^\n])*')
    |(?P<variable>\$\w*)|(?P<number>[+-]?(?:[0-9]|\.[0-9]))|(?P<field>\.\w+)|(?P<dot>\.)
    |(?P<word>\w+)|(?P<other>[!#-&(-_a-~])""",
    re.VERBOSE,
)
_LEFT_TRIM = re.compile(r"-[ \t\r\n]")
_CLOSE = re.compile(r"[ \t\r\n]-\}\}|\}\}")
# What may follow a word, field or variable.
_TERMINATED = re.compile(r"[ \t\r\n.,|:)(]|\}\}|\Z")
_COMMENT_END = re.compile(r"(?:[ \t\r\n]-)?\}\}")
_VALUES = frozenset(
    [
        "bool",
        "char",
        "dot",
        "field",
        "ident",
        "number",
        "nil",
        "raw",
        "string",
        "variable",
        "lparen",
    ]
)
# Values that no pipeline can call, and that have no fields.
_INERT = frozenset(["bool", "dot", "nil", "number", "char", "string", "raw"])


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


def parse(text: str) -> Template:
    """Read a template text."""
    template = Template()
    try:
        _Parser(text, template).parse()
    except _Broken as broken:
        template.faults.append(broken.fault)
    except _TooDeep:
        pass
    return template


class _Broken(Exception):
    def __init__(self, line: int, message: str):
        super().__init__(message)
        self.fault = Fault(message, line=line)


class _TooDeep(Exception):
    """Nothing more is said about this text."""


class _Token(NamedTuple):
    kind: str
    text: str
    line: int


class _Lexer:
    """Gives the tokens one at a time: text outside of actions as one, then each within."""

    def __init__(self, text: str, template: Template):
        self.text = text
        self.template = template
        self.at = 0
        self.line = 1
        self.inside = False
        self.trimmed = False

    def next(self) -> _Token:
        while True:
            token = self._inside() if self.inside else self._outside()
            if token is not None:
                return token

    def _advance(self, end: int) -> str:
        piece = self.text[self.at : end]
        self.line += piece.count("\n")
        self.at = end
        return piece

    def _outside(self) -> Optional[_Token]:
        line = self.line
        start = self.text.find("{{", self.at)
        if start == self.at:
            return self._left(line)
        piece = self._advance(len(self.text) if start < 0 else start)
        if not piece:
            return _Token("eof", "", line)
        return _Token("text", piece.strip(), line)

    def _left(self, line: int) -> Optional[_Token]:
        trims = _LEFT_TRIM.match(self.text, self.at + 2)
        body = self.at + (4 if trims else 2)
        if self.text.startswith("/*", body):
            self._comment(body, line)
            return None
        self._advance(body)
        self.inside = True
        return _Token("left", "", line)

    def _comment(self, body: int, line: int) -> None:
        end = self.text.find("*/", body + 2)
        if end < 0:
            raise _Broken(line, "a comment is never closed")
        close = _COMMENT_END.match(self.text, end + 2)
        if not close:
            raise _Broken(line, "a comment must end in */}}, with nothing between")
        self._advance(close.end())

    def _inside(self) -> _Token:
        line = self.line
        close = _CLOSE.match(self.text, self.at)
        if close:
            self._advance(close.end())
            self.inside = False
            return _Token("right", "", line)
        match = _TOKEN.match(self.text, self.at)
        if not match:
            if self.at >= len(self.text) or self.text[self.at] in "\r\n":
                raise _Broken(line, "{{ is never closed by }}")
            raise _Broken(line, self._unreadable())
        kind = match.lastgroup or ""
        if kind == "space":
            return self._space(match, line)
        if kind == "number":
            return self._number(line)
        text = self._advance(match.end())
        return self._word(kind, text, line)

    def _unreadable(self) -> str:
        char = self.text[self.at]
        if char in "\"'`":
            return "a quote is opened and never closed"
        return "a character is not allowed inside {{ }}"

    def _space(self, match, line: int) -> _Token:
        end = match.end()
        # Of several, the last belongs to a closing " -}}".
        if self.text.startswith("-}}", end):
            end -= 1
        text = self._advance(end)
        if "\n" in text or "\r" in text:
            message = "an action spans lines"
            self.template.faults.append(Fault(message, _ONE_LINE_ACTIONS, official=True, line=line))
        return _Token("space", text, line)

    def _number(self, line: int) -> _Token:
        match = _NUMBER.match(self.text, self.at)
        if match:
            following = _NUMBER.match(self.text, match.end())
            # A complex constant such as 1+2i.
            if following and following.group()[0] in "+-" and following.group().endswith("i"):
                match = following
        end = match.end() if match else self.at
        bad = not match or re.match(r"\w", self.text[end : end + 1])
        text = self.text[self.at : end]
        if bad or _is_no_number(text):
            raise _Broken(line, "a number is malformed")
        self._advance(end)
        return _Token("number", text, line)

    def _word(self, kind: str, text: str, line: int) -> _Token:
        if kind in ("variable", "field", "word", "dot") and not _TERMINATED.match(
            self.text, self.at
        ):
            if kind != "dot" or not text:
                raise _Broken(line, "a name is followed by a character that cannot end it")
            raise _Broken(line, "a dot is followed by a character that cannot follow it")
        if kind == "word":
            return _Token(_word_kind(text), text, line)
        return _Token(kind, text, line)


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


def _word_kind(word: str) -> str:
    if word in _KEYWORDS:
        return word
    if word in ("true", "false"):
        return "bool"
    return "nil" if word == "nil" else "ident"


class _Block:
    """An open block: its kind, the line it began in, and how many variables were known before."""

    __slots__ = ("has_else", "kind", "known", "line")

    def __init__(self, kind: str, line: int, known: int):
        self.kind = kind
        self.line = line
        self.known = known
        self.has_else = False


class _Scope:
    """What one template knows: its variables, and how many ranges are open in it."""

    def __init__(self, name: str = ""):
        self.name = name
        self.empty = True
        self.ranges = 0
        self.variables = ["$"]
        # How often each is declared, since looking through the list would take its time.
        self.declared = {"$": 1}

    def declare(self, variable: str) -> None:
        self.variables.append(variable)
        self.declared[variable] = self.declared.get(variable, 0) + 1

    def forget(self, known: int) -> None:
        """Forget the variables but for the first ones."""
        for variable in self.variables[known:]:
            self.declared[variable] -= 1
        del self.variables[known:]


class _Parser:
    def __init__(self, text: str, template: Template):
        self.lexer = _Lexer(text, template)
        self.template = template
        self.pushed: List[_Token] = []
        self.blocks: List[_Block] = []
        self.scopes = [_Scope()]
        self.filled: Set[str] = set()
        self.depth = 0

    # Tokens.

    def _next(self) -> _Token:
        return self.pushed.pop() if self.pushed else self.lexer.next()

    def _peek(self) -> _Token:
        token = self._next()
        self.pushed.append(token)
        return token

    def _next_solid(self) -> _Token:
        token = self._next()
        while token.kind == "space":
            token = self._next()
        return token

    def _peek_solid(self) -> _Token:
        token = self._next_solid()
        self.pushed.append(token)
        return token

    def _expect_right(self, what: str) -> None:
        token = self._next_solid()
        if token.kind != "right":
            raise _Broken(token.line, f"something unexpected follows {what}")

    # Structure.

    def parse(self) -> None:
        actions = {
            "if": self._open_control,
            "range": self._open_control,
            "with": self._open_control,
            "define": self._define,
            "block": self._block,
            "else": self._else,
            "end": self._end,
            "break": self._break,
            "continue": self._break,
            "template": self._template,
        }
        while True:
            token = self._next_solid()
            if token.kind == "eof":
                break
            if token.kind == "text":
                self._fill(bool(token.text))
                continue
            word = self._next_solid()
            action = actions.get(word.kind)
            if action:
                action(word)
            else:
                self._fill(True)
                self.pushed.append(word)
                self._pipeline("an action", "right")
        if self.blocks:
            block = self.blocks[-1]
            raise _Broken(block.line, f"{{{{{block.kind}}}}} has no {{{{end}}}}")

    def _fill(self, solid: bool) -> None:
        """Note that the innermost template is not empty."""
        if solid:
            self.scopes[-1].empty = False

    def _open_control(self, word: _Token) -> None:
        self._fill(True)
        scope = self.scopes[-1]
        block = _Block(word.kind, word.line, len(scope.variables))
        self._pipeline(word.kind, "right")
        self.blocks.append(block)
        scope.ranges += word.kind == "range"

    def _name(self, what: str) -> str:
        token = self._next_solid()
        if token.kind not in ("string", "raw"):
            raise _Broken(token.line, f"{{{{{what}}}}} needs the name of a template in quotes")
        return self._unquoted(token)

    def _define(self, word: _Token) -> None:
        if self.blocks:
            raise _Broken(word.line, "{{define}} is inside another block")
        name = self._name("define")
        self._expect_right("the name")
        self._begin_template("define", word.line, name)

    def _block(self, word: _Token) -> None:
        self._fill(True)
        name = self._name("block")
        self._pipeline("block", "right")
        self.template.used.append(Name(name, word.line))
        self._begin_template("block", word.line, name)

    def _begin_template(self, kind: str, line: int, name: str) -> None:
        self.blocks.append(_Block(kind, line, 0))
        self.scopes.append(_Scope(name))

    def _else(self, word: _Token) -> None:
        block = self.blocks[-1] if self.blocks else None
        if block is None or block.kind not in ("if", "range", "with") or block.has_else:
            raise _Broken(word.line, "{{else}} is not allowed here")
        following = self._peek_solid()
        if following.kind not in ("if", "with"):
            block.has_else = True
            self.scopes[-1].ranges -= block.kind == "range"
            self._expect_right("else")
            return
        if following.kind != block.kind:
            raise _Broken(
                word.line, f"{{{{else {following.kind}}}}} needs an {{{{{following.kind}}}}}"
            )
        if following.kind == "with":
            message = "{{else with}} is not known"
            self.template.faults.append(
                Fault(message, _NO_ELSE_WITH, official=True, line=word.line)
            )
        self._next_solid()
        self._pipeline(following.kind, "right")

    def _end(self, word: _Token) -> None:
        self._expect_right("end")
        if not self.blocks:
            raise _Broken(word.line, "{{end}} ends nothing")
        block = self.blocks.pop()
        if block.kind not in ("define", "block"):
            self.scopes[-1].ranges -= block.kind == "range" and not block.has_else
            self.scopes[-1].forget(block.known)
            return
        scope = self.scopes.pop()
        if not scope.empty:
            if scope.name in self.filled:
                raise _Broken(block.line, "the same template is defined twice in one text")
            self.filled.add(scope.name)
        self.template.defined.add(scope.name)

    def _break(self, word: _Token) -> None:
        self._fill(True)
        message = f"{{{{{word.kind}}}}} is not known"
        self.template.faults.append(Fault(message, _NO_BREAK, official=True, line=word.line))
        self._expect_right(word.kind)
        if not self.scopes[-1].ranges:
            raise _Broken(word.line, f"{{{{{word.kind}}}}} is outside of a {{{{range}}}}")

    def _template(self, word: _Token) -> None:
        self._fill(True)
        self.template.used.append(Name(self._name("template"), word.line))
        if self._peek_solid().kind == "right":
            self._next_solid()
        else:
            self._pipeline("template", "right")

    # Pipelines.

    def _pipeline(self, what: str, end: str) -> None:
        self._declarations(what)
        commands = 0
        while True:
            token = self._next_solid()
            if token.kind == end:
                if not commands:
                    raise _Broken(token.line, f"{what} has no value")
                return
            if token.kind not in _VALUES:
                raise _Broken(token.line, f"{what} has something unexpected")
            if commands and token.kind in _INERT:
                raise _Broken(token.line, "what follows a | must be a function")
            self.pushed.append(token)
            self._command(what)
            commands += 1

    def _declarations(self, what: str) -> None:
        declared = 0
        while self._peek_solid().kind == "variable":
            variable = self._next_solid()
            after = self._next()
            solid = after if after.kind != "space" else self._next_solid()
            if solid.kind in ("declare", "assign"):
                self.scopes[-1].declare(variable.text)
                return
            if solid.kind == "other" and solid.text == ",":
                self.scopes[-1].declare(variable.text)
                declared += 1
                following = self._peek_solid().kind
                if (
                    what != "range"
                    or declared > 1
                    or following not in ("variable", "right", "rparen")
                ):
                    raise _Broken(solid.line, f"{what} declares too many variables")
                continue
            self.pushed.append(solid)
            if after is not solid:
                self.pushed.append(after)
            self.pushed.append(variable)
            return

    def _command(self, what: str) -> None:
        while True:
            self._operand()
            token = self._next()
            if token.kind == "space":
                continue
            if token.kind in ("right", "rparen"):
                self.pushed.append(token)
            elif token.kind != "pipe":
                raise _Broken(token.line, f"{what} has something unexpected")
            return

    def _operand(self) -> None:
        """Read a value and its fields, if there is one before what ends the command."""
        token = self._next_solid()
        if token.kind not in _VALUES:
            self.pushed.append(token)
            return
        self._judge_operand(token)
        if self._peek().kind == "field":
            if token.kind in _INERT:
                raise _Broken(token.line, "a field follows a value that has none")
            while self._peek().kind == "field":
                self._next()

    def _judge_operand(self, token: _Token) -> None:
        if token.kind == "ident" and token.text not in BUILTINS:
            self.template.called.append(Name(token.text, token.line))
        elif token.kind == "variable" and not self.scopes[-1].declared.get(token.text):
            raise _Broken(token.line, f"the variable {token.text} is not defined")
        elif token.kind in ("string", "raw", "char"):
            self._unquoted(token)
        elif token.kind == "lparen":
            self._parenthesis(token)

    def _parenthesis(self, token: _Token) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise _TooDeep(token.line)
        self._pipeline("a parenthesis", "rparen")
        self.depth -= 1

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
