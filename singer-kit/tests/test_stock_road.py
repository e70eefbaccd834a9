"""The kit gives what the SDK's own classes give: an SDK that changes its ways shows here."""

import io
import json
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from singer_kit.messages import decode_record
from singer_kit.sdk_sink import KitSink
from singer_kit.sdk_tap import KitStream, KitTap, Page
from singer_kit.sdk_target import KitTarget
from singer_sdk import Stream, Tap, Target
from singer_sdk import typing as th
from singer_sdk.sinks import RecordSink

from .kit_demo_tap import READ_AT, DemoTap
from .kit_demo_target import DemoTarget
from .kit_harness import printed, record, schema

PROPERTIES = th.PropertiesList(
    th.Property("id", th.IntegerType, required=True),
    th.Property("amount", th.NumberType),
    th.Property("note", th.StringType),
    th.Property(
        "address", th.ObjectType(th.Property("street", th.StringType), th.Property("zip", th.StringType))
    ),
).to_dict()
ROWS = st.lists(
    st.fixed_dictionaries(
        {"id": st.integers(0, 2**53)},
        optional={
            "amount": st.none() | st.decimals(allow_nan=False, allow_infinity=False, places=6),
            "note": st.none() | st.text(st.characters(exclude_categories=["Cs"])),
            "address": st.none()
            | st.fixed_dictionaries({"street": st.text("ab"), "zip": st.none() | st.text("12")}),
        },
    ),
    max_size=5,
)
MAPS = {
    "none": {},
    "expression": {"stream_maps": {"rows": {"twice": "int(id) * 2", "note": "__NULL__"}}},
    "filter": {"stream_maps": {"rows": {"__filter__": "id % 2"}}},
    "alias": {"stream_maps": {"rows": {"__alias__": "lines"}}},
    "second stream": {"stream_maps": {"copy": {"__source__": "rows", "id": "id", "__else__": None}}},
    "no stream": {"stream_maps": {"rows": "__NULL__"}},
    "flattening": {"flattening_enabled": True, "flattening_max_depth": 3},
    "both": {"stream_maps": {"rows": {"twice": "id"}}, "flattening_enabled": True, "flattening_max_depth": 1},
}
maps = pytest.mark.parametrize("config", MAPS.values(), ids=MAPS)
few = settings(max_examples=12)


class StockStream(Stream):
    name = "rows"
    schema = PROPERTIES
    primary_keys = ("id",)
    rows = ()

    def get_records(self, context):
        yield from json.loads(json.dumps(self.rows, default=str), parse_float=Decimal)


class StockTap(Tap):
    name = "tap-stock"
    config_jsonschema = th.PropertiesList().to_dict()

    def discover_streams(self):
        return [StockStream(self)]


class OurStream(KitStream):
    name = "rows"
    schema = PROPERTIES
    primary_keys = ("id",)

    def pages(self, context):
        yield Page(list(StockStream.get_records(self, context)), READ_AT)


class OurTap(KitTap):
    name = "tap-stock"
    config_jsonschema = th.PropertiesList().to_dict()
    preflight = DemoTap.preflight

    def discover_streams(self):
        return [OurStream(self)]


def tap_output(tap_class, config, deselected):
    catalog = tap_class(config=dict(config)).catalog_dict
    for item in catalog["streams"][0]["metadata"]:
        item["metadata"]["selected"] = item["breadcrumb"][1:] not in deselected
    messages = printed(tap_class(config=dict(config), catalog=catalog).sync_all)
    return [
        {k: v for k, v in m.items() if k != "time_extracted"}
        for m in messages
        if m["type"] in {"SCHEMA", "RECORD"}
    ]


@maps
@pytest.mark.parametrize("deselected", [[], [["note"]], [["amount"], ["address", "properties", "zip"]]])
def test_taps_write_the_same_messages(config, deselected, monkeypatch):
    rows = [
        {"id": 1, "amount": 1.25, "note": "é", "address": {"street": "a", "zip": None}},
        {"id": 2, "amount": None, "note": "", "address": None},
        {"id": 3, "address": {"street": "b", "zip": "1"}},
    ]
    for stream in (StockStream, OurStream):
        monkeypatch.setattr(stream, "rows", rows, raising=False)
    ours, stock = (tap_output(tap, config, deselected) for tap in (OurTap, StockTap))
    assert by_stream(ours) == by_stream(stock)


def by_stream(messages):
    """Of a page the kit writes stream after stream, the SDK record after record."""
    return sorted(messages, key=lambda m: m["stream"])


class StockSink(RecordSink):
    def process_record(self, record, context):
        self._target.seen.append((self.stream_name, record))

    def __init__(self, target, **kwargs):
        self._target = target
        super().__init__(target=target, **kwargs)


class StockTarget(Target):
    name = "target-stock"
    config_jsonschema = th.PropertiesList().to_dict()
    default_sink_class = StockSink

    def __init__(self, **kwargs):
        self.seen = []
        super().__init__(**kwargs)


class OurSink(KitSink):
    def __init__(self, target, **kwargs):
        self._target = target
        super().__init__(target=target, **kwargs)

    def take_many(self, records, extracted_at):
        self._target.seen += [(self.stream_name, decode_record(record)) for record in records]

    def flush(self):
        pass


class OurTarget(KitTarget):
    name = "target-stock"
    config_jsonschema = th.PropertiesList().to_dict()
    default_sink_class = OurSink
    preflight = DemoTarget.preflight

    def __init__(self, **kwargs):
        self.seen = []
        super().__init__(**kwargs)


@maps
@given(rows=ROWS)
@few
def test_targets_hand_their_sinks_the_same_records(config, rows):
    lines = [schema("rows", **PROPERTIES["properties"])]
    lines += [json.dumps(json.loads(record("rows")) | {"record": row}, default=float) for row in rows]
    seen, schemas = [], []
    for target_class in (OurTarget, StockTarget):
        target = target_class(config={"validate_records": False, **config})
        target.listen(io.StringIO("\n".join(lines)))
        # Of a run the kit hands over stream after stream, the SDK record after record.
        seen.append(sorted(target.seen, key=lambda item: item[0]))
        schemas.append({name: (s.schema, list(s.key_properties)) for name, s in target._sinks_active.items()})
    assert seen[0] == seen[1]
    removed = {name for name, value in config.get("stream_maps", {}).items() if value == "__NULL__"}
    # The SDK opens a sink for a stream that the map removes.
    assert schemas[0] == {name: value for name, value in schemas[1].items() if name not in removed}
