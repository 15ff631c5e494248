# ruff: noqa: E501  (tables of words: one row per line)
"""The words of the world: names, places, the bank's site, products, channels, campaigns.

Names and street suffixes are the lists of the Faker package (providers person/en_US and address/en_US,
which follow United States census frequencies), at the version that the lock pins; the version and a digest
of every list are written to the manifest. City names are composed from Faker's parts with a fixed seed. All
mail domains end in `.example` (RFC 2606), telephone numbers have the exchange 555, tax ids start with 9
(never issued as a social security number): no value can be a real person's.

The bank, Meridian, is invented. Weights without a source named beside them are ours, chosen for plausible
shares.
"""

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version

import numpy as np
import polars as pl
from faker.providers.address.en_US import Provider as Address
from faker.providers.person.en_US import Provider as Person

VOCABULARY_VERSION = 1
_FIXED = 20260101  # the seed of composed words: part of the vocabulary, not of a world

FEMALE = list(Person.first_names_female)
MALE = list(Person.first_names_male)
FIRST = pl.Series(FEMALE + MALE)
FIRST_WEIGHTS = (
    np.array(list(Person.first_names_female.values()), dtype=float),
    np.array(list(Person.first_names_male.values()), dtype=float),
)
LAST = pl.Series(list(Person.last_names))
LAST_WEIGHTS = np.array(list(Person.last_names.values()), dtype=float)

# formal name -> what friends say (common English short forms)
NICKNAMES = {
    "Alexander": "Alex", "Andrew": "Andy", "Anthony": "Tony", "Benjamin": "Ben", "Catherine": "Cathy",
    "Charles": "Charlie", "Christina": "Tina", "Christine": "Chris", "Christopher": "Chris", "Cynthia": "Cindy",
    "Daniel": "Dan", "David": "Dave", "Deborah": "Debbie", "Donald": "Don", "Dorothy": "Dot", "Douglas": "Doug",
    "Edward": "Ed", "Elizabeth": "Liz", "Frederick": "Fred", "Gregory": "Greg", "Jacqueline": "Jackie",
    "James": "Jim", "Jeffrey": "Jeff", "Jennifer": "Jen", "Jessica": "Jess", "John": "Jack", "Jonathan": "Jon",
    "Joseph": "Joe", "Joshua": "Josh", "Judith": "Judy", "Katherine": "Kate", "Kathleen": "Kathy",
    "Kenneth": "Ken", "Kimberly": "Kim", "Lawrence": "Larry", "Margaret": "Peggy", "Matthew": "Matt",
    "Melissa": "Mel", "Michael": "Mike", "Nicholas": "Nick", "Pamela": "Pam", "Patricia": "Pat", "Patrick": "Pat",
    "Rebecca": "Becky", "Richard": "Rick", "Robert": "Bob", "Ronald": "Ron", "Samantha": "Sam", "Samuel": "Sam",
    "Sandra": "Sandy", "Stephanie": "Steph", "Stephen": "Steve", "Steven": "Steve", "Susan": "Sue",
    "Theresa": "Terri", "Thomas": "Tom", "Timothy": "Tim", "Victoria": "Vicky", "William": "Bill", "Zachary": "Zach",
}  # fmt: skip
NICKNAME = FIRST.replace_strict(NICKNAMES, default=FIRST)

# state, share of the population of these 20 (US Census 2020, millions), centre, hours from UTC (standard
# time)
_STATES = [
    ("CA", 39.5, 36.8, -119.4, -8), ("TX", 29.1, 31.0, -99.9, -6), ("FL", 21.5, 27.7, -81.5, -5),
    ("NY", 20.2, 42.2, -74.9, -5), ("PA", 13.0, 40.6, -77.2, -5), ("IL", 12.8, 40.3, -89.0, -6),
    ("OH", 11.8, 40.4, -82.9, -5), ("GA", 10.7, 32.6, -83.4, -5), ("NC", 10.4, 35.6, -79.8, -5),
    ("MI", 10.1, 43.3, -84.5, -5), ("NJ", 9.3, 40.3, -74.5, -5), ("VA", 8.6, 37.8, -78.2, -5),
    ("WA", 7.7, 47.4, -121.5, -8), ("AZ", 7.2, 33.7, -111.4, -7), ("MA", 7.0, 42.2, -71.5, -5),
    ("TN", 6.9, 35.7, -86.7, -6), ("IN", 6.8, 39.8, -86.3, -5), ("MO", 6.2, 38.5, -92.3, -6),
    ("WI", 5.9, 44.3, -89.6, -6), ("CO", 5.8, 39.1, -105.3, -7),
]  # fmt: skip
_CITIES_PER_STATE = 12
TIMEZONES = {-8: "America/Los_Angeles", -7: "America/Denver", -6: "America/Chicago", -5: "America/New_York"}


@dataclass(frozen=True)
class Places:
    """Cities, most frequent first within a state: parallel arrays."""

    city: pl.Series
    state: pl.Series
    zip_base: np.ndarray
    latitude: np.ndarray
    longitude: np.ndarray
    utc_hours: np.ndarray
    timezone: pl.Series
    weight: np.ndarray


@cache
def places() -> Places:
    """240 cities: 12 per state, sizes by Zipf's law (rank^-1, as city sizes are)."""
    rng = np.random.Generator(np.random.PCG64(_FIXED))
    rows = []
    for state, share, latitude, longitude, hours in _STATES:
        low, high = Address.states_postcode[state]
        for rank in range(_CITIES_PER_STATE):
            stem = FIRST[int(rng.integers(len(FIRST)))]
            prefix = Address.city_prefixes[int(rng.integers(len(Address.city_prefixes)))]
            suffix = Address.city_suffixes[int(rng.integers(len(Address.city_suffixes)))]
            city = (f"{prefix} {stem}", f"{stem}{suffix}", f"{prefix} {stem}{suffix}")[int(rng.integers(3))]
            rows.append(
                (
                    city, state, int(rng.integers(low, high - 10)),
                    latitude + float(rng.uniform(-1.2, 1.2)), longitude + float(rng.uniform(-1.2, 1.2)),
                    hours, share / (rank + 1),
                )
            )  # fmt: skip
    city, state, zip_base, latitude, longitude, hours, weight = (
        list(column) for column in zip(*rows, strict=True)
    )
    return Places(
        pl.Series(city), pl.Series(state), np.array(zip_base), np.array(latitude), np.array(longitude),
        np.array(hours), pl.Series([TIMEZONES[h] for h in hours]), np.array(weight),
    )  # fmt: skip


_STREET_SUFFIXES = [s for s in ("Street", "Avenue", "Road", "Lane", "Drive", "Court", "Way", "Boulevard", "Place")
                    if s in Address.street_suffixes]  # fmt: skip
STREETS = pl.Series(
    [f"{name} {_STREET_SUFFIXES[i % len(_STREET_SUFFIXES)]}" for i, name in enumerate(LAST[:700])]
)
# how a clerk or a form abbreviates them (USPS Publication 28)
STREETS_SHORT = STREETS.replace_strict(
    {
        s: s.replace("Street", "St").replace("Avenue", "Ave").replace("Road", "Rd").replace("Lane", "Ln")
        .replace("Drive", "Dr").replace("Court", "Ct").replace("Boulevard", "Blvd").replace("Place", "Pl")
        for s in STREETS
    }
)  # fmt: skip

MAIL_DOMAINS = pl.Series(
    ["mailbox.example", "post.example", "inbox.example", "webmail.example", "letters.example"]
)
MAIL_WEIGHTS = (40, 25, 15, 12, 8)
OCCUPATIONS = pl.Series([
    "Accountant", "Administrative assistant", "Carpenter", "Cashier", "Chef", "Civil engineer", "Clerk", "Consultant",
    "Customer service representative", "Dentist", "Designer", "Driver", "Electrician", "Farmer", "Financial analyst",
    "Firefighter", "Lawyer", "Librarian", "Machinist", "Manager", "Mechanic", "Nurse", "Pharmacist", "Physician",
    "Plumber", "Police officer", "Professor", "Real estate agent", "Retail salesperson", "Scientist",
    "Software developer", "Teacher", "Technician", "Veterinarian", "Waiter", "Writer",
])  # fmt: skip
EMPLOYERS = pl.Series([f"{name} {suffix}" for i, name in enumerate(LAST[100:340])
                       for suffix in [("Inc", "LLC", "Group", "and Sons", "Partners", "Holdings")[i % 6]]])  # fmt: skip

# id, name, type, category, share of customers who hold it, median balance USD, yearly revenue USD per account
PRODUCTS = [
    ("P-CHK-01", "Everyday Checking", "checking", "deposits", 0.62, 2900, 95),
    ("P-CHK-02", "Premier Checking", "checking", "deposits", 0.14, 11500, 210),
    ("P-SAV-01", "Online Savings", "savings", "deposits", 0.40, 5200, 60),
    ("P-SAV-02", "Certificate of Deposit", "certificate", "deposits", 0.08, 15000, 120),
    ("P-CRD-01", "Cashback Card", "credit_card", "cards", 0.30, 1400, 190),
    ("P-CRD-02", "Travel Rewards Card", "credit_card", "cards", 0.12, 2300, 260),
    ("P-LON-01", "Personal Loan", "personal_loan", "lending", 0.09, 8700, 420),
    ("P-LON-02", "Auto Loan", "auto_loan", "lending", 0.13, 18500, 510),
    ("P-MTG-01", "Fixed-Rate Mortgage", "mortgage", "mortgage", 0.11, 214000, 1900),
    ("P-MTG-02", "Home Equity Line", "heloc", "mortgage", 0.05, 41000, 800),
    ("P-INV-01", "Brokerage Account", "brokerage", "investments", 0.09, 26000, 310),
    ("P-INV-02", "Retirement Account", "retirement", "investments", 0.08, 52000, 340),
    ("P-INS-01", "Home Insurance", "insurance", "insurance", 0.06, 0, 160),
    ("P-INS-02", "Life Insurance", "insurance", "insurance", 0.04, 0, 230),
]
PRODUCT_ID, PRODUCT_NAME, PRODUCT_TYPE, PRODUCT_CATEGORY = (
    pl.Series([p[i] for p in PRODUCTS]) for i in range(4)
)
PRODUCT_SHARE, PRODUCT_BALANCE, PRODUCT_REVENUE = (
    np.array([p[i] for p in PRODUCTS], dtype=float) for i in (4, 5, 6)
)
PRODUCT_CREDIT = np.array([p[2] in ("credit_card", "heloc") for p in PRODUCTS])
CATEGORIES = ["deposits", "cards", "lending", "mortgage", "investments", "insurance"]
PRODUCT_CATEGORY_INDEX = np.array([CATEGORIES.index(p[3]) for p in PRODUCTS])


@dataclass(frozen=True)
class Channel:
    """A way a person comes or is reached. `effect`: change in log-odds of a journey's conversion when it
    touched.
    """

    name: str
    visits: float  # share of unprompted web visits
    touches: float  # share of a journey's touchpoints
    effect: float
    cost: float  # USD per touch
    click_rate: float
    held_out: bool  # whether a random tenth of people never get it
    late: float  # mean place of its touches within a journey, 0..1


# Visit shares are ours: search and direct lead, as on most sites of known brands. Retargeting is the null
# channel: it is aimed at people who are likely to convert anyway and comes late, so every path model will
# credit it, and its effect is exactly zero.
CHANNELS = [
    Channel("organic_search", 0.33, 0.00, 0.00, 0.00, 0.0, False, 0.5),
    Channel("direct", 0.30, 0.00, 0.00, 0.00, 0.0, False, 0.5),
    Channel("paid_search", 0.10, 0.13, 0.70, 1.80, 0.35, False, 0.45),
    Channel("email", 0.08, 0.27, 0.50, 0.01, 0.12, True, 0.50),
    Channel("organic_social", 0.05, 0.00, 0.00, 0.00, 0.0, False, 0.5),
    Channel("paid_social", 0.04, 0.12, 0.25, 0.35, 0.06, True, 0.35),
    Channel("referral", 0.05, 0.00, 0.00, 0.00, 0.0, False, 0.5),
    Channel("display", 0.02, 0.14, 0.15, 0.05, 0.02, True, 0.30),
    Channel("affiliate", 0.02, 0.04, 0.40, 2.50, 0.30, False, 0.40),
    Channel("retargeting", 0.01, 0.14, 0.00, 0.12, 0.08, True, 0.85),
    Channel("sms", 0.00, 0.05, 0.30, 0.04, 0.10, True, 0.60),
    Channel("push", 0.00, 0.06, 0.20, 0.001, 0.09, True, 0.55),
    Channel("direct_mail", 0.00, 0.03, 0.35, 0.85, 0.0, True, 0.40),
    Channel("call", 0.00, 0.02, 0.90, 6.50, 0.0, False, 0.70),
]
CHANNEL = pl.Series([c.name for c in CHANNELS])
CHANNEL_NUMBER = {c.name: i for i, c in enumerate(CHANNELS)}

# id, utm_campaign, channel, product category, first and last part of the run in which it is live
CAMPAIGNS = [
    ("CMP-001", "brand_search", "paid_search", 0, 0.0, 1.0), ("CMP-002", "savings_rate_search", "paid_search", 0, 0.2, 0.9),
    ("CMP-003", "mortgage_spring", "paid_search", 3, 0.0, 0.6), ("CMP-004", "newsletter_monthly", "email", 0, 0.0, 1.0),
    ("CMP-005", "card_upgrade", "email", 1, 0.1, 0.8), ("CMP-006", "welcome_series", "email", 0, 0.0, 1.0),
    ("CMP-007", "young_savers", "paid_social", 0, 0.0, 0.7), ("CMP-008", "travel_card_social", "paid_social", 1, 0.3, 1.0),
    ("CMP-009", "home_equity_display", "display", 3, 0.0, 0.8), ("CMP-010", "retire_early", "display", 4, 0.2, 1.0),
    ("CMP-011", "partner_cashback", "affiliate", 1, 0.0, 1.0), ("CMP-012", "cart_reminder", "retargeting", 1, 0.0, 1.0),
    ("CMP-013", "rate_reminder", "retargeting", 0, 0.0, 1.0), ("CMP-014", "payment_alerts", "sms", 0, 0.0, 1.0),
    ("CMP-015", "app_tips", "push", 0, 0.0, 1.0), ("CMP-016", "autumn_letter", "direct_mail", 3, 0.0, 1.0),
    ("CMP-017", "advisor_call", "call", 4, 0.0, 1.0),
]  # fmt: skip
CAMPAIGN_ID, CAMPAIGN_NAME = pl.Series([c[0] for c in CAMPAIGNS]), pl.Series([c[1] for c in CAMPAIGNS])
CAMPAIGN_CHANNEL = np.array([CHANNEL_NUMBER[c[2]] for c in CAMPAIGNS])
CAMPAIGN_CATEGORY = np.array([c[3] for c in CAMPAIGNS])
CAMPAIGN_LIVE = np.array([[c[4], c[5]] for c in CAMPAIGNS])

SITE = "https://www.meridian.example"
# channel -> (weight, utm_source, utm_medium, referrer url, referrer type, click id parameter). utm is null
# where an untagged link led here: then the referrer alone tells the channel.
SOURCES = {
    "organic_search": [
        (70, None, None, "https://www.google.com/", "search", None), (18, None, None, "https://www.bing.com/", "search", None),
        (8, None, None, "https://duckduckgo.com/", "search", None), (4, None, None, "https://search.yahoo.com/", "search", None),
    ],
    "direct": [(1, None, None, None, "direct", None)],
    "paid_search": [
        (55, "google", "cpc", "https://www.google.com/", "search", "gclid"), (20, None, None, "https://www.google.com/", "search", "gclid"),
        (25, "bing", "cpc", "https://www.bing.com/", "search", "msclkid"),
    ],
    "email": [(85, "newsletter", "email", None, "email", None), (15, "crm", "email", "https://webmail.example/", "email", None)],
    "organic_social": [
        (45, None, None, "https://www.facebook.com/", "social", None), (25, None, None, "https://www.linkedin.com/", "social", None),
        (30, None, None, "https://t.co/", "social", None),
    ],
    "paid_social": [
        (60, "facebook", "paid_social", "https://www.facebook.com/", "social", "fbclid"),
        (40, "instagram", "paid_social", "https://l.instagram.com/", "social", "fbclid"),
    ],
    "referral": [
        (50, None, None, "https://www.ratecompare.example/best-savings", "referral", None),
        (30, None, None, "https://blog.moneywise.example/", "referral", None), (20, None, None, "https://news.example/business", "referral", None),
    ],
    "display": [(1, "adnet", "display", "https://ads.adnet.example/", "display", "dclid")],
    "affiliate": [(1, "partnerhub", "affiliate", "https://go.partnerhub.example/", "referral", None)],
    "retargeting": [(1, "adnet", "retargeting", "https://ads.adnet.example/", "display", "dclid")],
    "sms": [(1, "sms", "sms", None, "sms", None)],
    "push": [(1, "app", "push", None, "push", None)],
    "direct_mail": [(1, "letter", "direct_mail", None, "direct", None)],
    "call": [(1, None, None, None, "direct", None)],
}  # fmt: skip
# flat, so that one index per visit is enough
SOURCE_ROWS = [(CHANNEL_NUMBER[name], *row) for name, rows in SOURCES.items() for row in rows]
SOURCE_CHANNEL = np.array([r[0] for r in SOURCE_ROWS])
SOURCE_WEIGHT = np.array([r[1] for r in SOURCE_ROWS], dtype=float)
UTM_SOURCE, UTM_MEDIUM, REFERRER, REFERRER_TYPE, CLICK_ID = (
    pl.Series([r[i] for r in SOURCE_ROWS], dtype=pl.String) for i in range(2, 7)
)
REFERRER_DOMAIN = REFERRER.str.extract(r"^https?://([^/]+)/")
UTM_CONTENT = pl.Series(["hero_a", "hero_b", "sidebar", "footer_link", "video_15s", "carousel"])
KEYWORDS = pl.Series([
    "meridian bank", "online savings account", "best savings rates", "mortgage rates", "open checking account",
    "cashback credit card", "travel card no fee", "auto loan calculator", "home equity line", "retirement account",
    "bank near me", "personal loan", "refinance mortgage", "life insurance quote",
])  # fmt: skip

# path, title, category, type, weight in the intents (browse, research, service, support)
_LEARN = [
    "how-to-budget", "first-home-guide", "credit-score-basics", "saving-for-college", "what-is-apr", "avoid-scams",
    "retirement-at-30", "emergency-fund", "compare-loans", "travel-money", "small-business-cash-flow", "tax-season",
    "inflation-and-you", "teach-kids-money", "debt-snowball", "index-funds", "car-lease-or-buy", "insurance-myths",
]  # fmt: skip
_HELP = [
    "reset-password",
    "lost-card",
    "wire-transfer",
    "fees",
    "direct-deposit",
    "statements",
    "dispute-a-charge",
]
_ACCOUNT = [("overview", 8), ("transactions", 6), ("transfers", 4), ("payments", 4), ("statements", 2), ("cards", 2),
            ("settings", 1), ("messages", 1)]  # fmt: skip


def _words(slug: str) -> str:
    return slug.replace("-", " ").capitalize()


def _product_slug(product: tuple) -> str:
    return product[1].lower().replace(" ", "-")


PAGES = [
    ("/", "Meridian Bank", "home", "landing", (6, 4, 2, 2)),
    ("/rates", "Rates", "products", "listing", (2, 6, 0.5, 0.5)),
    ("/search", "Search results", "search", "search", (0, 0, 0, 0)),
    ("/login", "Sign in", "account", "login", (0, 0, 0, 0)),
    ("/signup", "Open an online account", "account", "form", (0, 0, 0, 0)),
    ("/signup/welcome", "Welcome", "account", "confirmation", (0, 0, 0, 0)),
    ("/locations", "Branches and ATMs", "service", "tool", (1, 0.5, 0.5, 3)),
    ("/contact", "Contact us", "service", "form", (0.3, 0.5, 0.5, 4)),
    ("/newsletter", "Newsletter", "content", "form", (0.6, 0.2, 0, 0)),
    ("/calculators/mortgage", "Mortgage calculator", "tools", "calculator", (0.6, 3, 0, 0)),
    ("/calculators/savings", "Savings calculator", "tools", "calculator", (0.6, 2, 0, 0)),
    ("/calculators/loan", "Loan calculator", "tools", "calculator", (0.4, 2, 0, 0)),
    ("/about", "About Meridian", "company", "article", (0.6, 0.3, 0, 0.2)),
    ("/careers", "Careers", "company", "listing", (0.6, 0, 0, 0)),
    *[(f"/learn/{s}", _words(s), "content", "article", (9 / (i + 2), 1 / (i + 2), 0, 0.1)) for i, s in enumerate(_LEARN)],
    *[(f"/help/{s}", _words(s), "support", "article", (0.1, 0.1, 0.3, 3)) for s in _HELP],
    *[(f"/products/{c}", _words(c), "products", "listing", (0.8, 3, 0.1, 0)) for c in CATEGORIES],
    *[(f"/products/{p[3]}/{_product_slug(p)}", p[1], "products", "product", (0.4, 2.5, 0.1, 0)) for p in PRODUCTS],
    *[(f"/account/{s}", _words(s), "account", "account", (0, 0, 0, 0)) for s, _ in _ACCOUNT],
    *[
        (f"/apply/{c}/{step}", f"{_words(c)} application: {step}", "application", kind, (0, 0, 0, 0))
        for c in CATEGORIES
        for step, kind in (("start", "form"), ("details", "form"), ("review", "form"), ("confirmation", "confirmation"))
    ],
]  # fmt: skip
PAGE_PATH, PAGE_TITLE, PAGE_CATEGORY, PAGE_TYPE = (pl.Series([p[i] for p in PAGES]) for i in range(4))
PAGE_URL = SITE + PAGE_PATH
PAGE_NUMBER = {p[0]: i for i, p in enumerate(PAGES)}
INTENTS = ["browse", "research", "service", "support", "apply", "signup"]
INTENT_PAGES = np.array([p[4] for p in PAGES], dtype=float).T  # (intent, page)
PAGE_SEARCH, PAGE_LOGIN, PAGE_SIGNUP = (PAGE_NUMBER[p] for p in ("/search", "/login", "/signup"))
PAGE_WELCOME = PAGE_NUMBER["/signup/welcome"]
PAGE_ACCOUNT = PAGE_NUMBER["/account/overview"]
ACCOUNT_WEIGHTS = np.array([w for _, w in _ACCOUNT], dtype=float)
PAGE_APPLY = PAGE_NUMBER["/apply/deposits/start"]  # category k, step s: PAGE_APPLY + 4 k + s
PAGE_PRODUCT = PAGE_NUMBER[f"/products/deposits/{_product_slug(PRODUCTS[0])}"]  # product p: PAGE_PRODUCT + p

# query, normalised, category, whether it finds anything; popularity falls as rank^-0.9 (query logs are
# Zipf-like)
SEARCHES = [
    ("routing number", "routing number", "service", 1), ("Mortgage Rates", "mortgage rates", "mortgage", 1),
    ("open account", "open account", "deposits", 1), ("lost card", "lost card", "cards", 1),
    ("credit card", "credit card", "cards", 1), ("fees", "fees", "service", 1), ("branch hours", "branch hours", "service", 1),
    ("savings interest", "savings interest", "deposits", 1), ("wire transfer", "wire transfer", "service", 1),
    ("auto loan", "auto loan", "lending", 1), ("zelle", "zelle", "service", 0), ("refinance", "refinance", "mortgage", 1),
    ("cd rates", "cd rates", "deposits", 1), ("statement pdf", "statement pdf", "service", 1),
    ("bitcoin", "bitcoin", "investments", 0), ("ira", "ira", "investments", 1), ("notary", "notary", "service", 0),
    ("morgage", "morgage", "mortgage", 0), ("heloc", "heloc", "mortgage", 1), ("jobs", "jobs", "company", 1),
    ("student loan", "student loan", "lending", 0), ("life insurance", "life insurance", "insurance", 1),
    ("swift code", "swift code", "service", 1), ("foriegn exchange", "foriegn exchange", "service", 0),
]  # fmt: skip
SEARCH_FINDS = np.array([s[3] for s in SEARCHES], dtype=bool)
SEARCH_WEIGHTS = np.arange(1, len(SEARCHES) + 1) ** -0.9

# type, brand, model, browser, version, os, os version, screen, viewport, user agent, weight. Shares follow
# public browser statistics: Chrome about 60 %, Safari 25 %, mobile a little over half of visits.
_CHROME = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{}.0.0.0"
_SAFARI = "AppleWebKit/605.1.15 (KHTML, like Gecko) Version/{}"
_WINDOWS, _MAC = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64)",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)",
)
BROWSERS = [
    *[("desktop", "PC", None, "Chrome", f"{v}.0", "Windows", o, s, vp, f"{_WINDOWS} {_CHROME.format(v)} Safari/537.36", w)
      for v, o, s, vp, w in ((141, "11", "1920x1080", "1903x969", 9), (140, "10", "1366x768", "1349x625", 6),
                             (138, "11", "2560x1440", "2543x1297", 3))],
    ("desktop", "Apple", "MacBook Pro", "Chrome", "141.0", "macOS", "15.6", "1728x1117", "1728x992", f"{_MAC} {_CHROME.format(141)} Safari/537.36", 4),
    ("desktop", "Apple", "iMac", "Safari", "18.6", "macOS", "15.6", "2560x1440", "2560x1307", f"{_MAC} {_SAFARI.format('18.6')} Safari/605.1.15", 5),
    ("desktop", "PC", None, "Edge", "141.0", "Windows", "11", "1920x1080", "1903x947", f"{_WINDOWS} {_CHROME.format(141)} Safari/537.36 Edg/141.0.0.0", 6),
    ("desktop", "PC", None, "Firefox", "143.0", "Windows", "11", "1920x1080", "1903x955", "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0", 3),
    ("desktop", "PC", None, "Firefox", "143.0", "Linux", None, "1920x1080", "1920x966", "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0", 1),
    *[("mobile", "Apple", m, "Safari", v, "iOS", v, s, vp,
       f"Mozilla/5.0 (iPhone; CPU iPhone OS {v.replace('.', '_')} like Mac OS X) {_SAFARI.format(v)} Mobile/15E148 Safari/604.1", w)
      for m, v, s, vp, w in (("iPhone 16", "18.6", "393x852", "393x660", 10), ("iPhone 15", "18.5", "393x852", "393x659", 8),
                             ("iPhone 13", "17.7", "390x844", "390x664", 6))],
    *[("mobile", b, m, "Chrome", "141.0", "Android", v, s, vp,
       f"Mozilla/5.0 (Linux; Android {v}; K) {_CHROME.format(141)} Mobile Safari/537.36", w)
      for b, m, v, s, vp, w in (("Samsung", "Galaxy S24", "15", "360x780", "360x664", 9), ("Google", "Pixel 9", "16", "412x915", "412x785", 4),
                                ("Samsung", "Galaxy A15", "14", "384x832", "384x713", 6), ("Motorola", "Moto G", "14", "412x915", "412x782", 3))],
    ("mobile", "Samsung", "Galaxy S23", "Samsung Internet", "28.0", "Android", "15", "360x780", "360x656", "Mozilla/5.0 (Linux; Android 15; K) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36", 3),
    ("tablet", "Apple", "iPad", "Safari", "18.6", "iPadOS", "18.6", "820x1180", "820x1106", f"Mozilla/5.0 (iPad; CPU OS 18_6 like Mac OS X) {_SAFARI.format('18.6')} Mobile/15E148 Safari/604.1", 4),
    ("tablet", "Samsung", "Galaxy Tab S9", "Chrome", "141.0", "Android", "15", "800x1280", "800x1144", f"Mozilla/5.0 (Linux; Android 15; K) {_CHROME.format(141)} Safari/537.36", 2),
]  # fmt: skip
BROWSER_WEIGHTS = np.array([b[10] for b in BROWSERS], dtype=float)
REAL_BROWSERS = len(BROWSERS)
# honest crawlers name themselves; then headless browsers and our own monitor
CRAWLERS = [
    ("Googlebot", "2.1", "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"),
    ("bingbot", "2.0", "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)"),
    ("AhrefsBot", "7.0", "Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)"),
    ("GPTBot", "1.2", "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)"),
    ("HeadlessChrome", "140.0", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/140.0.0.0 Safari/537.36"),
    ("MeridianMonitor", "1.0", "MeridianMonitor/1.0 (synthetic test; qa@meridian.example)"),
]  # fmt: skip
HEADLESS, MONITOR = REAL_BROWSERS + 4, REAL_BROWSERS + 5
_ALL = [b[:10] for b in BROWSERS] + [
    (
        "desktop" if i > 3 else "bot",
        None,
        None,
        name,
        ver,
        "Linux" if i > 3 else None,
        None,
        "800x600",
        "800x600",
        agent,
    )
    for i, (name, ver, agent) in enumerate(CRAWLERS)
]
(
    DEVICE_TYPE,
    DEVICE_BRAND,
    DEVICE_MODEL,
    BROWSER,
    BROWSER_VERSION,
    OS,
    OS_VERSION,
    RESOLUTION,
    VIEWPORT,
    USER_AGENT,
) = (pl.Series([row[i] for row in _ALL], dtype=pl.String) for i in range(10))

# platform, os version, manufacturer, model, weight
PHONES = [
    ("ios", "18.6", "Apple", "iPhone17,3", 22), ("ios", "18.5", "Apple", "iPhone15,4", 20), ("ios", "17.7", "Apple", "iPhone14,5", 12),
    ("android", "15", "Samsung", "SM-S921U", 18), ("android", "16", "Google", "Pixel 9", 9), ("android", "14", "Samsung", "SM-A156U", 13),
    ("android", "14", "Motorola", "moto g 5G", 6),
]  # fmt: skip
PHONE_PLATFORM, PHONE_OS, PHONE_MAKER, PHONE_MODEL = (pl.Series([p[i] for p in PHONES]) for i in range(4))
APP_VERSIONS = ["5.8.2", "5.9.0", "5.9.1", "6.0.0", "6.0.1"]  # one replaces the other through the run
SCREENS = [
    ("home", "HomeActivity"), ("accounts", "AccountsFragment"), ("transactions", "TransactionsFragment"),
    ("transfer", "TransferActivity"), ("deposit_check", "DepositActivity"), ("pay_bills", "PayBillsActivity"),
    ("cards", "CardsFragment"), ("offers", "OffersFragment"), ("insights", "InsightsFragment"), ("settings", "SettingsActivity"),
    ("support_chat", "ChatActivity"), ("apply", "ApplyActivity"),
]  # fmt: skip
SCREEN, SCREEN_CLASS = pl.Series([s[0] for s in SCREENS]), pl.Series([s[1] for s in SCREENS])
SCREEN_WEIGHTS = (20, 22, 18, 8, 4, 7, 6, 4, 4, 2, 3, 2)

# id, name, category, web too, mean uses per visit that uses it
FEATURES = [
    ("FT-01", "Account overview", "accounts", True), ("FT-02", "Transfer money", "payments", True),
    ("FT-03", "Bill pay", "payments", True), ("FT-04", "Mobile check deposit", "payments", False),
    ("FT-05", "Card lock", "security", True), ("FT-06", "Spending insights", "insights", True),
    ("FT-07", "Savings goals", "insights", True), ("FT-08", "Statements download", "accounts", True),
    ("FT-09", "Biometric sign-in", "security", False), ("FT-10", "Credit score", "insights", True),
    ("FT-11", "Secure chat", "support", True), ("FT-12", "Travel notice", "security", True),
]  # fmt: skip
FEATURE_ID, FEATURE_NAME, FEATURE_CATEGORY = (pl.Series([f[i] for f in FEATURES]) for i in range(3))
FEATURE_WEIGHTS = np.arange(1, len(FEATURES) + 1) ** -0.8

# form id, name, type, fields (name, type)
FORMS = [
    *[(f"FORM-APPLY-{c.upper()}", f"{_words(c)} application", "application",
       [("full_name", "text"), ("email", "email"), ("phone", "tel"), ("date_of_birth", "date"), ("income", "number"),
        ("employer", "text"), ("amount", "number"), ("consent", "checkbox")]) for c in CATEGORIES],
    ("FORM-SIGNUP", "Open an online account", "registration", [("email", "email"), ("password", "password"), ("phone", "tel"), ("terms", "checkbox")]),
    ("FORM-CONTACT", "Contact us", "contact", [("full_name", "text"), ("email", "email"), ("topic", "select"), ("message", "textarea")]),
    ("FORM-NEWS", "Newsletter", "newsletter", [("email", "email"), ("topics", "checkbox")]),
]  # fmt: skip
FORM_ID, FORM_NAME, FORM_TYPE = (pl.Series([f[i] for f in FORMS]) for i in range(3))
FORM_FIELDS = np.array([len(f[3]) for f in FORMS])
FORM_FIRST = np.cumsum(FORM_FIELDS) - FORM_FIELDS
FIELD_NAME = pl.Series([name for f in FORMS for name, _ in f[3]])
FIELD_TYPE = pl.Series([kind for f in FORMS for _, kind in f[3]])
FORM_SIGNUP, FORM_CONTACT, FORM_NEWS = len(CATEGORIES), len(CATEGORIES) + 1, len(CATEGORIES) + 2

# id, name, type, category, stages, target segment, days, share of journeys, platform of the goal
JOURNEYS = [
    ("JD-ACQ-DEP", "Open a savings account", "acquisition", "deposits", "mass", 21, 14),
    ("JD-ACQ-CRD", "Get a first card", "acquisition", "cards", "mass", 21, 10),
    ("JD-ONB-WEB", "Onboard to online banking", "onboarding", "deposits", "new", 30, 12),
    ("JD-XSL-CRD", "Add a rewards card", "cross_sell", "cards", "mass_affluent", 28, 14),
    ("JD-XSL-INV", "Start investing", "cross_sell", "investments", "emerging_affluent", 35, 10),
    ("JD-XSL-INS", "Protect the home", "cross_sell", "insurance", "mass_affluent", 28, 6),
    ("JD-UPS-CHK", "Upgrade to Premier", "upsell", "deposits", "emerging_affluent", 21, 8),
    ("JD-MTG-BUY", "Buy a home", "acquisition", "mortgage", "mass_affluent", 42, 8),
    ("JD-LON-AUT", "Finance a car", "acquisition", "lending", "mass", 21, 8),
    ("JD-RET-SAV", "Keep savers", "retention", "deposits", "at_risk", 28, 5),
    ("JD-WIN-BCK", "Win back", "win_back", "deposits", "dormant", 35, 3),
    ("JD-ADV-VIP", "Meet an advisor", "upsell", "investments", "vip", 30, 2),
]  # fmt: skip
JOURNEY_ID, JOURNEY_NAME, JOURNEY_TYPE = (pl.Series([j[i] for j in JOURNEYS]) for i in range(3))
JOURNEY_CATEGORY = np.array([CATEGORIES.index(j[3]) for j in JOURNEYS])
JOURNEY_DAYS = np.array([j[5] for j in JOURNEYS])
JOURNEY_WEIGHTS = np.array([j[6] for j in JOURNEYS], dtype=float)
STAGES = ["awareness", "consideration", "intent", "decision", "purchase"]

# tier, score from, share
SEGMENTS = [
    ("SEG-V1", "VIP", "vip"), ("SEG-V2", "Mass Affluent", "mass_affluent"),
    ("SEG-V3", "Emerging Affluent", "emerging_affluent"), ("SEG-V4", "Mass Market", "mass"),
]  # fmt: skip


@dataclass(frozen=True)
class Experiment:
    """An experiment. `lift` is the true relative lift of each arm on the goal's probability `baseline`."""

    id: str
    name: str
    unit: str  # user | device
    platform: str  # web | app
    arms: tuple[str, ...]
    allocation: tuple[float, ...]  # as configured
    baseline: float
    lift: tuple[float, ...]
    window: tuple[float, float]  # live between these parts of the run
    goal: str
    loses_losers: float = 0.0  # share of the treatment's non-converters whose exposure is lost


EXPERIMENTS = [
    Experiment("EXP-001", "Apply button colour", "user", "web", ("control", "green"), (0.5, 0.5), 0.30, (0, 0.25), (0.0, 0.7), "apply_click"),
    Experiment("EXP-002", "Hero image", "device", "web", ("control", "family"), (0.5, 0.5), 0.20, (0, 0), (0.1, 0.8), "hero_click"),
    Experiment("EXP-003", "Rate table layout", "user", "web", ("control", "compact"), (0.5, 0.5), 0.25, (0, -0.2), (0.2, 0.9), "rate_detail"),
    Experiment("EXP-004", "App onboarding checklist", "user", "app", ("control", "checklist", "video"), (0.5, 0.25, 0.25), 0.25, (0, 0.35, 0), (0.0, 0.8), "goal_set"),
    Experiment("EXP-005", "A/A check", "user", "app", ("control", "same"), (0.5, 0.5), 0.20, (0, 0), (0.0, 1.0), "transfer_done"),
    Experiment("EXP-006", "Faster start page", "user", "web", ("control", "fast"), (0.5, 0.5), 0.25, (0, 0), (0.0, 1.0), "statement_view", 0.35),
]  # fmt: skip


@cache
def digest() -> dict[str, str | int]:
    """Which words these are: our version, Faker's version, and a SHA-256 of the lists taken from it."""
    hashed = hashlib.sha256()
    for words in (FIRST, LAST, STREETS, places().city):
        hashed.update("\n".join(words.to_list()).encode())
    for weights in (*FIRST_WEIGHTS, LAST_WEIGHTS):
        hashed.update(repr(weights.tolist()).encode())
    return {"version": VOCABULARY_VERSION, "faker": version("faker"), "sha256": hashed.hexdigest()}
