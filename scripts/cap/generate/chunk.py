"""One chunk of days of one block: which visits and pages it has, and what is on them."""

from functools import cached_property

import numpy as np
import polars as pl

from cap.generate import devices as dv
from cap.generate import visits as vs
from cap.generate import vocabulary as words
from cap.generate.block import Block
from cap.generate.frames import draw, fmt, hex_ids, only, pick, ranges, text_or
from cap.generate.people import source_ids

SESSION_TABLE, JOURNEY_TABLE = 100, 101  # of Block.words; the tables have 1.., other ids 102..
TEST_NUMBER = 60_000_000  # + block: the customer number of a block's test account


class Chunk:
    """Numbers and shared columns of one chunk; `rng(name)` is the stream of one table in it.

    A visit belongs to the chunk of its first page, another row to the chunk of the time it was complete.
    """

    def __init__(self, block: Block, number: int) -> None:
        self.block, self.number, self.world = block, number, block.world
        self.people, self.devices, self.visits = block.people, block.devices, block.visits

    def rng(self, name: str) -> np.random.Generator:
        """The stream of one table in this chunk."""
        return self.world.rng(self.block.number, name, self.number)

    def mine(self, us: np.ndarray) -> np.ndarray:
        """Indices of the rows whose time lies in this chunk."""
        return np.flatnonzero(self.world.chunk_of(us) == self.number)

    @cached_property
    def visit(self) -> np.ndarray:
        """The visits that begin in this chunk."""
        return self.mine(self.visits.start)

    def _rows(self, app: bool) -> np.ndarray:
        chosen = self.visit[self.visits.is_app[self.visit] == app]
        owner, number = ranges(self.visits.pages[chosen])
        return self.visits.first_page[chosen][owner] + number

    @cached_property
    def web_rows(self) -> np.ndarray:
        """Rows of visits.page_* that are web pages of this chunk."""
        return self._rows(app=False)

    @cached_property
    def app_rows(self) -> np.ndarray:
        """Rows of visits.page_* that are app events of this chunk."""
        return self._rows(app=True)

    @cached_property
    def pages(self) -> np.ndarray:
        """The page of each web row (index into words.PAGES)."""
        rng, v, row = self.rng("pages"), self.visits, self.web_rows
        visit, number = v.page_visit[row], v.page_no[row]
        n = len(row)
        intent = np.minimum(v.intent[visit], vs.SUPPORT)
        intent = np.where(v.intent[visit] >= vs.APPLY, vs.RESEARCH, intent)
        kind, steps, pages = v.kind[visit], v.steps[visit], v.pages[visit]
        cumulative = np.cumsum(words.INTENT_PAGES, axis=1)
        cumulative /= cumulative[:, -1:]
        flat = (cumulative + np.arange(4)[:, None]).ravel()
        page = np.searchsorted(flat, intent + rng.random(n) * (1 - 1e-12), side="right") - intent * len(
            words.PAGES
        )
        robot = rng.integers(
            0, len(words.PAGES) - 32, n
        )  # the site map: all but the account and the applications
        page = np.where((kind > 0) & (kind < dv.MONITOR), robot, page)
        known = (v.login_at[visit] >= 0) & (number >= v.login_at[visit])
        at_account = known & (rng.random(n) < np.where(v.intent[visit] == vs.SERVICE, 0.8, 0.3))
        page = np.where(at_account, words.PAGE_ACCOUNT + draw(rng, words.ACCOUNT_WEIGHTS, n), page)
        # where they land: campaigns on their products, direct visits mostly at home
        campaign = v.campaign[visit]
        landing = words.PAGE_NUMBER["/products/deposits"] + words.CAMPAIGN_CATEGORY[campaign]
        page = np.where((number == 0) & (campaign >= 0) & (rng.random(n) < 0.8), landing, page)
        direct = words.SOURCE_CHANNEL[v.source[visit]] == words.CHANNEL_NUMBER["direct"]
        page = np.where((number == 0) & direct & ~at_account & (kind == 0) & (rng.random(n) < 0.6), 0, page)
        page = np.where((number > 0) & (kind == 0) & (rng.random(n) < 0.055), words.PAGE_SEARCH, page)
        page = np.where((number == v.login_at[visit] - 1) & ~v.signup[visit], words.PAGE_LOGIN, page)
        from_end = pages - number
        apply = words.PAGE_APPLY + 4 * v.category[visit] + steps - from_end
        page = np.where((steps > 0) & (from_end <= steps), apply, page)
        page = np.where(v.signup[visit] & (from_end == 2), words.PAGE_SIGNUP, page)
        page = np.where(v.signup[visit] & (from_end == 1), words.PAGE_WELCOME, page)
        return np.where(kind == dv.MONITOR, np.array([0, words.PAGE_LOGIN, 1])[number % 3], page)

    @cached_property
    def search_word(self) -> np.ndarray:
        """Per web row the query that would be searched for there."""
        return draw(self.rng("search"), words.SEARCH_WEIGHTS, len(self.web_rows))

    @cached_property
    def form_draw(self) -> np.ndarray:
        """Per web row a number in [0, 1): below the page's chance its form or calculator is completed."""
        return self.rng("forms").random(len(self.web_rows))

    @cached_property
    def touch_count(self) -> np.ndarray:
        """Delivered touches per journey of the block."""
        touches, n = self.block.touches, len(self.block.journeys.person)
        return np.bincount(touches.journey[~(touches.held | touches.bounced)], minlength=n)

    @cached_property
    def touch_path(self) -> pl.Series:
        """Per journey the delivered touches' channels, in order, as a JSON array."""
        return touch_lists(self.block, fmt('"{}"', pick(words.CHANNEL, self.block.touches.channel)))

    @cached_property
    def customer_interactions(self) -> tuple[dict[str, pl.Series], np.ndarray]:
        """The rows of customer_interactions, which customer_events repeats."""
        from cap.generate.tables.service import customer_interactions  # it needs this module

        return customer_interactions(self)

    def known(self, rows: np.ndarray) -> np.ndarray:
        """Whether each page row knows whose it is."""
        visit = self.visits.page_visit[rows]
        return (self.visits.login_at[visit] >= 0) & (self.visits.page_no[rows] >= self.visits.login_at[visit])

    @cached_property
    def _login_time(self) -> np.ndarray:
        return self.visits.login_time()

    def known_at(self, visit: np.ndarray, time: np.ndarray) -> np.ndarray:
        """Whether each visit knows by that time whose it is."""
        return (self._login_time[visit] >= 0) & (time >= self._login_time[visit])

    @cached_property
    def _session_words(self) -> np.ndarray:
        return self.block.words(SESSION_TABLE, 0, len(self.visits.start))

    def session_id(self, visit: np.ndarray) -> pl.Series:
        """The collector's session id; null where it failed."""
        return only(hex_ids("s_", self._session_words[visit]), ~self.visits.sessionless[visit])

    @property
    def test_customer(self) -> np.ndarray:
        """The customer number of the block's test account."""
        return np.array([TEST_NUMBER + self.block.number])

    def who(self, visit: np.ndarray, known: np.ndarray) -> dict[str, pl.Series]:
        """user_id, customer_id (of the web system) and source_system of rows in visits."""
        person = self.visits.person[visit]
        tester = known & (self.visits.kind[visit] == dv.QA)
        user, customer = (
            self.people.user_id(person, known & ~tester),
            self.people.web_id(person, known & ~tester),
        )
        if tester.any():
            size = np.broadcast_to(self.test_customer, person.shape)
            user = text_or(fmt("qa{}", size), tester, user)
            customer = text_or(source_ids(1, size), tester, customer)
        return {
            "user_id": user,
            "customer_id": customer,
            "source_system": pl.Series(["web"]).gather(np.zeros(len(visit), dtype=np.int64)),
        }

    def crm_id(self, visit: np.ndarray, known: np.ndarray) -> pl.Series:
        """The CRM customer id of rows in visits, null for those who are not known or no customer."""
        person = self.visits.person[visit]
        return self.people.crm_id(person, known & (person >= 0))

    def device_id(self, visit: np.ndarray) -> pl.Series:
        """The visits' devices, null where cookies are refused."""
        return only(self.devices.device_id(self.visits.device[visit]), ~self.visits.cookieless[visit])

    def device_ip(self, visit: np.ndarray) -> pl.Series:
        """The visits' addresses."""
        return self.devices.ip(self.visits.device[visit])

    def platform(self, visit: np.ndarray) -> pl.Series:
        """The visits' platforms: web, ios or android."""
        app = self.visits.is_app[visit]
        profile = self.devices.profile[self.visits.device[visit]]
        phone = pick(words.PHONE_PLATFORM, np.where(app, profile, 0))
        return text_or(phone, app, pick(["web"], np.zeros(len(visit), dtype=np.int64)))

    def device_type(self, visit: np.ndarray) -> pl.Series:
        """The visits' device types, as the user agent tells them."""
        app = self.visits.is_app[visit]
        profile = self.devices.profile[self.visits.device[visit]]
        return text_or(
            pick(["mobile"], np.zeros(len(visit), dtype=np.int64)),
            app,
            pick(words.DEVICE_TYPE, np.where(app, 0, profile)),
        )

    @cached_property
    def journey_ids(self) -> np.ndarray:
        """64 bits per journey of the block."""
        return self.block.words(JOURNEY_TABLE, 0, len(self.block.journeys.person))

    def journey_id(self, journey: np.ndarray) -> pl.Series:
        """Ids of journeys, null for -1."""
        return only(
            hex_ids("jn_", self.journey_ids[journey]) if len(self.journey_ids) else _nulls(len(journey)),
            journey >= 0,
        )

    def ids(self, prefix: str, table: int, n: int) -> pl.Series:
        """N row ids of a table in this chunk."""
        return hex_ids(prefix, self.block.words(table, self.number, n))


def _nulls(n: int) -> pl.Series:
    return pl.Series([None] * n, dtype=pl.String)


def touch_lists(block: Block, item: pl.Series) -> pl.Series:
    """Per journey, the items of its delivered touches, in order, as the text of a JSON array; '[]' for
    none.
    """
    touches, n = block.touches, len(block.journeys.person)
    delivered = np.flatnonzero(~(touches.held | touches.bounced))
    frame = pl.DataFrame({"journey": touches.journey[delivered], "item": item.gather(delivered)})
    lists = frame.group_by("journey", maintain_order=True).agg(pl.col("item").str.join(","))
    text = np.full(n, -1)
    text[lists["journey"].to_numpy()] = np.arange(len(lists))
    return (
        fmt("[{}]", pick(lists["item"], text).fill_null(""))
        if len(lists)
        else pl.Series(["[]"] * n, dtype=pl.String)
    )
