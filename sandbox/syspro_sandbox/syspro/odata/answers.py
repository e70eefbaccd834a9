"""Answers with rows, streamed from the database in pieces."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote as quote_url
from urllib.parse import urlsplit

from syspro_sandbox.syspro.conditions import join
from syspro_sandbox.syspro.database import quote
from syspro_sandbox.syspro.odata.paging import encode_parameters, next_parameters, page_size
from syspro_sandbox.syspro.odata.rendering import RowWriter, json_text
from syspro_sandbox.syspro.reading import snapshot

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from syspro_sandbox.syspro.conditions import Condition
    from syspro_sandbox.syspro.odata.entities import EntitySet
    from syspro_sandbox.syspro.odata.formats import Format
    from syspro_sandbox.syspro.odata.queries import Query
    from syspro_sandbox.syspro.options import ODataOptions
    from syspro_sandbox.syspro.tables import Column

_PIECE = 500


@dataclass(frozen=True)
class EntityReader:
    """The rows of one entity set in one company's database.

    Attributes:
        database: The company's file.
        entity_set: What is read.
        options: The service's options.
        form: The JSON the client asked for.
        root: The address of the company's service, with a slash at its end.
    """

    database: Path
    entity_set: EntitySet
    options: ODataOptions
    form: Format
    root: str

    def collection(self, query: Query, parameters: Mapping[str, str]) -> Iterator[bytes]:
        """One page of rows as the pieces of a JSON document.

        Args:
            query: What to read.
            parameters: The request's, from which the next page's are made.

        Raises:
            ODataError: When more rows are asked for than the service allows.
        """
        return self._page(query, parameters, page_size(query.top, parameters, self.options))

    def _page(self, query: Query, parameters: Mapping[str, str], size: int) -> Iterator[bytes]:
        writer = self._writer(query.columns)
        with snapshot(self.database) as connection:
            yield self._head(query, connection).encode()
            rows = self._select(connection, query, size + 1)
            given, last = 0, None
            while given < size and (piece := rows.fetchmany(min(_PIECE, size - given))):
                yield f"{',' if given else ''}{writer.objects(piece)}".encode()
                given, last = given + len(piece), piece[-1]
            is_silent = self.options.paging in {"silent_cap", "short_pages"}
            has_link = not is_silent and (query.top is None or query.top > size)
            if has_link and last and rows.fetchone():
                values = last[len(query.columns) :]
                following = next_parameters(parameters, query.order, values, size, self.options)
                link = f"{self._link_root}?{encode_parameters(following)}"
                yield f'],"@odata.nextLink":{json_text(link)}}}'.encode()
            else:
                yield b"]}"

    def _head(self, query: Query, connection: sqlite3.Connection) -> str:
        members = []
        if self.form.has_context:
            selected = query.columns != self.entity_set.columns
            names = f"({','.join(column.name for column in query.columns)})" if selected else ""
            members.append(f'"@odata.context":{json_text(f"{self._context}{names}")}')
        if query.count:
            count = self._count(connection, query.where)
            members.append(f'"@odata.count":"{count}"' if self._as_text else f'"@odata.count":{count}')
        return "{" + "".join(f"{member}," for member in members) + '"value":['

    def entity(self, query: Query) -> bytes | None:
        """The one row that matches, as a JSON document; None when there is none."""
        with snapshot(self.database) as connection:
            row = self._select(connection, query, 1).fetchone()
        if row is None:
            return None
        members = self._writer(query.columns).members(row)
        context = (
            f'"@odata.context":{json_text(f"{self._context}/$entity")},' if self.form.has_context else ""
        )
        return f"{{{context}{members}}}".encode()

    def count(self, where: Condition) -> int:
        """How many rows match."""
        with snapshot(self.database) as connection:
            return self._count(connection, where)

    def _count(self, connection: sqlite3.Connection, where: Condition) -> int:
        sql = f"SELECT count(*) FROM {self.entity_set.sql} WHERE {where.sql}"
        count: int = connection.execute(sql, where.parameters).fetchone()[0]
        return count

    @property
    def _link_root(self) -> str:
        """What next links begin with."""
        name = quote_url(self.entity_set.name)
        if self.options.links == "relative":
            return name
        if self.options.next_link_origin:
            return f"{self.options.next_link_origin}{urlsplit(self.root).path}{name}"
        return f"{self.root}{name}"

    @property
    def _context(self) -> str:
        return f"{self.root}$metadata#{self.entity_set.name}"

    @property
    def _as_text(self) -> bool:
        return self.form.ieee754_compatible and self.options.decimals == "ieee754"

    def _writer(self, columns: Sequence[Column]) -> RowWriter:
        return RowWriter(columns, self.options, decimals_as_text=self._as_text)

    def _select(self, connection: sqlite3.Connection, query: Query, limit: int) -> sqlite3.Cursor:
        """The rows of a query, with the columns they are ordered by behind the selected ones."""
        columns = ", ".join(quote(c.name) for c in (*query.columns, *(each.column for each in query.order)))
        where = join("AND", [query.where, query.resume])
        order = ", ".join(each.sql for each in query.order)
        sql = f"SELECT {columns} FROM {self.entity_set.sql} WHERE {where.sql} ORDER BY {order}"
        return connection.execute(f"{sql} LIMIT ? OFFSET ?", [*where.parameters, limit, query.skip])
