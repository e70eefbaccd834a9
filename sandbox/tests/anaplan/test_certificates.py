"""Logging in with a certificate (Anaplan reference, "Certificates")."""

import base64
import os
from dataclasses import replace
from datetime import datetime, timedelta, timezone

import anaplan_sdk
import httpx2
import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID
from syspro_sandbox.anaplan.model.demo import DEMO_MODEL
from syspro_sandbox.anaplan.options import LOADER

DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def key():
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture
def certificate(key, clock):
    return make(key, datetime.fromtimestamp(clock.now, timezone.utc))


@pytest.fixture
def registered(sandbox, certificate):
    sandbox.configure(users=(replace(LOADER, certificates=(pem(certificate).decode(),)),))


def make(key, now):
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, LOADER.email)])
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - DAY)
        .not_valid_after(now + DAY)
        .sign(key, hashes.SHA256())
    )


def pem(certificate):
    return certificate.public_bytes(serialization.Encoding.PEM)


def der(certificate):
    return certificate.public_bytes(serialization.Encoding.DER)


def log_in(base, header, message, key, **fields):
    signature = key.sign(message, padding.PKCS1v15(), hashes.SHA512())
    return requests.post(
        f"{base}/token/authenticate",
        headers={"Authorization": f"CACertificate {base64.b64encode(header).decode()}"},
        json={
            "encodedData": base64.b64encode(message).decode(),
            "encodedSignedData": base64.b64encode(signature).decode(),
            **fields,
        },
        timeout=10,
    )


def v2(seconds):
    return int(seconds).to_bytes(8, "big") + os.urandom(92)


@pytest.mark.usefixtures("registered")
@pytest.mark.parametrize("form", [pem, der])
def test_both_forms_of_the_header_and_both_messages_are_taken(base, certificate, key, clock, form):
    answer = log_in(base, form(certificate), os.urandom(150), key)
    assert (answer.status_code, answer.json()["statusMessage"]) == (201, "Login successful")
    answer = log_in(base, form(certificate), v2(clock.now), key, encodedDataFormat="v2")
    assert answer.status_code == 201
    token = answer.json()["tokenInfo"]["tokenValue"]
    me = requests.get(
        f"{base}/2/0/users/me", headers={"Authorization": f"AnaplanAuthToken {token}"}, timeout=10
    )
    assert me.json()["user"]["email"] == LOADER.email


@pytest.mark.usefixtures("registered")
def test_v1_is_refused_where_the_switch_says_so(base, certificate, key, clock, sandbox):
    sandbox.configure(strict_v2=True)
    assert log_in(base, pem(certificate), os.urandom(150), key).status_code == 401
    answer = log_in(base, pem(certificate), v2(clock.now), key, encodedDataFormat="v2")
    assert answer.status_code == 201


@pytest.mark.usefixtures("registered")
@pytest.mark.parametrize(("off", "status"), [(-299, 201), (299, 201), (-301, 401), (301, 401)])
def test_v2_is_signed_now(base, certificate, key, clock, off, status):
    answer = log_in(base, pem(certificate), v2(clock.now + off), key, encodedDataFormat="v2")
    assert answer.status_code == status


@pytest.mark.usefixtures("registered")
def test_v2_counts_seconds_not_milliseconds(base, certificate, key, clock):
    answer = log_in(base, pem(certificate), v2(clock.now * 1000), key, encodedDataFormat="v2")
    assert (answer.status_code, answer.json()["status"]) == (401, "FAILURE_BAD_CREDENTIAL")


@pytest.mark.usefixtures("registered")
def test_the_signature_has_to_be_of_the_certificates_key(base, certificate, clock):
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    answer = log_in(base, pem(certificate), v2(clock.now), other, encodedDataFormat="v2")
    assert (answer.status_code, answer.json()["status"]) == (401, "FAILURE_BAD_CREDENTIAL")


@pytest.mark.usefixtures("registered")
def test_malformed_logins_are_400(base, certificate, key):
    assert log_in(base, b"no certificate", os.urandom(150), key).json()["status"] == "FAILURE_BAD_HEADER"
    short = log_in(base, pem(certificate), os.urandom(99), key)
    assert (short.status_code, short.json()["status"]) == (400, "FAILURE_BAD_REQUEST")
    assert log_in(base, pem(certificate), os.urandom(150), key, encodedDataFormat="v3").status_code == 400
    header = {"Authorization": f"CACertificate {base64.b64encode(der(certificate)).decode()}"}
    assert requests.post(f"{base}/token/authenticate", headers=header, timeout=10).status_code == 400


def test_a_certificate_has_to_be_registered_and_valid(base, certificate, key, clock, sandbox):
    assert log_in(base, pem(certificate), os.urandom(150), key).status_code == 401
    sandbox.configure(users=(replace(LOADER, certificates=(pem(certificate).decode(),)),))
    assert log_in(base, pem(certificate), os.urandom(150), key).status_code == 201
    clock.advance(2 * DAY.total_seconds())
    assert log_in(base, pem(certificate), os.urandom(150), key).status_code == 401


@pytest.mark.server
@pytest.mark.usefixtures("registered")
def test_anaplan_sdk_logs_in_with_it(base, certificate, key, monkeypatch):
    send = httpx2.HTTPTransport.handle_request
    target = httpx2.URL(base)

    def handle(transport, request):
        request.url = request.url.copy_with(scheme="http", host=target.host, port=target.port)
        request.headers["Host"] = f"{target.host}:{target.port}"
        return send(transport, request)

    monkeypatch.setattr(httpx2.HTTPTransport, "handle_request", handle)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    client = anaplan_sdk.Client(
        DEMO_MODEL.workspace_id, DEMO_MODEL.id, certificate=pem(certificate), private_key=private
    )
    assert client.get_workspace().name == "SYSPRO Sandbox"
    client._http._client.close()
