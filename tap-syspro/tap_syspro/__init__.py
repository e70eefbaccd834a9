"""Singer tap for SYSPRO ERP, over OData."""
