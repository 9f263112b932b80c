"""Filling an empty database through the application's own services, as if the past weeks had happened."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import chain, cycle, repeat
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from marketplace.accounts import passwords
from marketplace.accounts import services as accounts
from marketplace.accounts.models import Account
from marketplace.core import clock
from marketplace.core.db import Database, uuid7
from marketplace.core.money import Money
from marketplace.demo import bodies
from marketplace.demo.campaigns import Plan, plans
from marketplace.demo.people import ACCOUNTS, PASSWORD, Person, residents
from marketplace.investors import services as investors
from marketplace.moderation import desk, sheet
from marketplace.moderation import services as moderation
from marketplace.moderation.sheet import Answer
from marketplace.payments import customers
from marketplace.payments.gateway import SavedCard, TestGateway
from marketplace.payments.pace import Pace
from marketplace.pledges import collector, commit, intentions, offers, opening, settlement
from marketplace.pledges import services as pledges
from marketplace.pledges.models import Pledge
from marketplace.projects import questions
from marketplace.projects import services as projects
from marketplace.projects.days import paris_day
from marketplace.projects.rules import Content
from marketplace.projects.uses import Use
from marketplace.protection import knowledge_test, texts
from marketplace.protection.regimes import regime_of
from marketplace.residency import services as residency

T = TypeVar("T")
AMOUNTS = (400, 150, 1000, 200, 100, 600, 500, 150, 1200, 120, 250, 1800, 200, 900)
DECLARED_MOST = 50
NEAREST, FARTHEST = 12, 6
BATCH = 8
_RIGHT = {question.code: question.right for question in knowledge_test.QUESTIONS}
# The sandbox takes as many requests a second as it can.
_NO_LIMIT = 10_000.0


def seed(
    database: Database, gateway: TestGateway, *, now: datetime | None = None, chosen: Sequence[Plan] | None = None
) -> None:
    """Make the demonstration in an empty database. Every card is a test card, every person and project invented.

    chosen: the campaigns to make, all of the demonstration by default.
    """
    _Seeder(database, gateway, now or clock.real_now(), plans() if chosen is None else chosen).run()


@dataclass
class _Seeder:
    database: Database
    gateway: TestGateway
    now: datetime
    chosen: Sequence[Plan]
    ids: dict[str, UUID] = field(default_factory=dict)
    people: dict[str, list[Person]] = field(default_factory=dict)
    customers: dict[UUID, str] = field(default_factory=dict)
    tested: set[str] = field(default_factory=set)

    def run(self) -> None:
        self._people(self.chosen)
        for plan in self.chosen:
            self._campaign(plan)
        self._do(_forget_mails)

    def _do(self, work: Callable[[Session], T]) -> T:
        return self.database.in_transaction(work)

    def _people(self, everything: Sequence[Plan]) -> None:
        crowd = list(residents(_crowds(everything)))
        before = self.now - timedelta(days=120)
        # One hash for all: the password is printed anyway, and hashing 200 times would take ten seconds.
        hashed = passwords.hash_password(PASSWORD)
        self.ids = self._do(
            lambda session: {person.login: _account(session, person, hashed, before) for person in (*ACCOUNTS, *crowd)}
        )
        for person in crowd:
            self.people.setdefault(person.commune or "", []).append(person)
        administrator = next(self.ids[person.login] for person in ACCOUNTS if person.administrator)
        other = next(self.ids[person.login] for person in reversed(ACCOUNTS) if person.administrator)
        # A declaration lasts a year: made ninety days ago, so that it still stands.
        declared = self.now - timedelta(days=90)

        def homes(session: Session) -> None:
            for person in (*ACCOUNTS, *crowd):
                judge = other if self.ids[person.login] == administrator else administrator
                _home(session, self.ids[person.login], person, judge, declared)

        self._do(homes)

    def _campaign(self, plan: Plan) -> None:
        published = self.now - timedelta(days=plan.opened)
        owner = self.ids[plan.owner]
        written = published - timedelta(days=4)
        content = _content(plan, published)
        campaign_id = self._do(
            lambda session: projects.create_draft(
                session, owner_id=owner, form_key=uuid7(), content=content, now=written
            )
        )
        if plan.siren:
            whom = {"campaign_id": campaign_id, "owner_id": owner, "administrator_id": self.ids["helene"]}
            self._do(lambda session: bodies.carry(session, plan, **whom, now=written))
        if plan.state == "draft":
            return
        submitted = published - timedelta(days=2)
        self._do(lambda session: projects.submit(session, campaign_id=campaign_id, owner_id=owner, now=submitted))
        if plan.state != "submitted":
            self._judge(plan, campaign_id, published)

    def _judge(self, plan: Plan, campaign_id: UUID, at: datetime) -> None:
        judge = self.ids["helene" if plan.owner != "helene" else "karim"]
        if plan.state in {"changes_requested", "refused"}:
            answer = moderation.send_back if plan.state == "changes_requested" else moderation.refuse
            self._do(
                lambda session: answer(
                    session, campaign_id=campaign_id, administrator_id=judge, reasons=["R05"], note=plan.note, now=at
                )
            )
            return
        self._do(lambda session: self._approve(session, campaign_id=campaign_id, administrator_id=judge, now=at))
        if plan.opens > plan.opened:
            self._intend(plan, campaign_id, at)
        else:
            self._pledge(plan, campaign_id, at)
        self._ask(plan, campaign_id, at)
        self._end(plan, campaign_id, at)

    def _ask(self, plan: Plan, campaign_id: UUID, published: datetime) -> None:
        """Have neighbours ask, and the owner answer the next day."""
        for number, (login, said, told) in enumerate(plan.questions, start=1):
            at, key = published + timedelta(days=2 * number), uuid7()
            asked: dict[str, Any] = {"asker_id": self.ids[login], "form_key": key, "text": said}
            self._do(partial(questions.ask, campaign_id=campaign_id, now=at, **asked))
            if told:
                answer: dict[str, Any] = {"question_id": key, "owner_id": self.ids[plan.owner], "text": told}
                self._do(partial(questions.answer, campaign_id=campaign_id, now=at + timedelta(days=1), **answer))

    def _approve(self, session: Session, **who: Any) -> None:
        """Check every item, then publish; the second of two administrators agrees where two must."""
        answers = {item: Answer("ok") for item in sheet.ALL}
        desk.save_sheet(session, **who, answers=answers)
        if not moderation.approve(session, **who):
            other = next(self.ids[name] for name in ("helene", "karim") if self.ids[name] != who["administrator_id"])
            moderation.approve(session, **who | {"administrator_id": other})

    def _pledge(self, plan: Plan, campaign_id: UUID, published: datetime) -> None:
        """Have neighbours pledge, a few at a time, until what is wanted is promised."""
        read = self._assess(plan, published)
        ends = min(self.now, published + timedelta(days=plan.lasts)) - timedelta(hours=3)
        wishes = list(self._wishes(plan))
        groups = [wishes[index : index + BATCH] for index in range(0, len(wishes), BATCH)]
        saved = []
        for group, at in zip(groups, _moments(published, ends, len(groups)), strict=False):
            requests = [
                commit.Request(self.ids[person.login], Money.from_euros(euros), uuid7(), read=read)
                for person, euros in group
            ]
            answers = self._do(partial(opening.open_pledges, campaign_id=campaign_id, requests=requests, now=at))
            saved += [
                (answer, person, at)
                for answer, (person, _euros) in zip(answers, group, strict=True)
                if isinstance(answer, UUID)
            ]
        with ThreadPoolExecutor(4) as pool:
            cards = list(pool.map(lambda one: self._card(one[0], one[1]), saved))
        self._do(lambda session: self._note_cards(session, campaign_id, saved, cards))

    def _intend(self, plan: Plan, campaign_id: UUID, published: datetime) -> None:
        """Have neighbours say, before it opens, what they think of giving."""
        wishes = list(self._wishes(plan))
        for (person, euros), at in zip(wishes, _moments(published, self.now, len(wishes)), strict=False):
            said: dict[str, Any] = {"account_id": self.ids[person.login], "amount": Money.from_euros(euros), "now": at}
            self._do(partial(intentions.say, campaign_id=campaign_id, **said))

    def _assess(self, plan: Plan, at: datetime) -> frozenset[str]:
        """Have those who will pledge answer what the law asks; return the digests of the words they read."""
        if not regime_of(plan.instrument).assessed:
            return frozenset()

        def answer(session: Session) -> None:
            for login in sorted({person.login for person, _euros in self._wishes(plan)} - self.tested):
                investors.take_test(session, account_id=self.ids[login], answers=_RIGHT, now=at)
                self.tested.add(login)

        self._do(answer)
        return frozenset(
            texts.current(kind, "fr").sha256 for kind in (texts.risk_kind(plan.instrument), "over_threshold")
        )

    def _wishes(self, plan: Plan) -> Iterator[tuple[Person, int]]:
        """Yield who pledges how many euros: those one may sign in as, then many from near, few from far, each once."""
        left, amounts = plan.raised, cycle(AMOUNTS)
        unit = (plan.terms.nominal_cents or 100) // 100
        for person in (known for known in ACCOUNTS if known.login in plan.backers):
            euros = DECLARED_MOST if person.level == 1 else next(amounts)
            left -= euros
            yield person, euros
        pools = [self.people[commune] for commune in plan.around]
        for turn in range(max(map(len, pools), default=0)):
            for pool in pools:
                if turn >= len(pool) or left < plan.minimum:
                    continue
                person = pool[turn]
                euros = min(max(next(amounts), plan.minimum), left, DECLARED_MOST if person.level == 1 else left)
                euros -= euros % unit
                if euros < plan.minimum:
                    continue
                left -= euros
                yield person, euros

    def _card(self, pledge_id: UUID, person: Person) -> tuple[str, SavedCard]:
        backer = self.ids[person.login]
        if backer not in self.customers:
            self.customers[backer] = self.gateway.create_customer(
                account_id=backer, email=person.email, key=f"cus:{backer}"
            )
        return self.gateway.save_test_card(
            customer_id=self.customers[backer], test_card="pm_card_visa", key=f"pledge:{pledge_id}:setup:1"
        )

    def _note_cards(
        self,
        session: Session,
        campaign_id: UUID,
        saved: Sequence[tuple[UUID, Person, datetime]],
        cards: Sequence[tuple[str, SavedCard]],
    ) -> None:
        for (pledge_id, person, at), (intent, card) in zip(saved, cards, strict=True):
            customers.remember(
                session,
                account_id=self.ids[person.login],
                customer_id=self.customers[self.ids[person.login]],
                stripe_version=self.gateway.api_version,
                now=at,
            )
            pledges.card_saved(
                session,
                campaign_id=campaign_id,
                pledge_id=pledge_id,
                card=card,
                setup_intent_id=intent,
                now=at + timedelta(minutes=2),
            )

    def _end(self, plan: Plan, campaign_id: UUID, published: datetime) -> None:
        """Let time do to this campaign what it would have done."""
        last = min(self.now, published + timedelta(days=plan.lasts + 10))
        self._each(settlement.confirm, settlement.due_confirmations, last)
        with self.database.reading() as session:
            closes_at = offers.terms(session, campaign_id).offer.closes_at
        assert closes_at is not None
        if not self._do(
            lambda session: settlement.close(session, campaign_id=campaign_id, now=min(self.now, closes_at))
        ):
            return
        verdict = self._do(
            lambda session: settlement.decide_success(
                session, campaign_id=campaign_id, now=min(self.now, closes_at + timedelta(days=8))
            )
        )
        at = min(self.now, closes_at + timedelta(days=8, hours=1))
        if verdict == "failed":
            self._each(settlement.release, lambda session, _at: settlement.due_releases(session), at)
        elif verdict == "collecting":
            collector.run(self.database, self.gateway, clock=lambda: at, pace=Pace(_NO_LIMIT), threads=2)
            self._do(lambda session: settlement.finish(session, campaign_id=campaign_id, now=at))

    def _each(
        self,
        service: Callable[..., None],
        due: Callable[[Session, datetime], list[settlement.Ref]],
        at: datetime,
    ) -> None:
        """Do to every pledge that is due what time does to it, a batch in a transaction, at its own moment."""

        def batch(session: Session) -> int:
            refs = due(session, at)
            for campaign_id, pledge_id in refs:
                over = session.get_one(Pledge, (campaign_id, pledge_id)).revocable_until
                moment = over if service is settlement.confirm and over else at
                service(session, campaign_id=campaign_id, pledge_id=pledge_id, now=moment)
            return len(refs)

        while self._do(batch):
            pass

    def _due(self, query: Callable[[Session], list[settlement.Ref]]) -> list[settlement.Ref]:
        with self.database.reading() as session:
            return query(session)


def _crowds(everything: Sequence[Plan]) -> dict[str, int]:
    """Return how many people to invent in each commune: more where a project is near."""
    wanted: Counter[str] = Counter()
    for plan in everything:
        for distance, commune in enumerate(plan.around):
            wanted[commune] = max(wanted[commune], NEAREST if distance < 2 else FARTHEST)
    return dict(wanted)


def _account(session: Session, person: Person, hashed: str, at: datetime) -> UUID:
    made = accounts.register(
        session, email=person.email, display_name=person.name, password_hash=hashed, locale="fr", now=at
    )
    account = session.get_one(Account, made.account_id)
    accounts.confirm_email(
        session, account_id=made.account_id, security_stamp=account.security_stamp, now=at + timedelta(minutes=5)
    )
    if person.administrator:
        accounts.grant_administrator(session, email=person.email, now=at + timedelta(minutes=6))
    return made.account_id


def _home(session: Session, account_id: UUID, person: Person, judge: UUID, at: datetime) -> None:
    if person.commune is None:
        return
    residency.declare(session, account_id=account_id, commune_code=person.commune, now=at)
    if person.level > 1:
        request_id = residency.ask_verification(session, account_id=account_id, now=at + timedelta(hours=1))
        residency.verify(session, request_id=request_id, administrator_id=judge, now=at + timedelta(days=1))


def _content(plan: Plan, published: datetime) -> Content:
    return Content(
        name=plan.name,
        commune_code=plan.commune,
        sector=plan.sector,
        legal_form=plan.legal_form,
        title=plan.title,
        summary=plan.summary,
        story_markdown=plan.story,
        instrument=plan.instrument,
        loan_months=plan.months,
        threshold_cents=plan.threshold * 100,
        goal_cents=plan.goal * 100,
        hard_cap_cents=plan.cap * 100,
        minimum_cents=plan.minimum * 100,
        uses=tuple(
            Use(label, euros * 100, commune or None, supplier)
            for (label, euros, commune), supplier in zip(plan.uses, chain(plan.suppliers, repeat("")), strict=False)
        ),
        details=plan.details,
        opens_on=paris_day(published) + timedelta(days=plan.opens) if plan.opens else None,
        ends_on=paris_day(published) + timedelta(days=plan.lasts),
        rule_preset=plan.preset,
        terms=plan.terms,
    )


def _moments(start: datetime, end: datetime, number: int) -> Iterator[datetime]:
    """Yield instants from start to end, ever denser towards the end as pledges are, the last one at the end."""
    for index in range(number):
        yield start + (end - start) * ((index + 1) / number) ** 0.8
    while True:
        yield end


def _forget_mails(session: Session) -> None:
    """Drop the mails of the invented past: the mailbox begins with the visitor's own."""
    session.execute(text("DELETE FROM procrastinate.procrastinate_jobs WHERE task_name = 'notifications.send_mail'"))
