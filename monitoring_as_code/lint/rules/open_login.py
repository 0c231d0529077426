from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.rule import ERROR, Finding, rule
from monitoring_as_code.origin import Place

if TYPE_CHECKING:
    from monitoring_as_code.lint.reading import Reading
    from monitoring_as_code.model.grafana_server import Ldap, OAuth

# Where everybody has an account, or can have one.
_PUBLIC = {
    "google": ("google.com", "googleapis.com"),
    "github": ("github.com",),
    "gitlab": ("gitlab.com",),
    "azuread": ("login.microsoftonline.com/common", "login.microsoftonline.com/organizations", "login.microsoftonline.com/consumers"),
}
_NAMES = {"google": "Google", "github": "GitHub", "gitlab": "GitLab", "azuread": "Microsoft"}


@rule(ERROR, definitions_only=True)
def open_login(reading: Reading) -> Iterator[Finding]:
    """Everybody in the world may log in to the Grafana of a stack for production, or everybody in a directory is its administrator.

    Whoever has an account at Google, GitHub, GitLab or Microsoft is let in by `OAuth`, and gets an account of Grafana at once, unless something says
    who is meant: `allowed_domains`, `allowed_organizations`, or a `role_attribute_path` with `role_attribute_strict`, which refuses
    those who get no role. `allow_sign_up=False` lets those alone in whom somebody has invited. A service of your own, such as
    `generic_oauth`, knows whom it lets in.

    BAD:

        stack = Stack(
            name="shop",
            production=True,
            jobs=(ScrapeJob(name="shop", targets=("shop:80",)),),
            alertmanagers=("alertmanager:9093",),
            grafana=GrafanaServer(auth=OAuth(provider="github", client_id="shop")),
        )

    GOOD:

        stack = Stack(
            name="shop",
            production=True,
            jobs=(ScrapeJob(name="shop", targets=("shop:80",)),),
            alertmanagers=("alertmanager:9093",),
            grafana=GrafanaServer(auth=OAuth(provider="github", client_id="shop", allowed_organizations=("shop",))),
        )
    """
    stack = reading.analysis.stack
    if stack is None or not stack.production or stack.grafana.auth is None:
        return
    from monitoring_as_code.model.grafana_server import OAuth

    auth = stack.grafana.auth
    yield from _of_the_world(auth) if isinstance(auth, OAuth) else _of_the_directory(auth)


def _of_the_world(auth: OAuth) -> Iterator[Finding]:
    if auth.allowed_domains or auth.allowed_organizations or not auth.allow_sign_up or not _is_public(auth):
        return
    path = auth.role_attribute_path
    constant = path is not None and len(path) > 1 and path[0] == path[-1] and path[0] in "'`\"" and path[0] not in path[1:-1]
    if path is not None and not constant and auth.role_attribute_strict:
        return
    role = path[1:-1].strip('"') if constant and path is not None else "Viewer"
    message = f"everybody who has an account at {_NAMES[auth.provider]} may log in to Grafana" + (
        f", as {role}" if path is None or constant else ""
    )
    limits = "`allowed_organizations` or `allowed_domains`" if auth.provider == "github" else "`allowed_domains`"
    yield Finding(message, Place(auth.origin, ("provider",)), f"say who is meant: {limits}, or `allow_sign_up=False`")


def _is_public(auth: OAuth) -> bool:
    """Whether the accounts are those of the public service, and not of one's own GitLab or tenant."""
    public = _PUBLIC.get(auth.provider, ())
    said = [url.lower().partition("://")[2] for url in (auth.auth_url, auth.token_url, auth.api_url) if url is not None]
    if auth.provider == "azuread":
        return any(url.startswith(public) for url in said)
    hosts = [url.partition("/")[0].partition(":")[0] for url in said]
    return bool(public) and all(any(host == own or host.endswith(f".{own}") for own in public) for host in hosts)


def _of_the_directory(auth: Ldap) -> Iterator[Finding]:
    import re

    # A filter with more in it than the name may find few.
    if not re.fullmatch(r"\([\w-]+=%s\)", auth.search_filter):
        return
    for group in auth.group_mappings:
        if group.group_dn == "*" and (group.grafana_admin or group.org_role == "Admin"):
            argument, what = ("grafana_admin", "administrator of the whole server") if group.grafana_admin else ("org_role", "Admin")
            message = f"everybody in the directory is Grafana's {what}"
            help_ = "give that role to a group by its `group_dn`, and everybody else `Viewer`"
            yield Finding(message, Place(group.origin, (argument,)), help_)
