"""How changed rows are found: one module for each method; `read_plan` chooses."""
