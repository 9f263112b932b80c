"""The badge of a card: from when a reader may take part, as they are and with a proof."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from marketplace.matching.queries import Met
from marketplace.territories import queries as territories
from marketplace.web import reasons
from marketplace.web.reasons import Asking
from tests.factories import NIORT, POITIERS

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
SOON, LATER = NOW + timedelta(days=8), NOW + timedelta(days=15)


@pytest.mark.parametrize(
    ("opens", "tone", "words"),
    [
        ((NOW, NOW), "ok", "vous pouvez participer"),
        ((NOW, None), "ok", "vous pouvez participer"),
        ((None, NOW), "plain", "avec un justificatif"),
        ((LATER, NOW), "plain", "avec un justificatif ; sans justificatif à partir du 8 décembre 2026"),
        ((None, SOON), "plain", "avec un justificatif, ouvre le 1er décembre 2026"),
        ((SOON, SOON), "plain", "ouvre le 1er décembre 2026"),
        ((SOON + timedelta(hours=1), SOON), "plain", "ouvre le 1er décembre 2026"),
        ((SOON, None), "plain", "ouvre le 1er décembre 2026"),
        ((SOON, LATER), "plain", "ouvre le 1er décembre 2026"),
        (
            (LATER, SOON),
            "plain",
            "ouvre le 1er décembre 2026 avec un justificatif, le 8 décembre 2026 sans justificatif",
        ),
        ((None, None), "warn", "réservé aux habitants de la Vienne"),
    ],
)
def test_a_badge_says_from_when(opens, tone, words, site, session):
    there, home = territories.commune(session, POITIERS), territories.commune(session, NIORT)
    met = Met(UUID(int=1), 0, 1, 0, f"C{POITIERS}", *opens)

    with site.test_request_context():
        badge = reasons.locality(Asking(home), there, "habitants de la Vienne", met, NOW)

    assert (badge.tone, badge.text.replace("\xa0", " ").partition(" — ")[2]) == (tone, words)


def test_what_is_met_by_nobody_is_reserved_and_the_others_may_take_part_from_there(site, session):
    there, home = territories.commune(session, POITIERS), territories.commune(session, NIORT)
    met = Met(UUID(int=1), 0, 1, 0, f"C{POITIERS}", NOW, NOW)

    with site.test_request_context():
        none = reasons.locality(Asking(home), there, "habitants de la Vienne", None, NOW)
        others = reasons.locality(Asking(home, oneself=False), there, "habitants de la Vienne", met, NOW)

    assert none.tone == "warn"
    assert "ouvert d’ici" in others.text
