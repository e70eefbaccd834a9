"""Mistakes with faults."""


class FaultsError(Exception):
    """A mistake in rules, or in what is asked of them, told in one line."""


class UnknownNameError(FaultsError):
    """A rule, hold, verb or stand-in that is not there."""
