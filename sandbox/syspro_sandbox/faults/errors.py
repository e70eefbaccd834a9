"""What is wrong with rules, or with what is asked of them."""


class FaultsError(Exception):
    """Rules that cannot be read, told in one line."""


class UnknownNameError(FaultsError):
    """A rule, hold, verb or stand-in that is not there."""
