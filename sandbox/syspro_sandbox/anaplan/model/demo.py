"""The demo model: SYSPRO's suppliers, customers, invoices, ledger and stock, ready for planning."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syspro_sandbox.anaplan.model.definition import (
    BOOLEAN,
    DATE,
    LINE_ITEMS,
    NUMBER,
    TEXT,
    TIME,
    TIME_ENTITY,
    DataSource,
    Format,
    HierarchyList,
    LineItem,
    ListImport,
    Model,
    Module,
    ModuleImport,
    Process,
    Property,
    items_of,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

MONTH_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
YEARS = range(23, 28)

GL_GROUPS = "GL Groups"
GL_ACCOUNTS = "GL Accounts"
SUPPLIERS = "Suppliers"
CUSTOMERS = "Customers"
STOCK_ITEMS = "Stock Items"
WAREHOUSES = "Warehouses"
AP_INVOICES = "AP Invoices"
AR_INVOICES = "AR Invoices"
GL_BALANCES = "GL Balances"
STOCK_ON_HAND = "Stock on Hand"


def _texts(*names: str) -> tuple[Property, ...]:
    return tuple(Property(name, TEXT) for name in names)


def _same(*names: str) -> dict[str, str]:
    """Targets whose columns bear the same name."""
    return {name: name for name in names}


def _line_items(first: int, formats: dict[str, Format]) -> tuple[LineItem, ...]:
    return tuple(LineItem(first + index, name, form) for index, (name, form) in enumerate(formats.items()))


def _names(items: Sequence[Property | LineItem]) -> dict[str, str]:
    return _same(*(item.name for item in items))


LISTS = (
    HierarchyList(1, GL_GROUPS, properties=_texts("Description")),
    HierarchyList(
        2,
        GL_ACCOUNTS,
        parent=GL_GROUPS,
        properties=(
            *_texts("Description", "Account Type"),
            Property("Current Balance", NUMBER),
            Property("SYSPRO ID", TEXT),
        ),
    ),
    HierarchyList(
        3,
        SUPPLIERS,
        numbered=True,
        display="Supplier Name",
        properties=(
            *_texts("Supplier Name", "Currency", "Terms"),
            Property("On Hold", BOOLEAN),
            Property("Balance", NUMBER),
            Property("SYSPRO ID", TEXT),
        ),
    ),
    HierarchyList(
        4,
        CUSTOMERS,
        numbered=True,
        display="Customer Name",
        properties=(
            *_texts("Customer Name", "Currency", "Terms"),
            Property("Credit Limit", NUMBER),
            Property("On Hold", BOOLEAN),
            Property("SYSPRO ID", TEXT),
        ),
    ),
    HierarchyList(
        5,
        STOCK_ITEMS,
        numbered=True,
        display="Description",
        properties=_texts("Description", "Stock UOM", "Product Class", "SYSPRO ID"),
    ),
    HierarchyList(6, WAREHOUSES, properties=_texts("Description")),
    HierarchyList(7, AP_INVOICES, numbered=True),
    HierarchyList(8, AR_INVOICES, numbered=True),
)

AP_INVOICE_ITEMS = _line_items(
    1,
    {
        "Supplier": items_of(SUPPLIERS),
        "Invoice Number": TEXT,
        "Invoice Date": DATE,
        "Due Date": DATE,
        "Posting Period": TIME_ENTITY,
        "Original Amount": NUMBER,
        "Open Balance": NUMBER,
        "Currency": TEXT,
        "Status": TEXT,
        "SYSPRO ID": TEXT,
    },
)
AR_INVOICE_ITEMS = _line_items(
    21,
    {
        "Customer": items_of(CUSTOMERS),
        "Invoice Number": TEXT,
        "Document Type": TEXT,
        "Invoice Date": DATE,
        "Posting Period": TIME_ENTITY,
        "Original Amount": NUMBER,
        "Open Balance": NUMBER,
        "Currency": TEXT,
        "SYSPRO ID": TEXT,
    },
)
GL_BALANCE_ITEMS = _line_items(41, {"Balance": NUMBER, "Movement": NUMBER})
STOCK_ITEMS_ON_HAND = _line_items(
    51,
    {
        "Quantity on Hand": NUMBER,
        "Quantity Allocated": NUMBER,
        "Quantity on Order": NUMBER,
        "Unit Cost": NUMBER,
    },
)

MODULES = (
    Module(1, AP_INVOICES, (AP_INVOICES,), AP_INVOICE_ITEMS, rows=(AP_INVOICES,), columns=(LINE_ITEMS,)),
    Module(2, AR_INVOICES, (AR_INVOICES,), AR_INVOICE_ITEMS, rows=(AR_INVOICES,), columns=(LINE_ITEMS,)),
    Module(
        3,
        GL_BALANCES,
        (GL_ACCOUNTS, TIME),
        GL_BALANCE_ITEMS,
        rows=(GL_ACCOUNTS,),
        columns=(TIME,),
        pages=(LINE_ITEMS,),
    ),
    Module(
        4,
        STOCK_ON_HAND,
        (STOCK_ITEMS, WAREHOUSES),
        STOCK_ITEMS_ON_HAND,
        rows=(STOCK_ITEMS, WAREHOUSES),
        columns=(LINE_ITEMS,),
    ),
)

_LIST = {definition.name: definition for definition in LISTS}
CODE = "Code"

SOURCES = (
    DataSource(1, "gl_groups.csv", (CODE, *_names(_LIST[GL_GROUPS].properties))),
    DataSource(2, "gl_accounts.csv", (CODE, "Parent", *_names(_LIST[GL_ACCOUNTS].properties))),
    DataSource(3, "suppliers.csv", (CODE, *_names(_LIST[SUPPLIERS].properties))),
    DataSource(4, "customers.csv", (CODE, *_names(_LIST[CUSTOMERS].properties))),
    DataSource(5, "stock_items.csv", (CODE, *_names(_LIST[STOCK_ITEMS].properties))),
    DataSource(6, "warehouses.csv", (CODE, *_names(_LIST[WAREHOUSES].properties))),
    DataSource(7, "ap_invoices.csv", (CODE, *_names(AP_INVOICE_ITEMS))),
    DataSource(8, "ar_invoices.csv", (CODE, *_names(AR_INVOICE_ITEMS))),
    DataSource(9, "gl_balances.csv", ("GL Account", "Period", *_names(GL_BALANCE_ITEMS))),
    DataSource(10, "stock_on_hand.csv", ("Stock Item", "Warehouse", *_names(STOCK_ITEMS_ON_HAND))),
)


def _list_import(
    number: int, target: str, source: str, *, name: str = "", parent: str | None = None
) -> ListImport:
    """An import whose columns bear the names of the list's properties; a plain list is named by its code."""
    definition = _LIST[target]
    return ListImport(
        number,
        name or f"{target} from SYSPRO",
        source,
        target,
        code_column=CODE,
        name_column=None if definition.numbered else CODE,
        parent_column=parent,
        properties=_names(definition.properties),
    )


IMPORTS = (
    _list_import(1, GL_GROUPS, "gl_groups.csv"),
    _list_import(2, GL_ACCOUNTS, "gl_accounts.csv", parent="Parent"),
    _list_import(3, SUPPLIERS, "suppliers.csv"),
    _list_import(4, CUSTOMERS, "customers.csv"),
    _list_import(5, STOCK_ITEMS, "stock_items.csv"),
    _list_import(6, WAREHOUSES, "warehouses.csv"),
    _list_import(7, AP_INVOICES, "ap_invoices.csv", name="AP Invoices list from ap_invoices.csv"),
    ModuleImport(
        8,
        "AP Invoices module from ap_invoices.csv",
        "ap_invoices.csv",
        AP_INVOICES,
        dimensions={AP_INVOICES: CODE},
        line_items=_names(AP_INVOICE_ITEMS),
    ),
    _list_import(9, AR_INVOICES, "ar_invoices.csv", name="AR Invoices list from ar_invoices.csv"),
    ModuleImport(
        10,
        "AR Invoices module from ar_invoices.csv",
        "ar_invoices.csv",
        AR_INVOICES,
        dimensions={AR_INVOICES: CODE},
        line_items=_names(AR_INVOICE_ITEMS),
    ),
    ModuleImport(
        11,
        "GL Balances from SYSPRO",
        "gl_balances.csv",
        GL_BALANCES,
        dimensions={GL_ACCOUNTS: "GL Account", TIME: "Period"},
        line_items=_names(GL_BALANCE_ITEMS),
    ),
    ModuleImport(
        12,
        "Stock on Hand from SYSPRO",
        "stock_on_hand.csv",
        STOCK_ON_HAND,
        dimensions={STOCK_ITEMS: "Stock Item", WAREHOUSES: "Warehouse"},
        line_items=_names(STOCK_ITEMS_ON_HAND),
    ),
)

PROCESSES = (
    Process(1, "AP Invoices from SYSPRO", (IMPORTS[6].name, IMPORTS[7].name)),
    Process(2, "AR Invoices from SYSPRO", (IMPORTS[8].name, IMPORTS[9].name)),
)

DEMO_MODEL = Model(
    id="75A40874E6B64FA3AE0743278996850F",
    name="SYSPRO Planning",
    workspace_id="8a8b8c8d0123456789abcdef01234567",
    workspace_name="SYSPRO Sandbox",
    months=tuple(f"{month} {year}" for year in YEARS for month in MONTH_NAMES),
    lists=LISTS,
    modules=MODULES,
    sources=SOURCES,
    imports=IMPORTS,
    processes=PROCESSES,
)
