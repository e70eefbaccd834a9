"""Raw material of names, places and goods.

What breaks careless readers is here on purpose: quotes, commas, ampersands, angle brackets, per cent signs
and letters outside ASCII. All of it but `BEYOND_CP1252` is Windows-1252, which is what e.net can carry
(SYSPRO reference, "XML of e.net").
"""

from __future__ import annotations

from typing import NamedTuple


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


ODD_NAMES = (
    "Müller & Söhne GmbH",
    "Société d'Émulsions, S.A.",
    'O\'Neil "Quick" Supply',
    "Smith, Jones & Partners <UK>",
    "Ångström Kemi AB",
    "Peña Hermanos, S.L.",
    "Béton & Résines SARL",
    "Nº 1 Packaging – Drums",  # noqa: RUF001  # an en dash is what people type
    "100% Pure Water Co.",
    "Škoda Valves",
    "Dürr / Köhler KG",
    "“Curly” Hose & Fitting",
    "Café Ørsted A/S",
    "Weiß Straßenlogistik",
    "A|B Testing",
    "Çelik; Demir",
)
BEYOND_CP1252 = (
    "Zakłady Azotowe Kędzierzyn",
    "Řezníček, spol. s r.o.",
    "Győri Acél Kft.",
    "株式会社山田製作所",
    "Ελληνικά Χημικά",
)
STEMS = _words("""
    Acme Alpine Anchor Apex Atlas Aurora Baltic Beacon Birch Bluestone Canyon Cascade Cedar Central
    Citadel Clearwater Coastal Crown Delta Eagle Eastgate Elm Falcon Fairview Garnet Glacier Granite
    Harbor Heritage Highland Horizon Ironwood Jupiter Keystone Lakeside Liberty Lindale Maple Mercury
    Midland Monarch Nordic Northway Oakmont Orion Pacific Pinnacle Polar Prairie Quantum Redwood
    Ridgeway Riverbend Sable Sierra Silverline Summit Tri-State Union Vanguard Vista Westbrook Windmere
    Zenith
""")
SUPPLIER_TRADES = (
    "Chemicals",
    "Freight",
    "Packaging",
    "Bearings",
    "Electric",
    "Steel",
    "Safety",
    "Polymers",
    "Pumps & Valves",
    "Instruments",
    "Catering",
    "Cleaning",
    "Staffing",
    "Solvents",
    "Castings",
    "Telecom",
)
CUSTOMER_TRADES = (
    "Paints",
    "Coatings",
    "Automation",
    "Machinery",
    "Foods",
    "Water Treatment",
    "Motors",
    "Robotics",
    "Pharma",
    "Textiles",
    "Plastics",
    "Mining",
    "Agro",
    "Marine",
    "Conveyors",
    "Labs",
)
LEGAL_FORMS = {
    "USA": ("Inc.", "LLC", "Corp."),
    "DEU": ("GmbH", "KG", "AG"),
    "POL": ("Sp. z o.o.", "S.A."),
    "GBR": ("Ltd", "plc"),
    "CAN": ("Ltd.",),
    "JPN": ("K.K.",),
    "CHE": ("AG",),
    "SWE": ("AB",),
}
#: Where partners with a foreign currency sit.
COUNTRIES = {"EUR": "DEU", "GBP": "GBR", "CAD": "CAN", "JPY": "JPN", "USD": "USA", "CHF": "CHE", "SEK": "SWE"}


class Place(NamedTuple):
    """A town: its name, postal code, and position times 10^6."""

    town: str
    postal_code: str
    latitude: int
    longitude: int


PLACES = {
    "USA": (
        Place("Houston, TX", "77002", 29_760427, -95_369804),
        Place("Newark, NJ", "07102", 40_735657, -74_172367),
        Place("Long Beach, CA", "90802", 33_770050, -118_193739),
        Place("Coeur d'Alene, ID", "83814", 47_677683, -116_780466),
    ),
    "DEU": (
        Place("Göppingen", "73033", 48_703100, 9_652400),
        Place("Köln", "50667", 50_937531, 6_960279),
        Place("Weißenfels", "06667", 51_201390, 11_970000),
    ),
    "POL": (
        Place("Katowice", "40-001", 50_264892, 19_023782),
        Place("Warszawa", "00-001", 52_229676, 21_012229),
    ),
    "GBR": (
        Place("Wolverhampton", "WV1 1AA", 52_586973, -2_128820),
        Place("Leeds", "LS1 4AP", 53_800755, -1_549077),
    ),
    "CAN": (Place("Trois-Rivières, QC", "G9A 1A1", 46_343240, -72_543283),),
    "JPN": (Place("Osaka", "530-0001", 34_693738, 135_502165),),
    "CHE": (Place("Zürich", "8001", 47_376887, 8_541694),),
    "SWE": (Place("Malmö", "211 20", 55_604981, 13_003822),),
}
STREETS = (
    "Industrial Way",
    "Harbour Road",
    "Mill Lane",
    "Am Güterbahnhof",
    "Dock St. #4",
    "Park Avenue",
    "Zone Nord, B",
)


class Good(NamedTuple):
    """A kind of stock: how its code begins, what it is called, its unit and product class."""

    prefix: str
    name: str
    unit: str
    product_class: str


CHEMICALS = (
    Good("ACE", "Acetone, technical", "L", "SOLV"),
    Good("IPA", "Isopropanol 99%", "L", "SOLV"),
    Good("TOL", "Toluene", "L", "SOLV"),
    Good("MEK", "Methyl ethyl ketone", "L", "SOLV"),
    Good("NAOH", "Caustic soda 50%, solution", "KG", "INORG"),
    Good("HCL", "Hydrochloric acid <33%", "KG", "INORG"),
    Good("CACL", "Calcium chloride, flakes", "KG", "INORG"),
    Good("PEG", "Polyethylene glycol 400", "KG", "POLY"),
    Good("EPX", "Epoxy resin & hardener", "KG", "POLY"),
    Good("TIO", "Titanium dioxide R-902", "KG", "PIGM"),
    Good("DRUM", 'Drum, steel 200 L, 2" bung', "EA", "PACK"),
    Good("IBC", "IBC 1000 L", "EA", "PACK"),
)
CHEMICAL_VARIANTS = (
    "200L",
    "1000L",
    "25KG",
    "BULK",
    "TECH",
    "FOOD",
    "USP",
    "LAB",
    "ECO",
    "5L",
    "20L",
    "WINTER",
)
PARTS = (
    Good("SHA", "Shaft, ground Ø", "EA", "MECH"),
    Good("GEA", "Gear wheel, module 2", "EA", "MECH"),
    Good("BRG", "Bearing 6204", "EA", "BEAR"),
    Good("HSG", "Housing, aluminium", "EA", "CAST"),
    Good("MOT", "Motor 3~ 400 V", "EA", "ELEC"),
    Good("DRV", "Drive unit", "EA", "FIN"),
    Good("GBX", "Gearbox i=10", "EA", "FIN"),
    Good("SCR", "Screw M8 × 30", "EA", "FAST"),  # noqa: RUF001  # as drawings write it
    Good("SEA", 'Seal ring 3/4"', "EA", "SEAL"),
    Good("OIL", "Gear oil, synthetic", "L", "CONS"),
)
PART_VARIANTS = ("10", "12", "16", "20", "25", "32", "40", "50", "63", "80", "100", "125", "160")
#: Product classes that plants make themselves.
MADE = frozenset({"FIN", "MECH"})
COMMENTS = (
    "Deliver to gate 3, ask for the yard manager",
    'Certificates "3.1" required',
    "<NO> partial deliveries",
    "Café of the plant: ring twice",
)
#: What renamed companies add to their names.
ADDITIONS = ("Group", "Holdings", "International", "& Co.", "(Pty)")
