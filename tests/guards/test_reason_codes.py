"""Every reason somebody may be given has a sentence, with the figures it needs; and no sentence is left over."""

import ast
import inspect
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask_babel import force_locale
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marketplace.accounts import rules as accounts
from marketplace.investors.rules import REFUSAL_REASONS as CATEGORY_REASONS
from marketplace.locality import composed, presets
from marketplace.moderation.rules import REASONS as MODERATION_REASONS
from marketplace.pledges.protecting import REASONS as PROTECTION_REASONS
from marketplace.pledges.rewards import REASONS as REWARD_REASONS
from marketplace.projects import details, documents, term_rules
from marketplace.projects import rules as projects
from marketplace.projects.instruments import INSTRUMENTS
from marketplace.projects.rules import Content
from marketplace.projects.terms import Raise, Reward, Terms
from marketplace.projects.uses import Use
from marketplace.residency import rules as residency
from marketplace.web.messages import SENTENCES, sentence
from tests.unit.locality.decisions import REASONS as RULE_REASONS
from tests.unit.locality.decisions import TABLE

PACKAGE = Path(__file__).resolve().parents[2] / "marketplace"
PROOF_REASONS = {
    *residency.REFUSAL_REASONS,
    *residency.CHECKS,
    *residency.UNREADABLE,
    *residency.REVOCATION_REASONS,
}
ORGANISATION_REASONS = {*accounts.MANDATE_REASONS, *residency.PLACE_REASONS}


def _returned(function: Callable[..., object]) -> set[str]:
    tree = ast.parse(inspect.getsource(function))
    returns = [node.value for node in ast.walk(tree) if isinstance(node, ast.Return) and node.value is not None]
    return {
        one.value
        for value in returns
        for one in ast.walk(value)
        if isinstance(one, ast.Constant) and isinstance(one.value, str)
    }


# What is added to what the rule answers.
ADDED_REASONS = {*PROTECTION_REASONS, *REWARD_REASONS}
# What the choice of a rule may lack: codes by their first word.
CHOICE_PROBLEMS = {
    code
    for module in (presets, composed)
    for code in re.findall(r'"((?:rule|ring|quota)_\w+)", \{', inspect.getsource(module))
}
# What the details of a campaign may lack, the same way.
DETAIL_PROBLEMS = set(re.findall(r'"((?:detail|risk)_\w+)", \{', inspect.getsource(details)))
# A code that is computed: (module, what is raised) → the codes it may be.
COMPUTED: dict[tuple[str, str], set[str] | frozenset[str]] = {
    ("residency/services.py", "fault"): _returned(residency.may_ask_verification),
    ("residency/proofs.py", "fault"): _returned(residency.may_ask_verification),
    # What the decoder answers.
    ("residency/reading.py", "code"): set(residency.UNREADABLE),
    ("projects/documents.py", "code"): {*documents._UNREADABLE.values(), "document_unreadable"},
    ("accounts/passwords.py", "fault"): _returned(accounts.password_fault),
    # The rule's own decision, and what is added to it: the table of tests/unit/locality, and `pledges.protecting`.
    ("pledges/opening.py", "outcome.decision"): RULE_REASONS | set(ADDED_REASONS),
    ("pledges/amounts.py", "decision"): RULE_REASONS | set(ADDED_REASONS),
    ("pledges/amounts.py", "protecting.WITHOUT_MANDATE"): set(ADDED_REASONS),
    ("projects/rules.py", "code"): CHOICE_PROBLEMS | DETAIL_PROBLEMS,
    ("projects/zoning.py", "code"): CHOICE_PROBLEMS,
    # Raised as RuleError, where they are looked at with their figures.
    ("projects/zoning.py", "error.code"): set(),
    # Of `problems`, from a refusal of `plan` that was looked at where it was raised.
    ("projects/zoning.py", "refused.code"): set(),
}
# What only the command line says, in codes.
FOR_OPERATORS = {"locality/explain.py"}

# What the rule answers, and what is added to it.
DECISION_REASONS = RULE_REASONS | set(ADDED_REASONS) | set(CATEGORY_REASONS)


@dataclass(frozen=True)
class Raised:
    """One place that gives a reason. facts: names of the figures given along; None when they are passed on."""

    place: str
    code: str | None
    pattern: str | None
    facts: frozenset[str] | None


def _codes(argument: ast.expr) -> Iterator[tuple[str | None, str | None]]:
    if isinstance(argument, ast.Constant):
        yield str(argument.value), None
    elif isinstance(argument, ast.IfExp):
        yield from _codes(argument.body)
        yield from _codes(argument.orelse)
    elif isinstance(argument, ast.JoinedStr):
        parts = (re.escape(part.value) if isinstance(part, ast.Constant) else r"\w+" for part in argument.values)
        yield None, "".join(parts)


def _facts(call: ast.Call) -> frozenset[str] | None:
    named = {keyword.arg for keyword in call.keywords}
    if None in named:
        return None
    literal = [argument for argument in call.args[2:3] if isinstance(argument, ast.Dict)]  # Problem's third
    keys = {str(key.value) for given in literal for key in given.keys if isinstance(key, ast.Constant)}
    return frozenset({str(one) for one in named if one is not None} | keys)


def _is_reason(call: ast.Call) -> bool:
    called = ast.unparse(call.func)
    return bool(call.args) and (called.endswith("Refused") or called in {"Problem", "RuleError"})


def raised(source: str, module: str) -> Iterator[Raised]:
    """Find every reason that a module gives. Raises LookupError: one that cannot be compared."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        inside_error = (
            isinstance(node, ast.Call)
            and ast.unparse(node.func) == "super().__init__"
            and module.endswith("errors.py")
            and bool(node.args)
            and isinstance(node.args[0], ast.Constant)
        )
        if not isinstance(node, ast.Call) or not (_is_reason(node) or inside_error):
            continue
        found = list(_codes(node.args[0]))
        for code, pattern in found:
            yield Raised(f"{module}:{node.lineno}", code, pattern, _facts(node))
        if not found:
            key = (module, ast.unparse(node.args[0]))
            if key not in COMPUTED:
                raise LookupError(f"{module}:{node.lineno}: {key[1]} could be anything")
            for code in COMPUTED[key]:
                yield Raised(f"{module}:{node.lineno}", code, None, None)


def everywhere() -> list[Raised]:
    return [
        reason
        for path in sorted(PACKAGE.rglob("*.py"))
        if "sandbox" not in path.parts and str(path.relative_to(PACKAGE)) not in FOR_OPERATORS
        for reason in raised(path.read_text(encoding="utf-8"), str(path.relative_to(PACKAGE)))
    ]


def spoken() -> set[str]:
    """Return the codes that pages ask a sentence for by themselves."""
    sources = (path.read_text(encoding="utf-8") for path in (PACKAGE / "web").rglob("*.py"))
    return {code for source in sources for code in re.findall(r'\bsentence\(\s*"(\w+)"', source)}


def test_every_reason_has_a_sentence():
    missing = [reason for reason in everywhere() if reason.code is not None and reason.code not in SENTENCES]

    assert missing == []
    assert spoken() <= set(SENTENCES)
    assert set(MODERATION_REASONS) | PROOF_REASONS | ORGANISATION_REASONS | DECISION_REASONS <= set(SENTENCES)


def test_no_sentence_is_left_over():
    reasons = everywhere()
    used = {reason.code for reason in reasons} | spoken()
    used |= set(MODERATION_REASONS) | PROOF_REASONS | ORGANISATION_REASONS | DECISION_REASONS
    patterns = [reason.pattern for reason in reasons if reason.pattern]

    left = {code for code in SENTENCES if code not in used and not any(re.fullmatch(one, code) for one in patterns)}

    assert left == set()
    assert all(any(re.fullmatch(one, code) for code in SENTENCES) for one in patterns)


def needed(code: str) -> set[str]:
    """Return the figures that a sentence cannot do without."""
    words = SENTENCES[code]
    if not callable(words):
        return set()
    return {
        name
        for name, parameter in inspect.signature(words).parameters.items()
        if parameter.kind is parameter.KEYWORD_ONLY and parameter.default is parameter.empty
    }


def test_every_reason_comes_with_the_figures_of_its_sentence():
    short = [
        (reason.place, reason.code, needed(reason.code) - reason.facts)
        for reason in everywhere()
        if reason.code is not None and reason.facts is not None and not needed(reason.code) <= reason.facts
    ]

    assert short == []


@pytest.mark.parametrize("locale", ["fr", "en"])
def test_every_answer_of_the_rule_can_be_said(site, locale):
    with site.test_request_context(), force_locale(locale):
        for decision, _expected in TABLE.values():
            for block in decision.blocks:
                said = sentence(block.reason, limit_cents=decision.limit_cents, way_out=block.way_out, **block.facts)

                assert said.endswith((".", "…", "?")), said


TODAY = date(2026, 11, 23)
CONTENTS = st.builds(
    Content,
    name=st.sampled_from(["", "x", "Le fournil", "x" * 91]),
    commune_code=st.sampled_from([None, "86194"]),
    sector=st.sampled_from([None, "casino", "culture"]),
    legal_form=st.sampled_from([None, "gang", "scic"]),
    title=st.sampled_from(["", "x", "Un four", "x" * 91]),
    summary=st.sampled_from(["", "Court", "x" * 241]),
    story_markdown=st.sampled_from(["", "x", "x" * 50, "x" * 20_001]),
    instrument=st.sampled_from([None, "bond", "gift", "interest_free_loan"]),
    loan_months=st.sampled_from([None, 0, 12, 85]),
    threshold_cents=st.sampled_from([None, 0, 1_00, 2_000_000_00]),
    goal_cents=st.sampled_from([None, -1, 1_00, 2_000_000_00]),
    hard_cap_cents=st.sampled_from([None, 0, 50, 1_00, 2_000_000_00]),
    minimum_cents=st.sampled_from([0, 10_00, 6_000_00]),
    uses=st.sampled_from([(), (Use(),), (Use("x" * 81, -1),), (Use("Le four", 2_00),)]),
    ends_on=st.sampled_from([None, TODAY, TODAY + timedelta(days=30), TODAY + timedelta(days=900)]),
    rule_preset=st.sampled_from([None, "france", "epci"]),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=CONTENTS, population=st.sampled_from([None, 0, 90_000]))
def test_every_problem_of_a_campaign_can_be_said(site, content, population):
    with site.test_request_context():
        for problem in projects.problems(content, population=population, today=TODAY):
            assert problem.code in SENTENCES
            assert sentence(problem.code, **problem.facts)


TERMS = st.builds(
    Terms,
    rate_bp=st.sampled_from([None, 0, 400, 9_999]),
    ring_rates=st.sampled_from([(), (400,), (9_999, 1)]),
    repayment=st.sampled_from([None, "annuity", "in_fine", "x"]),
    every=st.sampled_from([None, 1, 5, 12]),
    deferral=st.sampled_from([None, 3, 99]),
    nominal_cents=st.sampled_from([None, 1, 20_00]),
    variable_percent=st.sampled_from([None, 41]),
    part_bp=st.sampled_from([None, 0, 300]),
    return_percent=st.sampled_from([None, 99, 140]),
    turnovers=st.sampled_from([(), (1, 2)]),
    tmo_bp=st.sampled_from([(), (1,), (1,) * 6]),
    accounts=st.sampled_from(["", "x" * 2_000]),
    rewards=st.sampled_from([(), (Reward(),), (Reward("Un pain", 9_000_000_00, 0, TODAY),)]),
    raises=st.sampled_from([(), (Raise(),)]),
    own_funds_cents=st.sampled_from([None, -1]),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(instrument=st.sampled_from(list(INSTRUMENTS)), form=st.sampled_from(["ei", "scic"]), terms=TERMS)
def test_every_problem_of_terms_can_be_said(site, instrument, form, terms):
    content = Content(
        instrument=instrument, legal_form=form, loan_months=36, hard_cap_cents=20_01, rule_preset="epci", terms=terms
    )
    with site.test_request_context():
        for problem in term_rules.problems(content, today=TODAY):
            assert problem.code in SENTENCES
            assert sentence(problem.code, **problem.facts)


def test_what_keeps_a_password_out_can_be_said():
    chosen = _returned(accounts.password_fault)

    assert chosen
    assert chosen <= set(SENTENCES)


# --- the guard itself, seen to bark ---


def test_a_new_reason_without_a_sentence_is_found():
    (found,) = raised('raise Refused("brand_new", field="x", until=1)', "pledges/new.py")

    assert found.code not in SENTENCES
    assert found.facts == {"field", "until"}


def test_a_reason_that_could_be_anything_is_found():
    with pytest.raises(LookupError):
        list(raised("raise Refused(code)", "pledges/new.py"))


def test_a_figure_that_is_forgotten_is_found():
    (found,) = raised('raise Refused("campaign_not_open")', "pledges/new.py")

    assert not needed(found.code) <= found.facts
    assert replace(found, facts=frozenset({"until"})).facts >= needed(found.code)
