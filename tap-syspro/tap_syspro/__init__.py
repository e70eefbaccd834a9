"""Singer tap for SYSPRO ERP, over OData or e.net."""
