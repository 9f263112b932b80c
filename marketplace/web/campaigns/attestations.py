"""Signed statements about a campaign, the keys they are signed with, and how to verify them without this site."""

import json
from uuid import UUID

from flask import Response, render_template
from flask.typing import ResponseReturnValue

from marketplace.core.signing import KeyRing
from marketplace.pledges import attestation
from marketplace.web.access import public
from marketplace.web.campaigns.blueprint import bp
from marketplace.web.context import now, reading, runtime

# As in docs/attestations.md.
COMMANDS = """\
jq -cjS .statement attestation.json > statement
jq -r .signature.value attestation.json | base64 -d > signature
openssl pkeyutl -verify -pubin -inkey cle.pem -rawin -in statement -sigfile signature"""


def keys() -> KeyRing:
    """Return the keys of this installation."""
    return KeyRing(runtime().config.attestation_keys)


@bp.get("/collectes/<uuid:campaign_id>/attestation.json")
@public
def attest(campaign_id: UUID) -> ResponseReturnValue:
    """Sign where the money of a campaign comes from, now, and under which rule."""
    with reading() as session:
        stated = attestation.statement(session, campaign_id, issuer=runtime().config.site_url)
    answer = _file(keys().seal(stated, now=now()))
    answer.headers["Content-Disposition"] = f'attachment; filename="attestation-{campaign_id}.json"'
    return answer


@bp.get("/attestations/cles.json")
@public
def public_keys() -> ResponseReturnValue:
    """Publish every key that ever signed an attestation."""
    return _file([key.as_json() for key in keys().public_keys()])


@bp.get("/attestations")
@public
def attestations() -> ResponseReturnValue:
    """Say what an attestation proves, and how to verify one."""
    return render_template("campaigns/attestations.html", keys=keys().public_keys(), commands=COMMANDS)


def _file(content: object) -> Response:
    return Response(json.dumps(content, ensure_ascii=False, indent=2) + "\n", mimetype="application/json")
