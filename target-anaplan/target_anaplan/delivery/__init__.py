"""A batch on its way: rows spooled, sealed, uploaded, imported, judged and archived."""
