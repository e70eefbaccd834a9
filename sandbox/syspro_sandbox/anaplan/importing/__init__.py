"""Imports, with Anaplan's rules (reference 5): what a row changes, and what is said about it."""
