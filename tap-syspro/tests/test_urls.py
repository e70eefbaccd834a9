"""The addresses that are asked."""

from __future__ import annotations

from tap_syspro.odata import urls


def test_the_company_is_appended_or_put_in_its_place():
    assert urls.company_root("https://x.example.com/o", "A 1") == "https://x.example.com/o/A%201"
    assert urls.company_root("https://{company}.example.com/x", "A") == "https://A.example.com/x"


def test_the_plus_of_a_custom_form_is_encoded():
    assert urls.table_url("https://x/A", "ApSupplier+") == "https://x/A/ApSupplier%2B"


def test_empty_options_drop_out_and_what_odata_needs_stays_readable():
    url = urls.with_query("https://x/T", {"$filter": "A eq 'b c'", "$top": ""})
    assert url == "https://x/T?$filter=A%20eq%20'b%20c'"


def test_the_dispensable_option_goes_where_the_address_would_be_too_long():
    options = {"$filter": "A eq 1", "$select": ",".join(["Column"] * 400)}
    assert urls.with_query("https://x/T", options, dispensable="$select") == "https://x/T?$filter=A%20eq%201"
    options["$select"] = "A"
    assert urls.with_query("https://x/T", options, dispensable="$select").endswith("&$select=A")


def test_a_long_address_without_a_dispensable_option_stays_whole():
    options = {"$filter": "x" * (urls.MAX_QUERY_BYTES + 1)}
    assert urls.with_query("https://x/T", options, dispensable="$select").endswith("x")
