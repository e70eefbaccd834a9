"""OData v4 as SYSPRO's Data Connector speaks it."""
