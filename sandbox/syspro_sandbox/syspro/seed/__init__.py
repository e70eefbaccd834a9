"""Making the data of the SYSPRO stand-in: partners, stock, accounts, and two and a half years of business.

**What a newcomer sees.** Four companies, each in a database of its own. `CHEM` distributes chemicals in the
United States; `PLT1` to `PLT3` are the plants of one manufacturer. The books begin with 2024; 2024 and 2025
are closed, 2026 stands in period 6 at the usual business date. Documents thicken towards today, about a
third of the supplier invoices is open. Everything follows from the settings: the same settings give the
same rows, byte for byte.

**What agrees with what**, in every company and after every day played: debits and credits of each journal;
GenHistory and the opening balance plus the GenTransaction rows; the AP, AR and stock control accounts and
the sums of ApInvoice, ArInvoice and InvWarehouse in local money, rounded to the cent per row; the balance
of an invoice and its payments; quantities on order and allocated, and the open order lines; goods received
and not invoiced, and their accrual; stock movements and the stock account; sales analysis and the invoices.
`books` says how. Only a purge breaks some of it, as it does in a SYSPRO.

**What is inferred** and not seen in any SYSPRO (besides the types that `tables` marks): the signs of
payments, which values are local and which foreign (`books.payables`, `books.receivables`), the carrying of
balances into later periods and years (`books.ledger`), one stock control account per company
(`books.inventory`), StockOnHold `F` for a code that is not traded, and that the distribution of a supplier
invoice is in local money.

**What is a trap on purpose**: numeric keys padded to full width beside alphanumeric ones, codes with `/`,
`%` and `&`, the local currency `$`, rates that multiply and rates that divide, credit notes, also under the
number of the invoice they correct, zero-value, post-dated and part-paid invoices, invoices on hold and
disputed, null dates, unposted, held and cancelled journals, the pseudo accounts FORCED and RETAINED, two
ledgers in PLT1's database, in PLT2 a key that differs from another in case only and invoice numbers that
begin with a blank.
"""

from syspro_sandbox.syspro.seed.create import SeedSettings, create_data, read_settings

__all__ = ["SeedSettings", "create_data", "read_settings"]
