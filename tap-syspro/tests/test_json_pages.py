"""Rows and their exact decimals."""

from __future__ import annotations

import pytest
from singer_kit.clock import ManualClock
from tap_syspro.errors import DoubtfulReadError
from tap_syspro.odata.client import Client
from tap_syspro.odata.paging import Paging, Query

from .tap_http import Reply, serve
from .tap_settings import settings_of
from .things import ENTITY_SET

pytestmark = pytest.mark.server


def test_decimals_never_pass_through_a_float():
    body = b'{"value":[{"K":"1","V":12345678901234567.890123456789}],"@odata.count":1}'
    with serve(lambda _: Reply(body)) as (url, _):
        client = Client(settings_of(odata_url=url), ManualClock())
        (page,) = Paging(client, f"{url}/A/Things%2B", ENTITY_SET, Query(("K",)), 20).pages()
        (row,) = page.decode()
    assert str(row["V"]) == "12345678901234567.890123456789"


def test_text_that_is_not_utf8_is_not_altered_silently():
    with serve(lambda _: Reply(b'{"value":[{"K":"1"},{"K":"\xff"},{"K":"3"}],"@odata.count":3}')) as (url, _):
        client = Client(settings_of(odata_url=url), ManualClock())
        pages = Paging(client, f"{url}/A/Things%2B", ENTITY_SET, Query(("K",)), 20).pages()
        with pytest.raises(DoubtfulReadError, match="cannot be read"):
            list(next(pages).decode())
