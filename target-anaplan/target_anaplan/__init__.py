"""Singer target for Anaplan: any stream into import files, imports run, every row accounted for."""
