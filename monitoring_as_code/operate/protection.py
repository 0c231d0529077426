"""TLS and logins of the servers on this machine: what their `web` says, with the secrets that are here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from monitoring_as_code.light import NamedTuple
from monitoring_as_code.model.security import web_password_file, web_users_file
from monitoring_as_code.model.topology import servers, web_of
from monitoring_as_code.naming import secret_variables
from monitoring_as_code.operate.engine import StackError
from monitoring_as_code.operate.login import Login
from monitoring_as_code.yaml_text import to_yaml

if TYPE_CHECKING:
    from monitoring_as_code.model.security import Web
    from monitoring_as_code.model.stack import Stack
    from monitoring_as_code.operate.secrets import Secrets


class Protection(NamedTuple):
    """How a service protects itself: the file that tells it so, and how it is asked then."""

    file: str
    login: Login


def protections(stack: Stack, secrets: Secrets, words: list[str], lacking: dict[str, None]) -> Mapping[str, Protection]:
    """Those of the services that have a `web`. One whose secrets are missing has none here, which is said; in production they are `lacking`.

    Raises:
        StackError: the users are not what they should be, or nobody could ask a server with what there is.
    """
    found: dict[str, Protection] = {}
    for service in dict.fromkeys(server.service for server in servers(stack)):
        web = web_of(stack, service)
        if web is None:
            continue
        made = _protection(service, web, secrets, words)
        if isinstance(made, Protection):
            found[service] = made
        elif stack.production:
            lacking |= dict.fromkeys(made)
        else:
            told = ", and ".join(made)
            words.append(f"`{service}` answers every program of this machine, without TLS and without a login: {told}")
    return found


def _protection(service: str, web: Web, secrets: Secrets, words: list[str]) -> Protection | tuple[str, ...]:
    """How it is done, or which secrets are missing, a sentence each."""
    paths: dict[str, Any] = {"certificate_file": web.certificate_file, "key_file": web.key_file, "ca_file": web.ca_file}
    paths = {name: path for name, path in paths.items() if path is not None}
    if web.users:
        paths |= {"users_file": web_users_file(service), "password_file": web_password_file(service)}
    missing: dict[str, None] = {}
    for name in paths:  # one by one: who is told of all of them sets all of them
        one = {name: paths[name]}
        if said := secrets.resolve(one):
            missing[said] = None
        paths |= one
    if missing:
        return tuple(missing)
    tree: dict[str, Any] = {}
    if web.certificate_file is not None:
        _check(service, web, secrets, paths, words)
        tree["tls_server_config"] = {"cert_file": paths["certificate_file"], "key_file": paths["key_file"], "min_version": web.min_version}
    if web.users:
        tree["basic_auth_users"] = _users(service, web, secrets, paths["users_file"])
    login = Login(web.scheme, web.users[0] if web.users else "", paths.get("password_file", ""), paths.get("ca_file", ""))
    return Protection(secrets.keep(f"{service}_web.yml", to_yaml(tree)), login)


def _check(service: str, web: Web, secrets: Secrets, paths: Mapping[str, Any], words: list[str]) -> None:
    """Refuse what no server of ours could be asked with: one that runs would take it at once, and answer nobody any more."""
    import time

    from monitoring_as_code.operate.certificates import Unfit, check

    declared = {name: str(getattr(web, name)) for name in ("certificate_file", "key_file", "ca_file") if name in paths}
    named = {name: f"`{secret_variables(path)[0]}`" for name, path in declared.items()}
    try:
        pem = {name: secrets.content(paths[name]) for name in declared}
        life = check(pem["certificate_file"], pem["key_file"], pem.get("ca_file"))
    except UnicodeDecodeError:  # the server will say what it makes of that
        return
    except Unfit as unfit:
        *others, last = named.values()
        raise StackError(f"`{service}` cannot be protected by {', '.join(others)} and {last}: {unfit}; nothing was changed") from None
    if life.ends_soon(time.time()):
        date = time.strftime("%Y-%m-%d", time.gmtime(life.ends))
        words.append(f"the certificate in {named['certificate_file']} ends on {date}: nobody trusts it from then on")


def _users(service: str, web: Web, secrets: Secrets, path: str) -> dict[str, str]:
    """The hash of each declared user's password; others that the secret knows may not log in."""
    variable = f"{service.replace('-', '_')}_web_users".upper()
    hashes: dict[str, str] = {}
    for number, line in enumerate(secrets.content(path).splitlines(), 1):
        if line.strip():
            user, _, hashed = line.strip().partition(":")
            if not hashed.startswith(("$2a$", "$2b$", "$2y$")):
                # What stands there is a secret.
                raise StackError(f"line {number} of `{variable}` is no user with a hash: `htpasswd -nBC 10 USER` prints one")
            hashes[user] = hashed
    absent = next((user for user in web.users if user not in hashes), None)
    if absent is not None:
        raise StackError(
            f"`{variable}` has no line for `{absent}`, whom the `web` of `{service}` lets in: `htpasswd -nBC 10 {absent}` prints one"
        )
    return {user: hashes[user] for user in web.users}
