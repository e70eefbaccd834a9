"""A mapping file: YAML whose every key and value knows its line, so that errors can name it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, ClassVar

from singer_kit.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import yaml

#: Where a value stands in the document: keys and positions from the top.
Path_ = tuple["str | int", ...]


@dataclass(frozen=True)
class Document:
    """The raw content of the mappings, with the lines it came from.

    Attributes:
        content: Lists, dicts and scalars.
        source: What errors call it: a file name or the setting.
        lines: Line of each key and value; empty when the content did not come from a file.
        setting: Name of the setting that it comes from.
    """

    content: object
    source: str
    lines: dict[Path_, int]
    setting: str

    def place(self, path: Path_) -> str:
        """A place as errors name it: `demo.yml, line 7, [0].columns.Code`."""
        keys = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".")
        while path and path not in self.lines:
            path = path[:-1]
        line = self.lines.get(path)
        words = [self.source, f"line {line}" if line else "", keys]
        return ", ".join(word for word in words if word)

    def error(self, path: Path_, message: str, remedy: str) -> SettingsError:
        """An error of the mappings that says where it is."""
        return SettingsError(f"In {self.place(path)}: {message}", setting=self.setting, remedy=remedy)


def read_file(path: Path) -> Document:
    """Read a mapping file.

    Raises:
        SettingsError: The file is missing or is not YAML.
    """
    import yaml  # noqa: PLC0415  # costs start-up time

    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise SettingsError(
            f"The mapping file {path} cannot be read: {reason}",
            setting="mapping_file",
            remedy="Give the path of a mapping file, relative to the project's folder",
        ) from error
    lines: dict[Path_, int] = {}
    document = Document(None, path.name, lines, "mapping_file")
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        if mark is not None:
            lines[()] = mark.line + 1
        problem = getattr(error, "problem", None) or "it cannot be parsed"
        remedy = "Check indentation, quotes and colons"
        raise document.error((), f"this is not YAML: {problem}", remedy) from error
    if node is None:
        raise document.error((), "the file is empty", "Write at least one mapping")
    return Document(_Builder(document).build(node, ()), path.name, lines, "mapping_file")


def from_setting(value: object) -> Document:
    """The mappings that stand in the settings themselves."""
    return Document(value, "mappings", {}, "mappings")


class _Builder:
    """YAML nodes turned into data by the rules of YAML 1.2, with the line of each.

    PyYAML's own rules (YAML 1.1) would turn the header `No` into a boolean, the code `010` into 8
    and a money constant into a float.
    """

    _scalars: ClassVar[tuple[tuple[re.Pattern[str], Callable[[str], object]], ...]] = (
        (re.compile(r"null|~|"), lambda _text: None),
        (re.compile(r"true|false"), lambda text: text == "true"),
        (re.compile(r"-?(0|[1-9][0-9]*)"), int),
        (re.compile(r"-?(0|[1-9][0-9]*)\.[0-9]+"), Decimal),
    )

    def __init__(self, document: Document) -> None:
        self._document = document

    def build(self, node: Any, path: Path_) -> object:
        self._document.lines.setdefault(path, node.start_mark.line + 1)
        if node.id == "sequence":
            return [self.build(item, (*path, position)) for position, item in enumerate(node.value)]
        if node.id == "mapping":
            return self._mapping(node, path)
        text: str = node.value
        if getattr(node, "style", None) is not None:
            return text
        for pattern, convert in self._scalars:
            if pattern.fullmatch(text):
                return convert(text)
        return text

    def _mapping(self, node: yaml.MappingNode, path: Path_) -> dict[str, object]:
        content: dict[str, object] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            here = (*path, key)
            if key in content:
                self._document.lines[here] = key_node.start_mark.line + 1
                raise self._document.error(here, f"the key {key!r} stands here twice", "Keep one of them")
            self._document.lines[here] = key_node.start_mark.line + 1
            content[key] = self.build(value_node, here)
        return content
