"""Fixtures of all packages' tests."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def spark_parser() -> Iterator[Any]:
    """The parser of Apache Spark: a second opinion on SQL (Databricks reference, "Second opinion on SQL")."""
    sql = pytest.importorskip("pyspark.sql")
    if not (os.environ.get("JAVA_HOME") or shutil.which("java")):
        pytest.skip("no Java")
    session = (
        sql.SparkSession.builder.master("local[1]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .getOrCreate()
    )
    yield session._jsparkSession.sessionState().sqlParser()  # noqa: SLF001  # the parser has no public door
    session.stop()
