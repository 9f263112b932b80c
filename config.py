"""Settings: the only place that reads the environment."""

import base64
import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent
DEFAULT_PORT = 8000
_SIGNING = "signing_secret"
_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


class ConfigurationError(Exception):
    """The environment asks for something this program must not or cannot do; the message says what to change."""


@dataclass(frozen=True)
class Config:
    """What differs between two installations. Secrets never show in a repr.

    stripe_secret_key: None means the embedded sandbox at ``stripe_api_base``. stripe_rate: requests a second that the
    provider takes, 25 by default at Stripe. page_seconds: for how long pages that are the same for every visitor may be
    kept, 0 for never. tax_table: dated rates of the tax on interest, as `taxes.toml`.
    """

    database_url: str
    secret_key: str
    site_url: str
    port: int
    var: Path
    stripe_secret_key: str | None
    stripe_webhook_secret: str | None
    stripe_api_base: str | None
    trusted_proxies: int = 0
    smtp_url: str | None = None
    stripe_rate: float = 25.0
    tax_table: Path = ROOT / "taxes.toml"
    page_seconds: int = 0
    proof_keys: Mapping[int, bytes] = field(default_factory=dict)
    proof_pepper: bytes = b""

    def __repr__(self) -> str:
        return f"Config(site_url={self.site_url!r}, port={self.port}, demonstration={self.demonstration})"

    @property
    def demonstration(self) -> bool:
        """Whether the embedded sandbox is used: only then the clock has a page."""
        return self.stripe_secret_key is None

    @property
    def mailbox(self) -> bool:
        """Whether mails are read on a page instead of being sent: on this machine only, since they carry links."""
        return self.smtp_url is None and urlsplit(self.site_url).hostname in _LOOPBACK

    @property
    def attestation_keys(self) -> Path:
        """The folder of the keys that sign attestations; see `core.signing`."""
        return self.var / "attestation"

    @property
    def signing_secret_file(self) -> Path:
        """Where the embedded sandbox's secret for signing events is kept, once it is known."""
        return self.var / _SIGNING

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> "Config":
        """Read the settings.

        Raises ConfigurationError: live Stripe keys, a key of an unknown kind, a number that is none.
        """
        port = _port(environ.get("PORT", str(DEFAULT_PORT)))
        # Two copies in one checkout keep two sets of data.
        folder = ROOT / "var" if port == DEFAULT_PORT else ROOT / "var" / str(port)
        var = Path(environ.get("VAR_DIR", folder)).resolve()
        key = environ.get("STRIPE_SECRET_KEY") or None
        refuse_live_key(key)
        return cls(
            database_url=environ.get("DATABASE_URL", ""),
            secret_key=environ.get("SECRET_KEY") or _kept_secret(var / "secret_key"),
            site_url=environ.get("SITE_URL", f"http://127.0.0.1:{port}").rstrip("/"),
            port=port,
            var=var,
            stripe_secret_key=key,
            stripe_webhook_secret=environ.get("STRIPE_WEBHOOK_SECRET") or (None if key else _read(var / _SIGNING)),
            stripe_api_base=None if key else environ.get("STRIPE_API_BASE", f"http://127.0.0.1:{port + 1}"),
            trusted_proxies=_proxies(environ.get("TRUSTED_PROXIES") or "0"),
            smtp_url=_smtp(environ.get("SMTP_URL")),
            stripe_rate=_rate(environ.get("STRIPE_RATE") or "25"),
            tax_table=Path(environ.get("TAX_TABLE", ROOT / "taxes.toml")),
            page_seconds=_seconds(environ.get("PAGE_SECONDS") or "10"),
            proof_keys=_keys(environ.get("PROOF_KEYS") or f"1:{_kept_secret(var / 'proof_key', _key)}"),
            proof_pepper=(environ.get("PROOF_PEPPER") or _kept_secret(var / "proof_pepper")).encode(),
        )


def refuse_live_key(key: str | None) -> None:
    """Let only Stripe test keys pass.

    Raises ConfigurationError: this program records pledges on Stripe's test mode. Real investment services need an
    authorisation (regulation (EU) 2020/1503) and Stripe's prior approval.
    """
    if key is None or key.startswith(("sk_test_", "rk_test_")):
        return
    if key.startswith(("sk_live_", "rk_live_")):
        raise ConfigurationError(
            "STRIPE_SECRET_KEY est une clé réelle (live) : Mitoyen ne fonctionne qu’en mode test. "
            "STRIPE_SECRET_KEY is a live key: Mitoyen only runs in test mode. Use sk_test_… or unset it."
        )
    raise ConfigurationError("STRIPE_SECRET_KEY: expected sk_test_… or rk_test_…, or nothing for the embedded sandbox.")


def _smtp(url: str | None) -> str | None:
    if url and urlsplit(url).scheme not in {"smtp", "smtps"}:
        raise ConfigurationError("SMTP_URL: expected smtp://user:password@host:587 or smtps://user:password@host:465.")
    return url or None


def _keys(text: str) -> dict[int, bytes]:
    """Read "2:base64,1:base64", 32 bytes each; the greatest number seals, the others only open."""
    keys = {}
    for part in text.split(","):
        number, _colon, written = part.strip().partition(":")
        try:
            key = base64.b64decode(written, validate=True)
        except ValueError:
            key = b""
        if not number.isdecimal() or len(key) != 32:
            raise ConfigurationError("PROOF_KEYS: expected 2:key,1:key, each key 32 bytes in base 64.")
        keys[int(number)] = key
    return keys


def _key() -> str:
    return base64.b64encode(secrets.token_bytes(32)).decode()


def _secret() -> str:
    return secrets.token_urlsafe(48)


def _port(text: str) -> int:
    if not text.isdecimal() or not 1024 <= int(text) <= 65534:
        raise ConfigurationError(f"PORT: expected a number from 1024 to 65534, not {text!r}.")
    return int(text)


def _rate(text: str) -> float:
    if not text.isdecimal() or not 1 <= int(text) <= 10_000:
        raise ConfigurationError(f"STRIPE_RATE: expected how many requests a second Stripe takes, not {text!r}.")
    return float(text)


def _proxies(text: str) -> int:
    if not text.isdecimal() or int(text) > 9:
        raise ConfigurationError(f"TRUSTED_PROXIES: expected how many proxies are in front, 0 to 9, not {text!r}.")
    return int(text)


def _seconds(text: str) -> int:
    if not text.isdecimal() or int(text) > 3600:
        raise ConfigurationError(f"PAGE_SECONDS: expected seconds, 0 to 3600, not {text!r}.")
    return int(text)


def _read(path: Path) -> str | None:
    return path.read_text().strip() if path.exists() else None


def _kept_secret(path: Path, make: Callable[[], str] = _secret) -> str:
    """Return a secret of this installation, made once: what it signed or encrypted outlives a restart."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(f".{os.getpid()}")
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:  # noqa: PTH123
            file.write(make())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass  # a neighbour was faster: its secret is the one
        finally:
            draft.unlink()
    return path.read_text().strip()


def child_environment(**changes: str) -> dict[str, str]:
    """Return the environment of a program that this one starts: its own, with changes."""
    return {**os.environ, **changes}
