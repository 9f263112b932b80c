"""Invented people. Those who may sign in are printed by `make run`; the others only pledge."""

from collections.abc import Iterator
from dataclasses import dataclass

PASSWORD = "voisins-voisines"  # noqa: S105 - a demonstration's, printed at every start
DOMAIN = "demo-mitoyen.fr"


@dataclass(frozen=True)
class Person:
    """Somebody to make an account for. commune: INSEE; level: of proof of residence, 0 (none), 1 or 3."""

    name: str
    login: str
    commune: str | None
    level: int
    role: str = ""
    administrator: bool = False

    @property
    def email(self) -> str:
        """The address to sign in with."""
        return f"{self.login}@{DOMAIN}"

    @property
    def password(self) -> str:
        """The same for everybody."""
        return PASSWORD


ACCOUNTS = (
    Person("Claire Marchand", "claire", "86194", 3, "habitante de Poitiers, adresse justifiée"),
    Person("Bastien Roux", "bastien", "86194", 1, "habitant de Poitiers, adresse déclarée (50 € par projet)"),
    Person("Odile Ferrand", "odile", "86070", 3, "habitante de Chauvigny, porteuse de projet"),
    Person("Jérôme Castaing", "jerome", "33063", 3, "habitant de Bordeaux (hors des territoires de la Vienne)"),
    Person("Nadia Berthault", "nadia", "86133", 3, "porteuse de projet, boulangère à Ligugé"),
    Person("Samuel Pinaud", "samuel", "79191", 3, "porteur de projet à Niort"),
    Person("Manon Lacoste", "manon", "32013", 3, "porteuse de projet à Auch"),
    Person("Idir Benali", "idir", "93063", 3, "porteur de projet à Romainville"),
    Person("Lucie Vayssade", "lucie", "46102", 3, "porteuse de projet à Figeac"),
    Person("Hélène Aubry", "helene", "86194", 3, "administratrice", administrator=True),
    Person("Karim Delmas", "karim", "79191", 3, "administrateur", administrator=True),
)

_FIRST_NAMES = (
    "Adèle", "Agathe", "Alban", "Amina", "Anouk", "Armel", "Aurore", "Blanche", "Brice", "Camille", "Cédric", "Chloé",
    "Colette", "Damien", "Denise", "Élodie", "Émile", "Estelle", "Fanny", "Farid", "Gaëlle", "Gaspard", "Germain",
    "Guilhem", "Hortense", "Inès", "Irène", "Jade", "Joël", "Juliette", "Kader", "Lina", "Lison", "Lucien", "Maëlle",
    "Malik", "Margot", "Marius", "Mathilde", "Nolwenn", "Oscar", "Pauline", "Perrine", "Quentin", "Rachid", "Régine",
    "Rose", "Sabine", "Simon", "Solène", "Tanguy", "Théa", "Ursule", "Valentin", "Véra", "Victor", "Yasmine", "Yves",
    "Zacharie", "Zoé",
)  # fmt: skip
_LAST_NAMES = ("Arnaud", "Baudry", "Chevrier", "Doucet", "Épinay", "Fradin", "Guérin", "Hilairet", "Jolivet", "Lucas")


def residents(communes: dict[str, int]) -> Iterator[Person]:
    """Yield as many people as wanted in each commune (INSEE code: number), always the same ones."""
    serial = 0
    for commune, number in sorted(communes.items()):
        for _ in range(number):
            name = f"{_FIRST_NAMES[serial % len(_FIRST_NAMES)]} {_LAST_NAMES[serial // 7 % len(_LAST_NAMES)]}"
            # One in five has only declared an address: pledges of 50 € at most.
            yield Person(name, f"habitant{serial:03d}", commune, 1 if serial % 5 == 0 else 3)
            serial += 1
