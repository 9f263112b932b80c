"""Look after the English words: ``python tools/translations.py [check | update | compile]``.

check: the catalogue says everything the code says, and says it whole. Exit 1 and a list otherwise.
update: add what is new, empty, and drop what is gone; then translate what it prints.
compile: make the .mo files that are missing or older than their .po, as `make run` and `make test` do.
"""

import ast
import os
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
TRANSLATIONS = ROOT / "marketplace" / "translations"
LOCALES = ("en",)  # French is the language of the message ids
PLACES = ("marketplace", "templates")
KEYWORDS = {**DEFAULT_KEYWORDS, "_l": None, "lazy_gettext": None, "lazy_ngettext": (1, 2)}

# Dates, addresses and versions would change the file each time, and tell nothing that git does not.
HEADER = """\
# The English words of Mitoyen; the message ids are the French ones. After a change of words in the code:
# .venv/bin/python tools/translations.py update
msgid ""
msgstr ""
"Project-Id-Version: Mitoyen\\n"
"Language: {locale}\\n"
"Plural-Forms: {plurals}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""

_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%%|%")
_TAG = re.compile(r"</?[a-z][^>]*>")
# Spaces that join a text to its neighbours; not the one that French puts before a colon.
_EDGES = re.compile(r"^\s+(?![\s:;?!])|\s+$")
# French typography left in an English sentence; straight quotes (an attribute's excepted).
_NOT_ENGLISH = re.compile(
    r"[ \u00a0\u202f][:;?!](?:\s|$)|[«»]|\d[ \u00a0\u202f]?€|\d[ \u00a0\u202f]%%|(?<!=)[\"'](?!>)"
)


def path_of(locale: str) -> Path:
    """Return the catalogue of a language."""
    return TRANSLATIONS / locale / "LC_MESSAGES" / "messages.po"


def extracted() -> Catalog:
    """Return what the code and the templates say."""
    with (ROOT / "babel.cfg").open(encoding="utf-8") as mapping:
        methods, options = parse_mapping_cfg(mapping)
    catalog = Catalog(project="Mitoyen", charset="utf-8")
    found = extract_from_dir(ROOT, methods, options, keywords=KEYWORDS, directory_filter=_holds_words)
    for file, line, words, _comments, context in found:
        catalog.add(words, locations=[(file, line)], context=context)
    return catalog


def _holds_words(folder: str | os.PathLike[str]) -> bool:
    return Path(os.path.relpath(folder, ROOT)).parts[0] in PLACES  # as named: a linked folder is not followed


def read(locale: str) -> Catalog:
    """Return the catalogue of a language, as it is in the repository."""
    with path_of(locale).open("rb") as file:
        return read_po(file, locale=locale)


def check() -> list[str]:
    """Return what is wrong."""
    said = extracted()
    wrong = [f"{file}:{line}: the words of {name}() cannot be read there" for file, line, name in unreadable()]
    for locale in LOCALES:
        catalog = read(locale)
        wrong += compare(said, catalog)
        wrong += [fault for message in catalog if message.id for fault in faults(message, catalog.num_plurals)]
        # What `pybabel compile` complains about, on the terminal of whoever types `make run`.
        wrong += [f"{error}: {_name(message)}" for message, errors in catalog.check() for error in errors]
    return wrong


def compare(said: Catalog, catalog: Catalog) -> list[str]:
    """Return the messages that one has and the other lacks."""
    there, known = ({message.id: message for message in each if message.id} for each in (said, catalog))
    missing = [f"missing: {_name(message)} ({_place(message)})" for key, message in there.items() if key not in known]
    return missing + [f"obsolete: {_name(message)}" for key, message in known.items() if key not in there]


def faults(message: Message, plurals: int) -> Iterator[str]:
    """Yield what is wrong with one translation."""
    name = _name(message)
    forms = _forms(message)
    if message.pluralizable and len(forms) != plurals:
        yield f"{len(forms)} forms instead of {plurals}: {name}"
    if not all(forms):
        yield f"not translated: {name}"
        return
    if message.fuzzy:
        yield f"fuzzy: {name}"
    for form in forms:
        # Each plural form says as much as the plural: a singular may be used for other numbers than one.
        for what, pattern in (("placeholders", _PLACEHOLDER), ("tags", _TAG), ("spaces at the ends", _EDGES)):
            if Counter(pattern.findall(_plural(message))) != Counter(pattern.findall(form)):
                yield f"other {what}: {name}"
        if odd := _NOT_ENGLISH.search(form):
            yield f"typography ({odd[0]!r}): {name}"


def unreadable() -> Iterator[tuple[str, int, str]]:
    """Yield the calls whose words are not found in the code, and would never be translated."""
    for path in sorted((ROOT / "marketplace").rglob("*.py")):
        if "sandbox" not in path.parts:
            for line, name in unreadable_in(path.read_text(encoding="utf-8")):
                yield str(path.relative_to(ROOT)), line, name


def unreadable_in(code: str) -> Iterator[tuple[int, str]]:
    """Yield (line, function) of the calls with words that are no literal, or inside an f-string."""
    tree = ast.parse(code)
    inside = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in ast.walk(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in KEYWORDS:
            words = node.args[: 2 if node.func.id.endswith("ngettext") else 1]
            if id(node) in inside or not all(isinstance(word, ast.Constant) for word in words):
                yield node.lineno, node.func.id


def update() -> list[str]:
    """Bring the catalogues in line with the code; return nothing wrong, print what is left to translate."""
    said = extracted()
    for locale in LOCALES:
        catalog = read(locale)
        catalog.update(said, no_fuzzy_matching=True)
        save(catalog, locale)
        for message in catalog:
            if not message.id or all(_forms(message)):
                continue
            print(f"to translate in {path_of(locale).relative_to(ROOT)}: {_name(message)} ({_place(message)})")
    return []


def save(catalog: Catalog, locale: str) -> None:
    """Write a catalogue, without line numbers: they would change with every line of code."""
    with path_of(locale).open("wb") as file:
        file.write(HEADER.format(locale=locale, plurals=catalog.plural_forms).encode())
        write_po(
            file, catalog, width=100, omit_header=True, ignore_obsolete=True, include_lineno=False, sort_by_file=True
        )


def compile_stale() -> list[str]:
    """Make the binary catalogues that are missing or older than their words."""
    for locale in LOCALES:
        source = path_of(locale)
        target = source.with_suffix(".mo")
        if target.exists() and target.stat().st_mtime >= source.stat().st_mtime:
            continue
        draft = target.with_suffix(f".{os.getpid()}")
        with draft.open("wb") as file:
            write_mo(file, read(locale))
        draft.replace(target)  # several test processes may do this at once
    return []


def _forms(message: Message) -> tuple[str, ...]:
    return message.string if isinstance(message.string, tuple) else (message.string,)


def _plural(message: Message) -> str:
    return message.id[-1] if isinstance(message.id, tuple) else message.id


def _name(message: Message) -> str:
    return repr(message.id[0] if isinstance(message.id, tuple) else message.id)


def _place(message: Message) -> str:
    return "{}:{}".format(*message.locations[0]) if message.locations else "?"


def main() -> None:
    """Do what the command line says; exit with 1 when something is wrong."""
    commands = {"check": check, "update": update, "compile": compile_stale}
    name = sys.argv[1] if len(sys.argv) > 1 else "check"
    if name not in commands:
        sys.exit(__doc__)
    problems = commands[name]()
    for problem in problems:
        print(problem, file=sys.stderr)
    if problems:
        print("To refresh the catalogue: .venv/bin/python tools/translations.py update", file=sys.stderr)
    sys.exit(bool(problems))


if __name__ == "__main__":
    main()
