"""What a company does on a day of business: which document, with whom, of what value.

Seeding the past and playing a day draw on the same habits; `books` knows what each document moves.
"""

from syspro_sandbox.syspro.trade.buying import Buying
from syspro_sandbox.syspro.trade.clerk import LedgerClerk
from syspro_sandbox.syspro.trade.habits import Habits
from syspro_sandbox.syspro.trade.selling import Selling
from syspro_sandbox.syspro.trade.storing import Storing

__all__ = ["Buying", "Habits", "LedgerClerk", "Selling", "Storing"]
