"""Logging in with a certificate (Anaplan reference, "Certificates").

The signature is verified for real, against the certificates that are registered with the users.
"""

from __future__ import annotations

import base64
import binascii
import json
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256, SHA512
from cryptography.x509 import Certificate, load_der_x509_certificate, load_pem_x509_certificate

if TYPE_CHECKING:
    from syspro_sandbox.anaplan.options import User
    from syspro_sandbox.anaplan.tenant import Tenant

PEM_START = b"-----BEGIN"
LEAST_BYTES = 100
TIME_BYTES = 8
V1, V2 = "v1", "v2"


class MalformedHeaderError(Exception):
    """A header that holds no certificate."""


class MalformedMessageError(Exception):
    """A body without a message, or of a form that is not known."""


class RefusedCertificateError(Exception):
    """A certificate or signature that proves nothing."""


def find_certificate_user(tenant: Tenant, credentials: str, body: bytes) -> User:
    """The user whose certificate signed the message.

    Raises:
        MalformedHeaderError: When the header holds no certificate.
        MalformedMessageError: When the body is not as it has to be.
        RefusedCertificateError: When certificate, message or signature do not prove who it is.
    """
    certificate = _read_certificate(credentials)
    message, signature, form = _read_message(body)
    _check_message(tenant, message, form)
    now = tenant.now
    if not certificate.not_valid_before_utc.timestamp() <= now < certificate.not_valid_after_utc.timestamp():
        raise RefusedCertificateError
    key = certificate.public_key()
    if not isinstance(key, RSAPublicKey):
        raise RefusedCertificateError
    try:
        key.verify(signature, message, PKCS1v15(), SHA512())
    except InvalidSignature:
        raise RefusedCertificateError from None
    fingerprint = certificate.fingerprint(SHA256())
    for user in tenant.options.users:
        known = (load_pem_x509_certificate(text.encode()) for text in user.certificates)
        if fingerprint in {one.fingerprint(SHA256()) for one in known}:
            return user
    raise RefusedCertificateError


def _read_certificate(credentials: str) -> Certificate:
    """The certificate of the header: base64 of the PEM text, or of the DER bytes."""
    try:
        content = base64.b64decode(credentials, validate=True)
        if content.lstrip().startswith(PEM_START):
            return load_pem_x509_certificate(content)
        return load_der_x509_certificate(content)
    except (binascii.Error, ValueError):
        raise MalformedHeaderError from None


def _read_message(body: bytes) -> tuple[bytes, bytes, str]:
    """The message, its signature, and the form of the message."""
    try:
        fields = json.loads(body)
        message, signature = (
            base64.b64decode(fields[name], validate=True) for name in ("encodedData", "encodedSignedData")
        )
    except (ValueError, LookupError, TypeError):
        raise MalformedMessageError from None
    form = fields.get("encodedDataFormat", V1)
    if form not in {V1, V2} or len(message) < LEAST_BYTES:
        raise MalformedMessageError
    return message, signature, form


def _check_message(tenant: Tenant, message: bytes, form: str) -> None:
    """Refuse old forms where the switch says so, and messages of another time."""
    options = tenant.options
    if form == V1:
        if options.strict_v2:
            raise RefusedCertificateError
        return
    signed_at = int.from_bytes(message[:TIME_BYTES], "big")
    if len(message) != LEAST_BYTES or abs(signed_at - tenant.now) > options.certificate_skew_seconds:
        raise RefusedCertificateError
