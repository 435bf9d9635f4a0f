# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: the senhasegura.mysafe authors
"""The connection options: taken from the task or the environment, and checked before anything is sent."""

from __future__ import annotations

import ast
import typing as t
from pathlib import Path

import pytest

from ansible_collections.senhasegura.mysafe.plugins.module_utils._errors import MySafeError
from ansible_collections.senhasegura.mysafe.plugins.module_utils._http.connection import Connection, argument_spec
from ansible_collections.senhasegura.mysafe.plugins.module_utils._http.environment import VARIABLES, from_environment
from ansible_collections.senhasegura.mysafe.plugins.module_utils._http.options import OPTIONS, Option

CORE = Path(__file__).parents[5] / "plugins" / "module_utils"
URL = "https://vault.example.org"
LOGIN = {"mysafe_client_id": "an-id", "mysafe_client_secret": "s3cr3t"}
TOKEN = {"mysafe_access_token": "t0k3n"}
PEM = "-----BEGIN PRIVATE KEY-----\nTUlJRXZRSUJBREFO\n-----END PRIVATE KEY-----\n"


def connection(**options: t.Any) -> Connection:
    """Return a connection with credentials."""
    return Connection.from_params({"mysafe_url": URL, **LOGIN, **options})


def refusal(options: t.Mapping[str, t.Any]) -> MySafeError:
    """Return the failure of options that cannot be used."""
    with pytest.raises(MySafeError) as failure:
        Connection.from_params(options)
    return failure.value


def parts_in_use() -> set[str]:
    """Return the parts of a connection that the code reads, apart from the checks of the options."""
    return {
        node.attr
        for path in CORE.rglob("*.py")
        if path.name != "connection.py"
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) in ("connection", "self._connection")
    }


@pytest.mark.parametrize("option", OPTIONS, ids=lambda option: option.name)
def test_every_option_is_part_of_the_connection(option: Option, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    others = {"client_cert": str(tmp_path)} if option.name == "client_key" else {}
    values = {"int": 7, "bool": not option.default, "path": str(file), "str": "https://other.example.org"}
    assert connection(**others, **{option.name: values[option.type]}) != connection(**others)


def test_every_part_of_a_connection_is_used() -> None:
    assert set(Connection._fields) - parts_in_use() == set()


@pytest.mark.parametrize(
    ("given", "url"),
    [
        (URL, URL),
        (f"{URL}/", URL),
        (f"{URL}//", URL),
        (f"  {URL}/\r\n", URL),
        (f"{URL}:8443", f"{URL}:8443"),
        (f"{URL}/mysafe/", f"{URL}/mysafe"),
        ("HTTPS://VAULT.example.org", "HTTPS://VAULT.example.org"),
        ("https://10.0.0.1", "https://10.0.0.1"),
        ("https://[2001:db8::1]:8443/", "https://[2001:db8::1]:8443"),
        ("http://localhost:8080", "http://localhost:8080"),
        ("http://127.0.0.1", "http://127.0.0.1"),
        ("http://[::1]:1", "http://[::1]:1"),
    ],
)
@pytest.mark.parametrize(("option", "field"), [("mysafe_url", "url"), ("mysafe_token_url", "token_url")])
def test_white_space_and_trailing_slashes_are_removed_from_a_url(option: str, field: str, given: str, url: str) -> None:
    assert getattr(connection(**{option: given}), field) == url


@pytest.mark.parametrize(
    ("given", "cause"),
    [
        ("vault.example.org", "the address must be a URL such as https://vault.example.org"),
        ("//vault.example.org", "the address must be a URL such as https://vault.example.org"),
        ("ftp://vault.example.org", "the address must be a URL such as https://vault.example.org"),
        ("https://", "the address must be a URL such as https://vault.example.org"),
        ("https:///api", "the address must be a URL such as https://vault.example.org"),
        ("https://vault.example.org /", "the address must be a URL such as https://vault.example.org"),
        ("https://vault.\nexample.org", "the address must be a URL such as https://vault.example.org"),
        ("https://vault.example.org:port", "the address is not a valid URL"),
        ("https://vault.example.org:99999", "the address is not a valid URL"),
        ("https://vault.example.org:0", "no server listens on port 0"),
        ("https://[vault", "the address is not a valid URL"),
        ("https://user@vault.example.org", "the address must not hold a user name or a password"),
        ("https://user:s3cr3t@vault.example.org", "the address must not hold a user name or a password"),
        ("https://:s3cr3t@vault.example.org", "the address must not hold a user name or a password"),
        ("https://@vault.example.org", "the address must not hold a user name or a password"),
        ("https://vault.example.org?token=s3cr3t", "the address must not have a query or a fragment"),
        ("https://vault.example.org/#s3cr3t", "the address must not have a query or a fragment"),
        ("https://vault.example.org?", "the address must not have a query or a fragment"),
        ("https://vault.example.org/#", "the address must not have a query or a fragment"),
        (
            "http://vault.example.org",
            "plain http would send secrets unencrypted: the address must begin with https://",
        ),
        (
            "http://localhost.example.org",
            "plain http would send secrets unencrypted: the address must begin with https://",
        ),
    ],
)
@pytest.mark.parametrize("option", ["mysafe_url", "mysafe_token_url"])
def test_a_bad_url_is_refused_with_the_reason(option: str, given: str, cause: str) -> None:
    error = refusal({"mysafe_url": URL, **LOGIN, option: given})
    assert (error.message, error.cause) == (f"The option {option} cannot be used", cause)


@pytest.mark.parametrize("given", [None, "", "  \n"])
def test_the_url_is_required(given: str | None) -> None:
    assert refusal({"mysafe_url": given, **LOGIN}).cause == "the address of the vault is not set"


@pytest.mark.parametrize("given", [None, "", "  \n"])
def test_the_token_url_is_optional(given: str | None) -> None:
    assert connection(mysafe_token_url=given).token_url == ""


@pytest.mark.parametrize(
    ("option", "field"),
    [
        ("mysafe_client_id", "client_id"),
        ("mysafe_client_secret", "client_secret"),
        ("mysafe_access_token", "access_token"),
        ("mysafe_tenant", "tenant"),
    ],
)
def test_white_space_around_a_value_is_removed(option: str, field: str) -> None:
    """The vendor's own tools do the same, and files written with echo end in a line break."""
    assert getattr(connection(**{option: " value\r\n"}), field) == "value"


def test_a_number_becomes_text() -> None:
    assert connection(mysafe_client_id=12345).client_id == "12345"


@pytest.mark.parametrize(
    "path",
    ["/api", "/api/", "/iso", "/API", "/mysafe/api", "/api/mysafe", "/api/mysafe/secretapi/3", "/iso/oauth2/token"],
)
def test_an_api_path_in_the_base_url_is_refused(path: str) -> None:
    error = refusal({"mysafe_url": URL + path, **LOGIN})
    assert (error.kind, "base URL of the vault" in error.cause) == ("configuration", True)


@pytest.mark.parametrize("path", ["/api/vault", "/apis", "/mysafe", "/isolated"])
def test_any_other_path_in_the_base_url_is_accepted(path: str) -> None:
    assert connection(mysafe_url=URL + path).url == URL + path


def test_an_api_path_in_the_token_url_is_accepted() -> None:
    assert connection(mysafe_token_url=f"{URL}/api/oauth2/token").token_url == f"{URL}/api/oauth2/token"


# Credentials.


def test_an_access_token_is_enough() -> None:
    assert Connection.from_params({"mysafe_url": URL, **TOKEN}).access_token == "t0k3n"


def test_missing_credentials_are_refused() -> None:
    error = refusal(
        {"mysafe_url": URL, "mysafe_client_id": " ", "mysafe_client_secret": "", "mysafe_access_token": None}
    )
    assert error.message == "There is nothing to log in with"
    assert (
        "set SENHASEGURA_CLIENT_ID and SENHASEGURA_CLIENT_SECRET in the environment of the controller" in error.solution
    )


@pytest.mark.parametrize(
    ("given", "missing"),
    [("mysafe_client_id", "mysafe_client_secret"), ("mysafe_client_secret", "mysafe_client_id")],
)
@pytest.mark.parametrize("blank", [None, " "])
def test_half_an_access_key_is_refused(given: str, missing: str, blank: str | None) -> None:
    error = refusal({"mysafe_url": URL, given: "value", missing: blank})
    assert (error.message, error.cause) == (
        f"The option {missing} cannot be used",
        "only one half of the access key is set",
    )


def test_half_an_access_key_next_to_a_token_is_accepted() -> None:
    assert Connection.from_params({"mysafe_url": URL, **TOKEN, "mysafe_client_id": "an-id"}).access_token == "t0k3n"


@pytest.mark.parametrize("token", ["two words", "two\nlines", "t\tab", "tökén", "nu\0l", "del\x7f"])
def test_a_token_that_cannot_be_sent_is_refused(token: str) -> None:
    error = refusal({"mysafe_url": URL, "mysafe_access_token": token})
    assert error.cause == "the token has characters that no bearer token has"


@pytest.mark.parametrize("option", [option.name for option in OPTIONS if option.type in ("str", "path")])
@pytest.mark.parametrize("text", ["s3cr3t\udcff", "\ud83ds3cr3t"], ids=["not UTF-8", "half of a pair"])
def test_invalid_unicode_is_refused_and_not_repeated(option: str, text: str) -> None:
    error = refusal({"mysafe_url": URL, **LOGIN, option: text})
    assert (error.kind, error.message) == ("configuration", f"The option {option} cannot be used")
    assert (error.cause, "s3cr3t" in repr(error)) == ("it holds bytes that are not UTF-8", False)


# Files and numbers.


@pytest.mark.parametrize("option", ["ca_path", "client_cert", "decryption_key"])
def test_a_readable_file_is_accepted(option: str, tmp_path: Path) -> None:
    path = tmp_path / "a.pem"
    path.touch()
    assert getattr(connection(**{option: f" {path}\n"}), option) == str(path)


def test_the_home_directory_and_variables_in_a_path_are_expanded(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "ca").mkdir()
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("CERTIFICATES", "ca")
    assert connection(ca_path="~/$CERTIFICATES").ca_path == str(tmp_path / "ca")


@pytest.mark.parametrize("option", ["ca_path", "client_cert", "client_key", "decryption_key"])
def test_a_missing_file_is_named(option: str, tmp_path: Path) -> None:
    error = refusal({"mysafe_url": URL, **LOGIN, option: str(tmp_path / "no.pem")})
    assert error.cause == f"{tmp_path}/no.pem is not a file or directory that can be read"


def test_a_key_needs_its_certificate(tmp_path: Path) -> None:
    error = refusal({"mysafe_url": URL, **LOGIN, "client_key": str(tmp_path)})
    assert error.cause == "client_key is set, but the certificate that belongs to it is not"


def test_a_key_with_its_certificate_is_accepted(tmp_path: Path) -> None:
    assert connection(client_key=str(tmp_path), client_cert=str(tmp_path)).client_key == str(tmp_path)


@pytest.mark.parametrize("timeout", [0, -1, 86401, 10**12])
def test_a_timeout_out_of_range_is_refused(timeout: int) -> None:
    cause = refusal({"mysafe_url": URL, **LOGIN, "timeout": timeout}).cause
    assert cause == "the timeout must be at least 1 second, and at most a day"


@pytest.mark.parametrize("option", ["ca_path", "client_cert", "client_key", "decryption_key"])
@pytest.mark.parametrize("path", ["/a\0b", "/\udcff\ud800"], ids=["NUL", "half of a pair"])
def test_an_impossible_path_is_refused(option: str, path: str) -> None:
    assert refusal({"mysafe_url": URL, **LOGIN, option: path}).kind == "configuration"


@pytest.mark.parametrize(
    ("option", "text", "value"),
    [("timeout", "7", 7), ("retries", "0", 0), ("validate_certs", "False", False), ("mysafe_token_cache", "yes", True)],
)
def test_a_text_is_converted_as_ansible_does(option: str, text: str, value: t.Any) -> None:
    field = {"mysafe_token_cache": "token_cache"}.get(option, option)
    assert getattr(connection(**{option: text}), field) is value


@pytest.mark.parametrize("option", ["timeout", "retries", "validate_certs", "mysafe_token_cache"])
def test_a_text_that_cannot_be_converted_is_refused_and_not_repeated(option: str) -> None:
    error = refusal({"mysafe_url": URL, **LOGIN, option: "s3cr3t"})
    assert (error.kind, VARIABLES[option] in error.solution, "s3cr3t" in repr(error)) == ("configuration", True, False)


def test_a_negative_number_of_retries_is_refused() -> None:
    assert refusal({"mysafe_url": URL, **LOGIN, "retries": -1}).cause == "the number of retries cannot be negative"


@pytest.mark.parametrize(("option", "value"), [("timeout", 1), ("retries", 0), ("validate_certs", False)])
def test_the_smallest_values_are_accepted(option: str, value: t.Any) -> None:
    assert getattr(connection(**{option: value}), option) == value


def test_the_token_cache_can_be_enabled() -> None:
    assert connection(mysafe_token_cache=True).token_cache is True


def test_an_option_that_is_not_given_has_the_documented_default() -> None:
    assert connection() == Connection(url=URL, client_id="an-id", client_secret="s3cr3t")


@pytest.mark.parametrize("field", ["client_secret", "access_token"])
def test_the_representation_does_not_show_secrets(field: str) -> None:
    secret: dict[str, t.Any] = {field: "s3cr3t"}
    assert "s3cr3t" not in repr(connection()._replace(**secret))


# No value is repeated: a secret that is pasted into the wrong option must not end up in a log.

MISPLACED: dict[str, dict[str, t.Any]] = {
    "a secret as URL": {"mysafe_url": "s3cr3t"},
    "a secret in the URL": {"mysafe_url": "https://s3cr3t@vault.example.org"},
    "a secret in the query": {"mysafe_url": "https://vault.example.org/?s3cr3t"},
    "a secret as port": {"mysafe_url": "https://vault.example.org:s3cr3t"},
    "a secret as IPv6 address": {"mysafe_url": "https://[s3cr3t/"},
    "a secret as token URL": {"mysafe_token_url": "s3cr3t"},
    "a secret as host with http": {"mysafe_token_url": "http://s3cr3t"},
    "two secrets as token": {"mysafe_access_token": "s3cr3t s3cr3t"},
    "a secret without its ID": {"mysafe_client_id": None},
    "a key in place of its file": {"client_key": PEM.replace("TUlJRXZRSUJBREFO", "s3cr3t")},
    "a key on one line": {"client_key": PEM.replace("TUlJRXZRSUJBREFO", "s3cr3t").replace("\n", " ")},
    "a certificate and key in place of their file": {"client_cert": PEM.replace("TUlJRXZRSUJBREFO", "s3cr3t")},
    "the inside of a key": {"client_key": "TUlJRXZRSUJBREFO\ns3cr3t"},
    "the inside of a key on one line": {"decryption_key": "TUlJRXZRSUJBREFO" * 100 + "s3cr3t"},
    "a decryption key in place of its file": {"decryption_key": PEM.replace("TUlJRXZRSUJBREFO", "s3cr3t")},
}


@pytest.mark.parametrize("options", MISPLACED.values(), ids=MISPLACED)
def test_a_misplaced_secret_is_not_repeated(options: dict[str, t.Any]) -> None:
    error = refusal({"mysafe_url": URL, **LOGIN, **options})
    assert "s3cr3t" not in str(error) + repr(error) + str(error.details())


@pytest.mark.parametrize("options", MISPLACED.values(), ids=MISPLACED)
def test_a_misplaced_secret_is_not_in_the_underlying_exception(options: dict[str, t.Any]) -> None:
    error = refusal({"mysafe_url": URL, **LOGIN, **options})
    assert error.__cause__ is None
    assert error.__suppress_context__ or error.__context__ is None


@pytest.mark.parametrize("options", MISPLACED.values(), ids=MISPLACED)
def test_a_refusal_names_the_environment_variable_too(options: dict[str, t.Any]) -> None:
    error = refusal({"mysafe_url": URL, **LOGIN, **options})
    assert (error.kind, VARIABLES[next(iter(options))] in error.solution) == ("configuration", True)


# The environment.


def test_every_option_has_its_variable() -> None:
    fallbacks = {option: spec["fallback"] for option, spec in argument_spec().items()}
    assert fallbacks == {option: (from_environment, [variable]) for option, variable in VARIABLES.items()}


# Which connections can share a session or a token.

OTHERS: dict[str, t.Any] = {
    field: not value if isinstance(value, bool) else (1 if isinstance(value, int) else "other")
    for field, value in connection()._asdict().items()
}


@pytest.mark.parametrize("field", OTHERS)
def test_connections_that_differ_in_one_option_are_not_shared(field: str) -> None:
    assert connection()._replace(**{field: OTHERS[field]}).fingerprint != connection().fingerprint


def test_connections_with_the_same_options_can_be_shared() -> None:
    assert connection().fingerprint == connection().fingerprint


def test_a_fingerprint_does_not_show_the_secret() -> None:
    assert "s3cr3t" not in connection().fingerprint
