"""How changed rows are found: `methods` has one module for each method; `read_plan` chooses."""
