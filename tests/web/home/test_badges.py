"""The badge of a card: from when a reader may take part, as they are and with a proof."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from marketplace.matching.queries import Met, Tie
from marketplace.matching.rules import HOME, WORK
from marketplace.territories import queries as territories
from marketplace.web import reasons
from marketplace.web.reasons import Asking
from tests.factories import NIORT, POITIERS

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
SOON, LATER = NOW + timedelta(days=8), NOW + timedelta(days=15)


@pytest.fixture
def badge(site, session):
    """Return the badge of a campaign of Poitiers for people of Poitiers. opens: declared and proven."""
    home, elsewhere = territories.commune(session, POITIERS), territories.commune(session, NIORT)

    def said(opens, *, level=1, works_there=False):
        declared, proven = opens
        mine = proven if level == 3 else declared
        ties = (Tie(elsewhere), Tie(home, WORK)) if works_there else (Tie(home, HOME, level),)
        met = Met(UUID(int=1), 0, 1, 0, f"C{POITIERS}", (declared, declared, proven), mine)
        with site.test_request_context():
            found = reasons.locality(Asking(elsewhere, level, ties=ties), home, "habitants de la Vienne", met, NOW)
        return found.tone, found.text.replace("\xa0", " ").partition(" — ")[2]

    return said


@pytest.mark.parametrize(
    ("opens", "level", "tone", "words"),
    [
        ((NOW, NOW), 1, "ok", "vous pouvez participer"),
        ((None, NOW), 1, "plain", "avec un justificatif"),
        ((LATER, NOW), 1, "plain", "avec un justificatif, sans à partir du 8 décembre 2026"),
        ((None, SOON), 1, "plain", "avec un justificatif, ouvre le 1er décembre 2026"),
        ((SOON, SOON), 1, "plain", "ouvre le 1er décembre 2026"),
        ((LATER, SOON), 1, "plain", "ouvre le 1er décembre 2026 avec un justificatif, le 8 décembre 2026 sans"),
        ((LATER, SOON), 3, "plain", "ouvre le 1er décembre 2026"),
        ((LATER, NOW), 3, "ok", "vous pouvez participer"),
    ],
)
def test_who_lives_there(opens, level, tone, words, badge):
    assert badge(opens, level=level) == (tone, words)


@pytest.mark.parametrize(
    ("opens", "tone", "words"),
    [
        ((NOW, NOW), "ok", "vous pouvez participer"),
        ((None, NOW), "warn", "réservé aux habitants de la Vienne"),
        ((LATER, NOW), "plain", "ouvre le 8 décembre 2026"),
        ((LATER, SOON), "plain", "ouvre le 8 décembre 2026"),
    ],
)
def test_who_works_there_has_nothing_to_prove(opens, tone, words, badge):
    assert badge(opens, works_there=True) == (tone, words)
