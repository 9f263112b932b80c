"""Stripe's search language, as far as customers are searched (https://docs.stripe.com/search).

Clauses ``field:"value"`` (the same), ``field~"part"`` (holds it), ``-`` before one to leave out what it finds, all
joined by AND or all by OR; the fields are e-mail, name, phone and ``metadata["key"]``, and ``created``, compared.
"""

import re
from typing import Any

from marketplace.sandbox.account import Account, Call, public
from marketplace.sandbox.errors import StripeError
from marketplace.sandbox.lists import LARGEST_LIMIT
from marketplace.sandbox.operations import operation
from marketplace.sandbox.spec import JSON

FIELDS = ("email", "name", "phone")
CLAUSE = re.compile(
    r"""(?P<no>-)?(?:(?P<field>\w+)|metadata\[["'](?P<key>[^"']+)["']\])(?P<sign>:|~|>=|<=|>|<)"""
    r"""(?:["'](?P<text>[^"']*)["']|(?P<number>\d+)|(?P<null>null))"""
)
JOINS = re.compile(r"\s+(AND|OR)\s+|\s+")
DEFAULT_LIMIT = 10


@operation("GET /v1/customers/search", "limit", "page", "query")
def customers(account: Account, call: Call) -> JSON:
    """Search customers, newest first. page: where the page before ended."""
    where, values = condition(call.params["query"])
    conditions: dict[str, Any] = {where: values, "json_extract(body, '$.deleted') IS NULL": []}
    if "page" in call.params:
        conditions["seq < ?"] = account.store.sequence("customer", call.params["page"]) or 0
    limit = max(1, min(LARGEST_LIMIT, call.params.get("limit", DEFAULT_LIMIT)))
    bodies = account.store.listed("customer", conditions, "DESC", limit + 1)
    return {
        "data": [public(body) for body in bodies[:limit]],
        "has_more": len(bodies) > limit,
        "next_page": bodies[limit - 1]["id"] if len(bodies) > limit else None,
        "object": "search_result",
        "url": call.url,
    }


def condition(query: str) -> tuple[str, list[Any]]:
    """Return a query as an SQL condition with its values. Raises StripeError: not in the language."""
    clauses: list[str] = []
    values: list[Any] = []
    joins: set[str] = set()
    rest = query.strip()
    while rest:
        found = CLAUSE.match(rest)
        if found is None:
            raise _unreadable(query)
        sql, value = _clause(found, query)
        clauses.append(f"NOT coalesce({sql}, FALSE)" if found["no"] else sql)
        values += value
        rest = rest[found.end() :]
        join = JOINS.match(rest)
        if rest and join is None:
            raise _unreadable(query)
        if join:
            joins.add(join[1] or "AND")
            rest = rest[join.end() :]
    if not clauses or len(joins) > 1:
        raise _unreadable(query)
    joined = f" {joins.pop() if joins else 'AND'} ".join(clauses)
    return f"({joined})", values


def _clause(found: re.Match[str], query: str) -> tuple[str, list[Any]]:
    field, sign = found["field"], found["sign"]
    if field == "created" and found["number"] and sign != "~":
        return f"created {'=' if sign == ':' else sign} ?", [int(found["number"])]
    if (field is not None and field not in FIELDS) or sign not in (":", "~") or found["number"]:
        raise _unreadable(query)
    path = f"$.{field}" if field else f'$.metadata."{found["key"]}"'
    if found["null"]:
        return "json_extract(body, ?) IS NULL", [path]
    if sign == "~":
        return "instr(lower(json_extract(body, ?)), lower(?)) > 0", [path, found["text"]]
    return "lower(json_extract(body, ?)) = lower(?)", [path, found["text"]]


def _unreadable(query: str) -> StripeError:
    return StripeError(
        f"We were unable to parse your search query: {query}. See https://stripe.com/docs/search for the language; the "
        "embedded sandbox searches customers by email, name, phone, metadata and created.",
        param="query",
    )
