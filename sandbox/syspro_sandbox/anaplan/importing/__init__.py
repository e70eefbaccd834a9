"""Imports, with Anaplan's rules: what a row changes, and what is said about it.

Anaplan reference, "List imports" and "Module imports".
"""
