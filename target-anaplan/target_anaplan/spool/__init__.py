"""Rows on disk until their batch is delivered: filled by a mapping, sealed into chunks."""
