"""Stock codes, warehouses, and what lies in them when the books begin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from syspro_sandbox.syspro import names
from syspro_sandbox.syspro.books.payables import GOODS
from syspro_sandbox.syspro.money import COST_ONE, QTY_ONE, RATE_ONE

if TYPE_CHECKING:
    from datetime import date
    from random import Random

    from syspro_sandbox.syspro.companies import Company
    from syspro_sandbox.syspro.database import Row, RowStore

#: One stock code in so many is on hold.
HELD_IN = 12


class StockRoom:
    """The maker of a company's warehouses and stock.

    Args:
        store: Where the rows go.
        company: Whose stock.
        rng: Decides.
    """

    def __init__(self, store: RowStore, company: Company, rng: Random) -> None:
        self._store = store
        self._company = company
        self._rng = rng

    def _chance(self, percent: int) -> bool:
        return self._rng.randrange(100) < percent

    def add_warehouses(self) -> None:
        """Add the company's warehouses."""
        company = self._company
        for number, (code, description) in enumerate(company.warehouses):
            self._store.insert(
                "InvWhControl",
                Warehouse=code,
                Description=description,
                CostingMethod="S" if company.makes else "A",
                WipControlGlCode=company.gl_code(1350) if company.makes else "",
                WipVarCtlGlCode=company.gl_code(5050) if company.makes else "",
                Route=f"R{number}",
                UseMultipleBins="Y",
                WmsActive="N",
                InclPlanning="Y",
                StockTakeFlag="N",
                NegStockAllow="N",
                NonStockedGl=company.gl_code(6230),
            )

    def add_stock(self, count: int) -> None:
        """Add stock codes that were always there; those on hold are traded by nobody."""
        for number in range(count):
            year, month = self._rng.randrange(2012, 2024), self._rng.randrange(1, 13)
            added = f"{year}-{month:02d}-15" if self._chance(97) else None
            stock = self._add_code(number, added, on_hold=number % HELD_IN == HELD_IN - 1)
            for warehouse, _ in self._company.warehouses:
                self._add_warehouse(stock, warehouse, self._quantity(stock))

    def add_new(self, day: date) -> None:
        """Add a stock code today: on hold until somebody releases it, and without stock."""
        number = len(self._store.rows("InvMaster"))
        while (self._code(number)[1],) in self._store.rows("InvMaster"):
            number += 1
        stock = self._add_code(number, day.isoformat(), on_hold=True)
        for warehouse, _ in self._company.warehouses:
            self._add_warehouse(stock, warehouse, 0)

    def _code(self, number: int) -> tuple[names.Good, str]:
        """The kind of stock with a running number, and its code."""
        makes = self._company.makes
        goods, variants = (
            (names.PARTS, names.PART_VARIANTS) if makes else (names.CHEMICALS, names.CHEMICAL_VARIANTS)
        )
        turn, variant = divmod(number // len(goods), len(variants))
        good = goods[number % len(goods)]
        return good, f"{good.prefix}-{variants[variant]}" + (f"-{turn}" if turn else "")

    def _add_code(self, number: int, added: str | None, *, on_hold: bool) -> Row:
        company, rng = self._company, self._rng
        good, code = self._code(number)
        made = company.makes and good.product_class in names.MADE
        suppliers = [row for row in self._store.rows("ApSupplier").values() if row["SupplierClass"] == GOODS]
        return self._store.insert(
            "InvMaster",
            StockCode=code,
            Description=f"{good.name}, {code}"[:50],
            LongDesc=f"{good.name}, article {code}",
            AlternateKey1=f"{number:06d}" if self._chance(30) else "",
            StockUom=good.unit,
            AlternateUom=good.unit,
            OtherUom=good.unit,
            ConvFactAltUom=RATE_ONE,
            ConvMulDiv="M",
            ConvFactOthUom=RATE_ONE,
            MulDiv="M",
            Mass=rng.randrange(1, 4000) * QTY_ONE // 100,
            Decimals=0 if good.unit == "EA" else 2,
            PriceCategory="A",
            PriceMethod="C",
            Supplier="" if made else rng.choice(suppliers)["Supplier"],
            ProductClass=good.product_class,
            SerialMethod="N",
            KitType="N",
            Buyer=rng.choice(("", "BUY1", "BUY2")),
            AbcClass=rng.choice(("A", "B", "C", "C")),
            LeadTime=rng.randrange(2, 60),
            CostUom=good.unit,
            MaterialCost=rng.randrange(90, 9000) * COST_ONE // 100 + rng.randrange(1000),
            PartCategory="M" if made else "B",
            WarehouseToUse=company.warehouses[0][0],
            TariffCode=f"{rng.randrange(2800, 8500)}.{rng.randrange(10, 99)}",
            CountryOfOrigin=company.nationality,
            StockOnHold="F" if on_hold else "N",
            DateStkAdded=added,
        )

    def _quantity(self, stock: Row) -> int:
        """How much lies in a warehouse; often nothing."""
        if self._chance(20):
            return 0
        parts = 0 if stock["StockUom"] == "EA" else self._rng.randrange(100) * QTY_ONE // 100
        return self._rng.randrange(20, 600) * QTY_ONE + parts

    def _add_warehouse(self, stock: Row, warehouse: str, quantity: int) -> None:
        rng, cost = self._rng, stock["MaterialCost"]
        self._store.insert(
            "InvWarehouse",
            StockCode=stock["StockCode"],
            Warehouse=warehouse,
            QtyOnHand=quantity,
            MinimumQty=rng.randrange(50) * QTY_ONE,
            MaximumQty=rng.randrange(600, 1000) * QTY_ONE,
            AbcClass=stock["AbcClass"],
            UnitCost=cost + rng.randrange(cost // 10),
            DefaultBin=f"{rng.choice('ABC')}-{rng.randrange(1, 40):02d}",
            SafetyStockQty=rng.randrange(50) * QTY_ONE,
            ReOrderQty=rng.randrange(200) * QTY_ONE,
            InterfaceFlag="N",
            CostMultiplier=RATE_ONE,
            DateWhAdded=stock["DateStkAdded"],
            Supplier=stock["Supplier"],
        )
