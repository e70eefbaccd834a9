"""Mappings as typed objects: what stands in a mapping file, compiled and checked as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Literal, cast

from target_anaplan.mapping.dates import unknown_directives
from target_anaplan.mapping.exact_values import Value, to_text
from target_anaplan.mapping.expressions import Constant, Expression, Part, Property
from target_anaplan.mapping.joins import Join
from target_anaplan.mapping.movements import Movement
from target_anaplan.mapping.periods import Period
from target_anaplan.mapping.schema_check import validate
from target_anaplan.mapping.unpivot import Unpivot, column_label
from target_anaplan.mapping.unsupported_options import refuse_unsupported

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from collections.abc import Mapping as MappingType

    from target_anaplan.mapping.yaml_document import Document, Path_

TargetKind = Literal["import", "process"]


@dataclass(frozen=True)
class Mapping:
    """How the records of one stream, or of all streams of a pattern, fill one file and run one import.

    Attributes:
        position: Where it stands among the mappings.
        stream: The stream's name or a pattern of it.
        kind: Whether `target` names an import or a process.
        target: Name or id of that import or process.
        file: Name or id of the file of a process that this mapping fills; None for an import.
        columns: Header in the file to expression.
        unpivot: How a wide record becomes several; None where it stays one.
        key: The headers whose values together must be unique in one file; empty where `key: none` says that
            none need be, None where nothing is said.
        on_duplicate: Whether rows with one key are an error, or the last is kept.
        on_absent: Whether a record without a property that is read is set aside, or its cells are blank.
        on_rejected: Whether rejected rows are set aside, or fail the mapping.
        after: Names of mappings that are delivered first.
    """

    position: int
    stream: str
    kind: TargetKind
    target: str
    file: str | None
    columns: MappingType[str, Expression]
    unpivot: Unpivot | None = None
    key: tuple[str, ...] | None = None
    on_duplicate: Literal["fail", "last"] = "fail"
    on_absent: Literal["quarantine", "blank"] = "quarantine"
    on_rejected: Literal["quarantine", "fail"] = "quarantine"
    after: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """What logs and errors call it."""
        file = f" ({self.file})" if self.file else ""
        return f"{self.stream} -> {self.kind} {self.target!r}{file}"

    @property
    def batch(self) -> tuple[TargetKind, str]:
        """Mappings with the same batch are delivered in one go."""
        return self.kind, self.target

    def matches(self, stream: str) -> bool:
        """Whether it takes the records of a stream."""
        return fnmatchcase(stream, self.stream)

    def missing_properties(self, properties: Collection[str]) -> dict[str, str]:
        """The properties it reads that a stream does not have, each with the place that reads it."""
        readers = [(f"column {header!r}", column.properties) for header, column in self.columns.items()]
        provided: set[str] = set(properties)
        if self.unpivot:
            provided.update(self.unpivot.provides)
            readers.append(("unpivot", self.unpivot.properties))
        return {name: place for place, names in readers for name in names if name not in provided}


def load(document: Document) -> tuple[Mapping, ...]:
    """Read and check the mappings of a document.

    Raises:
        SettingsError: A mapping is wrong; it names the file, the line and the key.
    """
    raw = validate(document)
    mappings = tuple(_Compiler(document, (position,)).mapping(item) for position, item in enumerate(raw))
    _check_targets(document, mappings)
    return mappings


def automatic(stream: str, target: str, headers: Sequence[str], key: Sequence[str]) -> Mapping:
    """The mapping of a stream that fits an import column by column.

    Args:
        stream: Name of the stream.
        target: Id of the import.
        headers: The columns of its file.
        key: The stream's key, which is the mapping's where the file has all of it.
    """
    return Mapping(
        position=0,
        stream=stream,
        kind="import",
        target=target,
        file=None,
        columns={header: Property(header) for header in headers},
        key=tuple(key) if key and set(key) <= set(headers) else None,
    )


def _read_key(raw: str | list[str] | None) -> tuple[str, ...] | None:
    return None if raw is None else () if isinstance(raw, str) else tuple(raw)


def _check_targets(document: Document, mappings: tuple[Mapping, ...]) -> None:
    seen: dict[tuple[str, str, str | None], Mapping] = {}
    for mapping in mappings:
        target = (mapping.kind, mapping.target, mapping.file)
        if target in seen:
            what = "file" if mapping.file else "import"
            raise document.error(
                (mapping.position, "file" if mapping.file else mapping.kind),
                f"another mapping fills the same {what} (the one of stream {seen[target].stream!r}), and one"
                " file is filled and imported once a run",
                "Name several streams by a pattern, or use one more import",
            )
        seen[target] = mapping


class _Compiler:
    """One validated mapping turned into objects; every error knows its place."""

    def __init__(self, document: Document, path: Path_) -> None:
        self._document = document
        self._path = path

    def mapping(self, raw: dict[str, Any]) -> Mapping:
        kind: TargetKind = "import" if "import" in raw else "process"
        refuse_unsupported(raw, self._error)
        columns = {header: self._column(header, spec) for header, spec in raw["columns"].items()}
        key = _read_key(raw.get("key"))
        for header in key or ():
            if header not in columns:
                raise self._error(
                    ("key",), f"{header!r} is not one of the columns", "List headers of this mapping"
                )
        return Mapping(
            position=cast("int", self._path[0]),
            stream=raw["stream"],
            kind=kind,
            target=raw[kind],
            file=raw.get("file"),
            columns=columns,
            unpivot=self._unpivot(raw["unpivot"], columns) if "unpivot" in raw else None,
            key=key,
            on_duplicate=raw.get("on_duplicate", "fail"),
            on_absent=raw.get("on_absent", "quarantine"),
            on_rejected=raw.get("on_rejected", "quarantine"),
            after=tuple(raw.get("after", ())),
        )

    def _column(self, header: str, spec: str | dict[str, Any]) -> Expression:
        if isinstance(spec, str):
            return Property(spec)
        for key in ("date", "format"):
            if unknown := unknown_directives(spec.get(key, "")):
                raise self._error(
                    ("columns", header, key),
                    f"{unknown[0]!r} is not known",
                    "Use %Y, %y, %m, %b, %B, %d, %j and %% (as in strftime)",
                )
        if "constant" in spec:
            return Constant(spec["constant"])
        if "join" in spec:
            return Join(tuple(spec["join"]), spec.get("with", "|"), spec.get("when_blank") == "empty")
        if "period" in spec:
            year, period = spec["period"]
            return Period(
                year, period, spec["format"], spec.get("first_month", 1), spec.get("year_of", "end")
            )
        if "part" in spec:
            return Part(spec["part"], spec["of"], spec["index"])
        return Property(
            spec["property"],
            date=spec.get("date"),
            negate=spec.get("negate", False),
            values={to_text(code): meaning for code, meaning in spec["values"].items()}
            if "values" in spec
            else None,
            default=spec.get("default"),
            has_default="default" in spec,
        )

    def _unpivot(self, raw: dict[str, Any], expressions: MappingType[str, Expression]) -> Unpivot:
        labels: dict[Value, str] = {}
        for position, column in enumerate(raw["columns"]):
            label = column_label(column)
            if label in labels:
                raise self._error(
                    ("unpivot", "columns", position),
                    f"{column!r} has the number of {labels[label]!r}",
                    "List each wide column once, and only columns of one series",
                )
            labels[label] = column
        return Unpivot(
            columns=tuple((column, label) for label, column in labels.items()),
            name=raw["name"],
            value=raw["value"],
            movement=Movement(**raw["movement"]) if "movement" in raw else None,
            until=self._until(raw, list(labels), expressions) if "until" in raw else None,
            fold=self._fold(raw, list(labels)) if "fold" in raw else {},
        )

    def _until(
        self, raw: dict[str, Any], labels: Sequence[Value], expressions: MappingType[str, Expression]
    ) -> tuple[str, str]:
        """The property with the year of a record, and the one with the last period that is sent."""
        years = {
            column.year
            for column in expressions.values()
            if isinstance(column, Period) and column.period == raw["name"]
        }
        if len(years) != 1 or not all(isinstance(label, int) for label in labels):
            raise self._error(
                ("unpivot", "until"),
                "the year and the period of a row are not known",
                f"List numbered columns, and fill a column with {{period: [<year>, {raw['name']}]}}",
            )
        return years.pop(), raw["until"]

    def _fold(self, raw: dict[str, Any], labels: Sequence[Value]) -> dict[Any, int]:
        """The columns that share the row of an earlier one; they follow it directly."""
        if "movement" not in raw:
            raise self._error(
                ("unpivot", "fold"),
                "only balances are folded, whose `movement` says what they start from",
                "Add `movement`",
            )
        fold: dict[Any, int] = {
            int(str(number)): int(target) for number, target in raw["fold"].items() if str(number).isdecimal()
        }
        rows = [fold.get(label, label) for label in labels]
        runs = [row for position, row in enumerate(rows) if position == 0 or rows[position - 1] != row]
        known = set(labels)
        if (
            len(fold) < len(raw["fold"])
            or len(runs) > len(set(runs))
            or not {*fold, *fold.values()} <= known
            or not fold.keys().isdisjoint(fold.values())
        ):
            raise self._error(
                ("unpivot", "fold"),
                "a column can only go into the row of one that stands directly before it",
                "Write numbers of listed columns, as in {13: 12, 14: 12, 15: 12}",
            )
        return fold

    def _error(self, path: Path_, message: str, remedy: str) -> Exception:
        return self._document.error((*self._path, *path), message, remedy)
