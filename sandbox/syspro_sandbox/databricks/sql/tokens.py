"""Tokens of a statement with their exact place: a change leaves every other byte as the client wrote it.

sqlglot's parser repairs mistakes and is no gate (Databricks reference, "Parsers that repair"); only its
tokenizer is used.
"""

from __future__ import annotations

import functools
import itertools
import re
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from syspro_sandbox.databricks.sql.errors import syntax_error, unsupported

TokenKind = Literal["word", "quoted", "string", "number", "symbol", "end"]

_WORDS = re.compile(r"\w+", re.UNICODE)
_KINDS: dict[str, TokenKind] = {
    "IDENTIFIER": "quoted",
    "STRING": "string",
    "RAW_STRING": "string",
    "NATIONAL_STRING": "string",
    "NUMBER": "number",
}


@dataclass(frozen=True)
class Token:
    """A token at `start` up to, not including, `end`; `text` without quotes and escapes."""

    kind: TokenKind
    text: str
    start: int
    end: int

    @property
    def upper(self) -> str:
        """A word in upper case or a symbol; empty for what could be mistaken for one of them."""
        return self.text.upper() if self.kind in {"word", "symbol"} else ""

    @property
    def named(self) -> bool:
        """Whether this can be an identifier."""
        return self.kind in {"word", "quoted"}


def tokenize(text: str) -> list[Token]:
    """The tokens of one statement; a trailing semicolon is dropped.

    Raises:
        SqlError: An unterminated literal, an empty text, more than one statement, or a literal the engine
            reads otherwise than Databricks.
    """
    lexer, failure = _lexer()
    try:
        raw = lexer(dialect="databricks").tokenize(text)  # one each: it is not safe between threads
    except failure as error:
        raise syntax_error("end of input", str(error)) from error
    tokens: list[Token] = []
    for item in raw:
        # The type suffix of a number (1L) comes as tokens of its own at the same place.
        if not tokens or item.start > tokens[-1].start:
            tokens += _tokens_of(text, item)
    while tokens and tokens[-1].upper == ";":
        tokens.pop()
    if not tokens:
        raise syntax_error("end of input")
    for token, following in itertools.pairwise(tokens):
        if token.upper == ";":
            raise syntax_error(f"';': extra input {text[following.start :][:40]!r}")
        if token.kind == following.kind == "string" and token.end == following.start:
            raise unsupported("doubled quotes in a string, which its engine drops: use a backslash")
    return tokens


def _tokens_of(text: str, item: Any) -> list[Token]:
    start, end = item.start, item.end + 1
    if kind := _KINDS.get(item.token_type.name):
        return [Token(kind, item.text, start, end)]
    if _WORDS.match(text, start):
        # Keywords of several words (PRIMARY KEY) come as one token.
        return [
            Token("word", word.group(), word.start(), word.end())
            for word in _WORDS.finditer(text, start, end)
        ]
    return [Token("symbol", item.text, start, end)]


@functools.cache
def _lexer() -> tuple[type[Any], type[Exception]]:
    """The tokenizer of sqlglot and its error; slow to load, so it waits for the first statement."""
    from sqlglot.dialects.databricks import Databricks  # noqa: PLC0415  # slow to load
    from sqlglot.errors import TokenError  # noqa: PLC0415  # slow to load

    class Lexer(Databricks.Tokenizer):
        COMMANDS: ClassVar[set[Any]] = set()  # SHOW and its like are words, not the head of an opaque rest

    return Lexer, TokenError


class Statement:
    """One statement: its text, its tokens, and the changes made to it so far."""

    def __init__(self, text: str) -> None:
        self.tokens = tokenize(text)
        self.text = text[: self.tokens[-1].end]
        self._edits: list[tuple[int, int, str]] = []

    def replace(self, start: int, end: int, replacement: str) -> None:
        """Put `replacement` where the text from `start` to `end` stands."""
        self._edits.append((start, end, replacement))

    def edited(self) -> Statement:
        """The statement with all changes made."""
        if not self._edits:
            return self
        pieces: list[str] = []
        position = 0
        for start, end, replacement in sorted(self._edits, key=lambda edit: edit[:2]):
            pieces += [self.text[position:start], replacement]
            position = end
        return Statement("".join([*pieces, self.text[position:]]))

    def leads(self, *words: str) -> bool:
        """Whether the statement begins with these words."""
        return [token.upper for token in self.tokens[: len(words)]] == list(words)


class Cursor:
    """A place among the tokens of a statement, for strict grammars written by hand."""

    def __init__(self, statement: Statement, index: int = 0) -> None:
        self.statement = statement
        self.index = index
        self._end = Token("end", "", len(statement.text), len(statement.text))

    def peek(self, ahead: int = 0) -> Token:
        """The token `ahead` of the current one; one of kind `end` behind the last."""
        index = self.index + ahead
        return self.statement.tokens[index] if index < len(self.statement.tokens) else self._end

    @property
    def position(self) -> int:
        """Where the current token begins in the text."""
        return self.peek().start

    @property
    def previous_end(self) -> int:
        """Where the token before the current one ends."""
        return self.statement.tokens[self.index - 1].end if self.index else 0

    @property
    def done(self) -> bool:
        """Whether all tokens have been taken."""
        return self.peek().kind == "end"

    def take(self) -> Token:
        """The current token; the next becomes current."""
        token = self.peek()
        if token.kind == "end":
            raise self.error()
        self.index += 1
        return token

    def at(self, *words: str) -> bool:
        """Whether these keywords or symbols come next."""
        return all(self.peek(ahead).upper == word for ahead, word in enumerate(words))

    def accept(self, *words: str) -> bool:
        """Take these keywords or symbols, if all of them come next."""
        if not self.at(*words):
            return False
        self.index += len(words)
        return True

    def expect(self, *words: str) -> None:
        """Take these keywords or symbols, or fail as the parser would."""
        for word in words:
            if not self.accept(word):
                raise self.error(f"Expected {word}.")

    def identifier(self) -> str:
        """Take one identifier."""
        if not self.peek().named:
            raise self.error("Expected an identifier.")
        return self.take().text

    def string(self) -> str:
        """Take one string literal."""
        if self.peek().kind != "string":
            raise self.error("Expected a string.")
        return self.take().text

    def name(self) -> tuple[str, ...]:
        """Take a dotted name of one to three parts."""
        parts = [self.identifier()]
        while self.accept("."):
            parts.append(self.identifier())
        return tuple(parts)

    def names(self) -> list[str]:
        """Take identifiers in brackets."""
        self.expect("(")
        found = [self.identifier()]
        while self.accept(","):
            found.append(self.identifier())
        self.expect(")")
        return found

    def properties(self) -> dict[str, str]:
        """Take `('key' = 'value', ...)`."""
        found: dict[str, str] = {}
        self.expect("(")
        while True:
            key = self.take().text
            while self.accept("."):
                key += "." + self.take().text
            if not self.accept("="):
                raise self.error("Expected '='.")
            found[key] = self.take().text
            if not self.accept(","):
                break
        self.expect(")")
        return found

    def group(self) -> tuple[int, int]:
        """Take a bracket and all up to its partner; returns where the text between them begins and ends."""
        self.expect("(")
        start, depth = self.previous_end, 1
        while depth:
            token = self.take()
            depth += {"(": 1, ")": -1}.get(token.upper, 0)
        return start, self.statement.tokens[self.index - 1].start

    def finish(self) -> None:
        """Fail unless all tokens have been taken."""
        if not self.done:
            raise self.error()

    def error(self, detail: str = "") -> Exception:
        """The syntax error at the current token."""
        token = self.peek()
        return syntax_error("end of input" if token.kind == "end" else f"{token.text!r}", detail)
