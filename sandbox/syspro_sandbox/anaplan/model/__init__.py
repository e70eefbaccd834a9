"""What the model holds (its definition, as data) and the demo model."""
