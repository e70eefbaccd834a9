"""Tables of codes: of all of them names and keys are known, and little else.

SYSPRO reference, "Tables of codes". Of GenDimensionDet nobody has seen a column: all of it is inferred.
"""

TEXTS = {
    "TblApTerms": """
    *TermsCode, Description c30, DueDays d4.0, DiscountDays d4.0, DiscountPct d5.2, TimeStamp
    """,
    "TblArTerms": """
    *TermsCode, Description c30, DueDays d4.0, DiscountDays d4.0, DiscountPct d5.2, TimeStamp
    """,
    "TblCurrency": """
    *Currency, Description c30, BuyExchangeRate d12.6, BuyMulDiv c1, SellExchangeRate d12.6, SellMulDiv c1,
    TimeStamp
    """,
    "ApBank": """
    *Bank, Description c50, Currency, CashGlCode c35, TimeStamp
    """,
    "GenDimensionDet": """
    *Dimension c10, *DimensionCode c35, Description c50, ActiveFlag c1, TimeStamp
    """,
}
