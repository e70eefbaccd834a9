"""Errors of SQL statements, in Databricks' form: a condition, its SQLSTATE, a message."""

from __future__ import annotations

from dataclasses import dataclass

#: The stand-in cannot run a statement that Databricks might: never a verdict on the SQL.
UNSUPPORTED = "SANDBOX_UNSUPPORTED"

#: Conditions with their SQLSTATE (Databricks reference, "Errors", and the error classes of Spark and Delta).
SQLSTATES = {
    "AMBIGUOUS_REFERENCE": "42704",
    "CANCELED": "57014",
    "CANNOT_INFER_EMPTY_SCHEMA": "42KD9",
    "CAST_INVALID_INPUT": "22018",
    "COLUMN_ALREADY_EXISTS": "42711",
    "COPY_INTO_SOURCE_SCHEMA_INFERENCE_FAILED": "42KD9",
    "DATATYPE_MISMATCH": "42K09",
    "DELTA_CLUSTERING_COLUMNS_DATATYPE_NOT_SUPPORTED": "0A000",
    "DELTA_CLUSTERING_COLUMN_MISSING_STATS": "22000",
    "DELTA_CLUSTER_BY_INVALID_NUM_COLUMNS": "54000",
    "DELTA_COLUMN_NOT_FOUND_IN_SCHEMA": "42703",
    "DELTA_CONCURRENT_APPEND": "2D521",
    "DELTA_CONCURRENT_WRITE": "2D521",
    "DELTA_FAILED_TO_MERGE_FIELDS": "22005",
    "DELTA_INVALID_CHARACTERS_IN_COLUMN_NAMES": "42K05",
    "DELTA_MERGE_UNRESOLVED_EXPRESSION": "42601",
    "DELTA_METADATA_CHANGED": "2D521",
    "DELTA_METADATA_MISMATCH": "42KDG",
    "DELTA_MISSING_DELTA_TABLE_COPY_INTO": "42P01",
    "DELTA_MULTIPLE_SOURCE_ROW_MATCHING_TARGET_ROW_IN_MERGE": "21506",
    "DELTA_NOT_NULL_CONSTRAINT_VIOLATED": "23502",
    "DELTA_PRIMARY_KEY_COLUMN_NULLABLE": "42831",
    "DELTA_REPLACE_WHERE_MISMATCH": "44000",
    "DELTA_UNSUPPORTED_TYPE_CHANGE": "42837",
    "DELTA_VIOLATE_CONSTRAINT_WITH_VALUES": "23001",
    "DIVIDE_BY_ZERO": "22012",
    "EXPECT_TABLE_NOT_VIEW": "42809",
    "EXPECT_VIEW_NOT_TABLE": "42809",
    "FAILED_READ_FILE.NO_HINT": "KD001",
    "FIELDS_ALREADY_EXISTS": "42710",
    "INLINE_RESULT_TOO_LARGE": "54000",
    "INSERT_COLUMN_ARITY_MISMATCH.NOT_ENOUGH_DATA_COLUMNS": "21S01",
    "INSERT_COLUMN_ARITY_MISMATCH.TOO_MANY_DATA_COLUMNS": "21S01",
    "INSUFFICIENT_PERMISSIONS": "42501",
    "INVALID_IDENTIFIER": "42602",
    "MISSING_AGGREGATION": "42803",
    "NO_SUCH_CATALOG_EXCEPTION": "42704",
    "PARSE_SYNTAX_ERROR": "42601",
    "PATH_NOT_FOUND": "42K03",
    "RECURSIVE_VIEW": "42K0H",
    "SANDBOX_ENGINE_ERROR": "XX000",
    "SCALAR_SUBQUERY_TOO_MANY_ROWS": "21000",
    "SCHEMA_ALREADY_EXISTS": "42P06",
    "SCHEMA_NOT_EMPTY": "2BP01",
    "SCHEMA_NOT_FOUND": "42704",
    "SPECIFY_CLUSTER_BY_WITH_PARTITIONED_BY_IS_NOT_ALLOWED": "42908",
    "TABLE_OR_VIEW_ALREADY_EXISTS": "42P07",
    "TABLE_OR_VIEW_NOT_FOUND": "42P01",
    "UNBOUND_SQL_PARAMETER": "42P02",
    "UNRESOLVED_COLUMN.WITHOUT_SUGGESTION": "42703",
    "UNRESOLVED_ROUTINE": "42883",
    "UNSUPPORTED_DATATYPE": "0A000",
    "VOLUME_ALREADY_EXISTS": "42710",
    "VOLUME_NOT_FOUND": "42704",
    UNSUPPORTED: "0A000",
}


@dataclass
class SqlError(Exception):
    """Why a statement failed.

    Args:
        condition: The error class, a key of `SQLSTATES`.
        detail: What happened, for people.
        error_code: The code of the Statement Execution API.
    """

    condition: str
    detail: str
    error_code: str = "BAD_REQUEST"

    @property
    def sqlstate(self) -> str:
        """The five characters that programs classify by."""
        return SQLSTATES[self.condition]

    def __str__(self) -> str:
        return f"[{self.condition}] {self.detail} SQLSTATE: {self.sqlstate}"


def unsupported(what: str) -> SqlError:
    """The error for a shape of SQL that Databricks may accept and this stand-in has not."""
    return SqlError(UNSUPPORTED, f"The sandbox has no {what}; this says nothing about Databricks.")


def syntax_error(near: str, detail: str = "") -> SqlError:
    """The error for a statement that is not Databricks SQL."""
    return SqlError("PARSE_SYNTAX_ERROR", f"Syntax error at or near {near}.{' ' + detail if detail else ''}")
