"""Grafana's settings, as variables, and its ldap.toml."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.model.grafana_server import Ldap, OAuth
from monitoring_as_code.model.long_term import Mimir
from monitoring_as_code.model.security import web_password_file
from monitoring_as_code.model.topology import GLOBAL, GRAFANA, PROMETHEUS, web_of
from monitoring_as_code.targets.compose.secrets import Secret, distinct
from monitoring_as_code.targets.compose.values import variable
from monitoring_as_code.targets.flags import own_page

if TYPE_CHECKING:
    from monitoring_as_code.model.stack import Stack

ADMIN_PASSWORD = "/run/secrets/grafana_password"  # noqa: S105 - a path
SECRET_KEY = "/run/secrets/grafana_secret_key"  # noqa: S105 - a path
# Where Grafanas gossip unless they are told otherwise, as Alertmanagers do.
_GOSSIP_PORT = 9094
LDAP_FILE = "/etc/mac/grafana/ldap.toml"


def root_url(stack: Stack) -> str | None:
    """Where people find Grafana, if that is said: in production by its access point as well, behind a proxy that is not the stack's."""
    if stack.grafana_url is not None:
        return stack.grafana_url
    if stack.proxy is not None:
        return f"https://{stack.proxy.domain}"
    found = own_page(stack, GRAFANA) if stack.production else ""
    return found if found.startswith("https:") else None


def secrets(stack: Stack) -> tuple[Secret, ...]:
    """The files that Grafana reads."""
    return distinct(_secrets(stack))


def _secrets(stack: Stack) -> Iterator[Secret]:
    server = stack.grafana
    yield Secret(ADMIN_PASSWORD, "refuse", f"the password of Grafana's {server.admin_user}, twelve characters at least")
    if keeps_key(stack):
        yield Secret(SECRET_KEY, "refuse", "the key that Grafana encrypts passwords with in its database; `openssl rand -hex 32` makes one")
    database, auth = server.database, server.auth
    if database is not None:
        yield Secret(database.password_file, "refuse", f"the password of {database.user} at Grafana's database", file_only=database.own)
        if database.ca_file is not None:
            yield Secret(database.ca_file, "refuse", "who signed the certificate of Grafana's database", file_only=True)
    if isinstance(auth, OAuth):
        yield Secret(auth.client_secret_file, "refuse", f"the secret by which {auth.provider} knows Grafana")
    if isinstance(auth, Ldap):
        yield Secret(auth.bind_password_file, "refuse", f"the password of {auth.bind_dn} at {auth.host}")
        if auth.root_ca_cert is not None:
            yield Secret(auth.root_ca_cert, "refuse", f"who signed the certificate of {auth.host}", file_only=True)
    yield from _of_sources(stack)


def _of_sources(stack: Stack) -> Iterator[Secret]:
    for service in (PROMETHEUS, GLOBAL):
        web = web_of(stack, service)
        if web is not None and web.users:
            yield Secret(web_password_file(service), "refuse", f"the password of {web.users[0]} at {service}")
        if web is not None and web.ca_file is not None:
            yield Secret(web.ca_file, "refuse", f"who signed the certificate of {service}", file_only=True)
    mimir = stack.long_term
    if isinstance(mimir, Mimir):
        if mimir.password_file is not None:
            yield Secret(mimir.password_file, "refuse", f"the password of {mimir.username} at Mimir")
        if mimir.ca_file is not None:
            yield Secret(mimir.ca_file, "refuse", "who signed the certificate of Mimir", file_only=True)


def keeps_key(stack: Stack) -> bool:
    """Whether Grafana's database is worth a key of its own: the one that everybody has by default encrypts nothing."""
    return stack.production or stack.grafana.database is not None


def admin_user(stack: Stack) -> str:
    """Who may always log in: the declared one, or another one from `.env`, if Compose can hold the name between its braces."""
    name = stack.grafana.admin_user
    return variable(("GRAFANA_USER",), name) if name.translate(dict.fromkeys(map(ord, ".-_@"))).isalnum() else name


def environment(stack: Stack, port: int) -> dict[str, str]:
    """Grafana's settings. A secret is read by `$__file{}`: what is in the file is taken as it is, and stands in no variable."""
    return {f"GF_{name}": value for name, value in _settings(stack, port) if value != ""}


def _settings(stack: Stack, port: int) -> Iterator[tuple[str, str]]:
    server = stack.grafana
    url = root_url(stack)
    yield "SERVER_HTTP_PORT", "" if port == 3000 else str(port)
    yield "SERVER_ROOT_URL", "" if url is None else url.rstrip("/") + "/"
    yield "SECURITY_ADMIN_USER", admin_user(stack)
    yield "SECURITY_ADMIN_PASSWORD", _file(ADMIN_PASSWORD)
    if keeps_key(stack):
        yield "SECURITY_SECRET_KEY", _file(SECRET_KEY)
    if url is not None and url.lower().startswith("https:"):
        yield "SECURITY_COOKIE_SECURE", "true"
        yield "SECURITY_STRICT_TRANSPORT_SECURITY", "true"
    yield "SECURITY_DISABLE_GRAVATAR", "true"
    yield "USERS_ALLOW_SIGN_UP", "false"
    yield "AUTH_ANONYMOUS_ENABLED", "false"
    # Nothing is fetched at start, and nothing is told to anybody.
    yield "ANALYTICS_REPORTING_ENABLED", "false"
    yield "ANALYTICS_CHECK_FOR_UPDATES", "false"
    yield "ANALYTICS_CHECK_FOR_PLUGIN_UPDATES", "false"
    yield "PLUGINS_PREINSTALL_DISABLED", "true"
    yield "LOG_MODE", "console"
    yield from _database(stack)
    if server.replicas > 1:
        # Each evaluates the alerts that people make in Grafana; so that one alone tells of them, they say to each other what they have told.
        yield "UNIFIED_ALERTING_HA_PEERS", ",".join(f"{name}:{_GOSSIP_PORT}" for name in server.names)
    if isinstance(server.auth, OAuth):
        yield from _oauth(server.auth)
    if isinstance(server.auth, Ldap):
        yield "AUTH_LDAP_ENABLED", "true"
        yield "AUTH_LDAP_CONFIG_FILE", LDAP_FILE
        yield "AUTH_LDAP_ALLOW_SIGN_UP", _word(server.auth.allow_sign_up)


def _database(stack: Stack) -> Iterator[tuple[str, str]]:
    database = stack.grafana.database
    if database is not None:
        yield "DATABASE_TYPE", "postgres"
        yield "DATABASE_HOST", database.host
        yield "DATABASE_NAME", database.name
        yield "DATABASE_USER", database.user
        yield "DATABASE_PASSWORD", _file(database.password_file)
        yield "DATABASE_SSL_MODE", database.ssl_mode or "disable"
        yield "DATABASE_CA_CERT_PATH", database.ca_file or ""


def _oauth(auth: OAuth) -> Iterator[tuple[str, str]]:
    settings = {
        "ENABLED": "true",
        "NAME": auth.name or "",
        "CLIENT_ID": auth.client_id,
        "SCOPES": " ".join(auth.scopes),
        "AUTH_URL": auth.auth_url or "",
        "TOKEN_URL": auth.token_url or "",
        "API_URL": auth.api_url or "",
        "ALLOWED_DOMAINS": " ".join(auth.allowed_domains),
        "ALLOWED_ORGANIZATIONS": " ".join(auth.allowed_organizations),
        "ROLE_ATTRIBUTE_PATH": auth.role_attribute_path or "",
        "ROLE_ATTRIBUTE_STRICT": _word(auth.role_attribute_strict),
        "ALLOW_SIGN_UP": _word(auth.allow_sign_up),
        "USE_PKCE": _word(auth.use_pkce),
    }
    for name, value in settings.items():
        yield f"AUTH_{auth.provider.upper()}_{name}", value
    yield f"AUTH_{auth.provider.upper()}_CLIENT_SECRET", _file(auth.client_secret_file)
    if auth.disable_login_form:
        yield "AUTH_DISABLE_LOGIN_FORM", "true"


def _file(path: str) -> str:
    return f"$__file{{{path}}}"


def _word(flag: bool) -> str:
    return "true" if flag else "false"


def ldap_toml(ldap: Ldap) -> str:
    """Grafana's ldap.toml; it replaces `$__file{}` and `${}` in it, too."""
    lines = [
        "[[servers]]",
        f"host = {_toml(ldap.host)}",
        f"port = {ldap.port}",
        f"use_ssl = {_word(ldap.use_ssl)}",
        f"start_tls = {_word(ldap.start_tls)}",
        "min_tls_version = 'TLS1.2'",
        "ssl_skip_verify = false",
    ]
    if ldap.root_ca_cert is not None:
        lines.append(f"root_ca_cert = {_toml(ldap.root_ca_cert)}")
    lines += [
        f"bind_dn = {_toml(ldap.bind_dn)}",
        f"bind_password = {_toml(_file(ldap.bind_password_file))}",
        f"search_filter = {_toml(ldap.search_filter)}",
        f"search_base_dns = [{', '.join(map(_toml, ldap.search_base_dns))}]",
    ]
    if ldap.group_search_filter:
        lines.append(f"group_search_filter = {_toml(ldap.group_search_filter)}")
        lines.append(f"group_search_base_dns = [{', '.join(map(_toml, ldap.group_search_base_dns))}]")
    found = re.search(r"\(([A-Za-z]+)=%s\)", ldap.search_filter)
    # What people log in with: `uid` in most directories, `sAMAccountName` in Active Directory.
    username = found.group(1) if found else "uid"
    lines += ["", "[servers.attributes]", f"username = '{username}'", "member_of = 'memberOf'", "email = 'mail'"]
    lines += ["name = 'givenName'", "surname = 'sn'"]
    for group in ldap.group_mappings:
        lines += ["", "[[servers.group_mappings]]", f"group_dn = {_toml(group.group_dn)}", f"org_role = '{group.org_role}'"]
        if group.grafana_admin:
            lines.append("grafana_admin = true")
    return "\n".join((*lines, ""))


def _toml(text: str) -> str:
    """A basic string of TOML."""
    found = []
    for each in text:
        if each in '\\"':
            found.append(f"\\{each}")
        elif each < " " or each == "\x7f":
            found.append(f"\\u{ord(each):04X}")
        else:
            found.append(each)
    return f'"{"".join(found)}"'
