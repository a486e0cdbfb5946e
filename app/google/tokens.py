"""The OAuth desk: service accounts and their keys, signed requests for a token, and the tokens given out."""

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
GOOGLES_OWN = "https://oauth2.googleapis.com/token"
"""What google-auth names as the audience, whatever address its key file sends it to."""
SHEETS_SCOPE = "https://www.googleapis.com/auth/spreadsheets"
TOKEN_LIFE_S = 3600
_CLOCK_SKEW_S = 300
_KEY_BITS = 2048


class TokenRefusedError(Exception):
    """A token was asked for in a way that does not prove who asks; args are OAuth's error and a sentence."""


@dataclass(slots=True)
class TokenDesk:
    """Gives out tokens for what a known key has signed. `now` is seconds since 1970."""

    now: Callable[[], float]
    new_token: Callable[[], str]
    public_keys: dict[str, str] = field(default_factory=dict)
    life_s: float = TOKEN_LIFE_S
    _valid: dict[str, tuple[str, float]] = field(default_factory=dict)

    def open_account(self, email: str, token_uri: str) -> dict[str, str]:
        """Make a service account with a fresh key; return what Google's key file holds."""
        key = rsa.generate_private_key(public_exponent=65537, key_size=_KEY_BITS)
        encoding, form = serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        self.public_keys[email] = key.public_key().public_bytes(encoding, form).decode()
        private = key.private_bytes(
            encoding, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ).decode()
        return {
            "type": "service_account",
            "project_id": "paper",
            "private_key_id": "paper",
            "private_key": private,
            "client_email": email,
            "client_id": "0",
            "token_uri": token_uri,
        }

    def grant(self, grant_type: str, assertion: str, audience: str) -> dict[str, Any]:
        """Return a token for a signed assertion; TokenRefusedError where it does not hold."""
        if grant_type != GRANT:
            raise TokenRefusedError("unsupported_grant_type", "Only signed assertions are taken.")
        claims = self._verified(assertion)
        if claims.get("aud") not in {audience, GOOGLES_OWN}:
            raise TokenRefusedError("invalid_grant", "Invalid JWT: aud is not this endpoint.")
        issued, expires, now = claims.get("iat", 0), claims.get("exp", 0), self.now()
        if not issued - _CLOCK_SKEW_S <= now <= expires:
            text = (
                "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe."
            )
            raise TokenRefusedError("invalid_grant", text)
        if SHEETS_SCOPE not in str(claims.get("scope", "")).split():
            raise TokenRefusedError("invalid_scope", f"Only {SHEETS_SCOPE} is served.")
        token = self.new_token()
        self._valid[token] = (str(claims["iss"]), now + self.life_s)
        return {"access_token": token, "expires_in": int(self.life_s), "token_type": "Bearer"}

    def owner_of(self, authorization: str | None) -> str | None:
        """Return whose token an Authorization header carries, or None for one that does not count."""
        scheme, _, token = (authorization or "").partition(" ")
        email, until = self._valid.get(token, ("", 0.0))
        is_good = scheme == "Bearer" and email in self.public_keys and self.now() < until
        return email if is_good else None

    def expire_all(self) -> None:
        """Let every token given out so far count no longer."""
        self._valid.clear()

    def revoke(self, email: str) -> None:
        """Delete an account's key: neither its tokens nor its signature count any more."""
        self.public_keys.pop(email, None)

    def _verified(self, assertion: str) -> dict[str, Any]:
        """Return the claims of a JWT that a known key has signed with RS256."""
        try:
            head, body, signature = assertion.split(".")
            header, claims = json.loads(_decoded(head)), json.loads(_decoded(body))
            key = self.public_keys[claims["iss"]]
        except KeyError as e:
            raise TokenRefusedError("invalid_grant", "Invalid grant: account not found") from e
        except (ValueError, TypeError) as e:
            raise TokenRefusedError("invalid_grant", "Invalid JWT: it cannot be read.") from e
        if header.get("alg") != "RS256":
            raise TokenRefusedError("invalid_grant", "Invalid JWT: only RS256 is taken.")
        public = serialization.load_pem_public_key(key.encode())
        assert isinstance(public, rsa.RSAPublicKey)  # noqa: S101 - we made it so
        try:
            signed = f"{head}.{body}".encode()
            public.verify(_decoded(signature), signed, padding.PKCS1v15(), hashes.SHA256())
        except InvalidSignature as e:
            raise TokenRefusedError("invalid_grant", "Invalid JWT Signature.") from e
        return dict(claims)


def _decoded(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
