import base64
import io
import json
import logging
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st
from singer_kit import redaction
from singer_kit.redaction import RedactingFilter, redact, register_secret
from singer_sdk import metrics
from singer_sdk.logging import ConsoleFormatter, StructuredFormatter

SECRET = 'pä ss"w\\rd+7'


@pytest.fixture(autouse=True)
def _forget(monkeypatch):
    monkeypatch.setattr(redaction, "_forms", set())
    monkeypatch.setattr(redaction, "_pattern", None)


@pytest.fixture(params=[ConsoleFormatter, StructuredFormatter])
def log(request):
    """A logger with one of the SDK's formatters, and what it has written."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(request.param())
    handler.addFilter(RedactingFilter())
    logger = logging.getLogger(f"test.{request.node.name}")
    logger.propagate = False
    logger.setLevel(logging.INFO)
    logger.addHandler(handler)
    return logger, stream.getvalue


def forms(secret):
    return [
        secret,
        quote(secret, safe=""),
        quote_plus(secret),
        json.dumps({"p": secret}),
        json.dumps({"p": secret}, ensure_ascii=False),
        repr({"p": secret}),
    ]


@pytest.mark.parametrize("text", forms(SECRET))
def test_no_form_is_left(text):
    register_secret(SECRET)
    assert redaction.MASK in redact(f"before {text} after")
    assert not any(part in redact(text) for part in ("ss", "rd"))


@given(st.text(min_size=8), st.text(max_size=5), st.text(max_size=5))
def test_base64_hides_it_wherever_it_stands(secret, before, after):
    redaction._forms.clear()
    register_secret(secret)
    clean = redact(base64.b64encode(f"{before}{secret}{after}".encode()).decode())
    assert redaction.MASK in clean
    around = len(f"{before}{after}".encode())
    shared_edges = 2 + 2  # characters that hold bits of the neighbours as well, and the padding
    assert len(clean.replace(redaction.MASK, "")) <= around * 4 / 3 + shared_edges + 2


def test_short_values_are_left_alone():
    register_secret("abc")
    assert redact("abcdef") == "abcdef"


def test_message_arguments_and_extra_fields(log):
    logger, written = log
    register_secret("hunter2hunter2")
    logger.warning("token %s of %s", "hunter2hunter2", "me", extra={"url": "https://x/?t=hunter2hunter2"})
    logger.warning("%s", {"p": ["hunter2hunter2"]}, extra={"detail": {"list": ["hunter2hunter2"]}})
    assert "hunter2" not in written()
    assert "token *** of me" in written()


def test_exceptions(log):
    logger, written = log
    register_secret("hunter2hunter2")
    error = RuntimeError("failed")
    error.__cause__ = ValueError("hunter2hunter2 is wrong")
    logger.error("caught", exc_info=error)
    assert "hunter2hunter2 is" not in written()
    assert "*** is wrong" in written()
    assert "RuntimeError: failed" in written()


def test_arguments_that_do_not_fit(log):
    logger, written = log
    register_secret("hunter2hunter2")
    logger.warning("%d", "hunter2hunter2")
    assert "hunter2" not in written()


def test_metrics_stay_structured(log):
    logger, written = log
    register_secret("hunter2hunter2")
    metrics.log(logger, metrics.Point("counter", metrics.Metric.RECORD_COUNT, 3))
    if written().startswith("{"):
        assert json.loads(written())["metric_info"]["value"] == 3
    else:
        assert '"metric":"record_count"' in written()


def test_install_reaches_every_handler_once():
    handler = logging.NullHandler()
    logger = logging.getLogger("test.install")
    logger.addHandler(handler)
    redaction.install()
    redaction.install()
    assert [type(known) for known in handler.filters] == [RedactingFilter]
    assert any(isinstance(known, RedactingFilter) for known in logging.getLogger().handlers[0].filters)
