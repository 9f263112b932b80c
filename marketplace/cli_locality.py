"""`flask locality explain`: what the rule answers, for any rule and any investor, as JSON."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import click
from flask.cli import AppGroup, with_appcontext

from marketplace.cli_context import runtime
from marketplace.core.money import parse_amount
from marketplace.locality.explain import as_json, investor_of, totals_of
from marketplace.locality.model import Instrument, Offer
from marketplace.locality.rule import RuleError, check_zones, parse
from marketplace.locality.rules import decide
from marketplace.locality.zones import ZoneError
from marketplace.pledges import offers
from marketplace.territories.atlas import compile_rule

locality = AppGroup("locality", help="The local-to-local rule.")

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


class Euros(click.ParamType[int]):
    """An amount as a person writes it: 50, 12,50. In cents."""

    name = "euros"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Read an amount. Raises BadParameter."""
        try:
            return parse_amount(str(value)).cents
        except ValueError:
            self.fail(f"{value!r} is not an amount of euros", param, ctx)


class Instant(click.ParamType[datetime]):
    """An instant, ISO 8601; without an offset it is UTC."""

    name = "instant"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Read an instant. Raises BadParameter."""
        try:
            moment = datetime.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value!r} is not an instant, as 2026-11-23T09:00", param, ctx)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


@locality.command("explain")
@click.argument("rule", type=_FILE)
@click.argument("investor", type=_FILE)
@click.option("--amount", type=Euros(), required=True, help="Euros asked for.")
@click.option("--at", "moment", type=Instant(), required=True, help="When it is asked.")
@click.option("--totals", type=_FILE, help="JSON of what the campaign has taken; nothing by default.")
@click.option("--opens", type=Instant(), help="When the campaign opens; a week before --at by default.")
@click.option("--closes", type=Instant(), help="Its exclusive end; sixty days after it opens by default.")
@click.option("--goal", type=Euros(), default="10000", show_default=True)
@click.option("--hard-cap", type=Euros(), default="20000", show_default=True)
@click.option("--minimum", type=Euros(), default="10", show_default=True)
@click.option("--instrument", type=click.Choice(["gift", "interest_free_loan"]), default="gift", show_default=True)
@with_appcontext
def explain(rule: Path, investor: Path, amount: int, moment: datetime, totals: Path | None, **campaign: Any) -> None:
    """Print the decision of a RULE for an INVESTOR as JSON.

    The shapes of the files are in docs/local-to-local.md. Exit status: 0 whatever the verdict, 2 for a file that cannot
    be read, 1 for a rule that cannot be compiled.
    """
    try:
        read = parse(_json(rule))
        asker = investor_of(_json(investor), moment)
        taken = totals_of(_json(totals) if totals else {})
        with runtime().database.reading() as session:
            zones = compile_rule(session, {"rings": [{"zone": ring.zone} for ring in read.rings]})
            asker = replace(asker, links=offers.links_of_today(session, asker.links))
        check_zones(zones)
    except RuleError as error:
        raise click.ClickException(f"{error.code} at {error.path or 'the top'}") from error
    except ZoneError as error:
        raise click.ClickException(f"{error.code}: {error.value!r}") from error
    opens = campaign["opens"] or moment - timedelta(days=7)
    closes = campaign["closes"] or opens + timedelta(days=60)
    offer = Offer(
        state="live",
        instrument=cast("Instrument", campaign["instrument"]),
        opens_at=opens,
        closes_at=closes,
        minimum_cents=campaign["minimum"],
        hard_cap_cents=campaign["hard_cap"],
        **read.offer_terms(zones, opens_at=opens, closes_at=closes, goal_cents=campaign["goal"]),
    )
    answer = as_json(decide(offer, taken, asker, amount, moment), offer)
    click.echo(json.dumps(answer, ensure_ascii=False, indent=2))


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise click.UsageError(f"{path}: not JSON ({error})") from error
