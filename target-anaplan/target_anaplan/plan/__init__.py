"""Which batches a run delivers, and what goes into them."""
