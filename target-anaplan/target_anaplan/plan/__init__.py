"""The plan of a run: which batches it delivers, and what goes into them."""
