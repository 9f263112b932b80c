"""The form of an owner: what it holds, what it refuses, and the rule that was kept of it."""

from sqlalchemy import select

from marketplace.locality.presets import Options
from marketplace.projects.models import Campaign

NEW = "/mes-projets/nouveau"


def values_of(tree):
    """Return what the form of a page holds."""
    found = {}
    for element in tree.iter():
        name = element.get("name") if element.tag in {"input", "textarea", "select"} else None
        if name is None:
            continue
        if element.get("type") in {"radio", "checkbox"}:
            if element.get("checked") is not None:
                found[name] = element.get("value")
        elif element.tag == "select":
            found[name] = next((o.get("value") for o in element.iter("option") if o.get("selected") is not None), "")
        elif element.tag == "textarea":
            # A browser drops the line feed that follows the tag.
            found[name] = (element.text or "").removeprefix("\r\n").removeprefix("\n")
        else:
            found.setdefault(name, element.get("value", ""))
    return found


def errors_of(tree):
    """Return the ids of the fields that are refused."""
    return {
        element.get("id").removesuffix("-error")
        for element in tree.iter("p")
        if "error" in (element.get("class") or "").split()
    }


def text_of(tree):
    return " ".join("".join(tree.itertext()).split())


def stored(session):
    session.expire_all()
    return Options.from_json(session.scalars(select(Campaign.rule_options)).one())
