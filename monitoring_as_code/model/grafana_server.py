"""Grafana in production: who logs in and how, and where it keeps what it knows."""

from typing import Annotated, Any, Literal, TypeAlias

from monitoring_as_code.model.addresses import Address, Endpoint
from monitoring_as_code.model.checking import Check, Field, Instance
from monitoring_as_code.model.declaration import Part
from monitoring_as_code.model.fields import PlainName, SecretFile, Text
from monitoring_as_code.model.limits import Limits
from monitoring_as_code.model.servers import replica_names


class Postgres(Part):
    """The database that several Grafanas share. `postgres:5432` is a service of the stack; any other host is one that there is already."""

    host: Address = "postgres:5432"
    name: PlainName = "grafana"
    user: PlainName = "grafana"
    password_file: SecretFile = "/run/secrets/grafana_database_password"  # noqa: S105 - a path, no password
    ssl_mode: Literal["disable", "require", "verify-ca", "verify-full"] | None = None
    ca_file: SecretFile | None = None
    limits: Instance[Limits] = Limits(memory="512m", cpus=1.0)

    @property
    def own(self) -> bool:
        """Whether it is a service of the stack."""
        return self.host == "postgres:5432"

    @classmethod
    def _consistent(cls, fields: dict[str, Any]) -> None:
        mode = fields.get("ssl_mode")
        if fields.get("ca_file") is not None and mode not in ("verify-ca", "verify-full"):
            message = "`ca_file` does nothing unless `ssl_mode` is `verify-ca` or `verify-full`"
            raise ValueError(message)


def _whole(names: tuple[str, ...]) -> tuple[str, ...]:
    for name in names:
        if not name or not name.isprintable() or set(" ,[") & set(name):
            message = f"`{name}` would be read as several: Grafana divides at blanks and commas, so give each its own place"
            raise ValueError(message)
    return names


# What Grafana is given as one text.
_Names: TypeAlias = Annotated[tuple[Text, ...], Check(_whole)]


class OAuth(Part):
    """Logging in to Grafana with an account of another service. Fields are those of Grafana's `[auth.generic_oauth]` and its like.

    `role_attribute_path` is a JMESPath that gives `Admin`, `Editor` or `Viewer` for what the service says of a user.
    """

    provider: Literal["generic_oauth", "github", "gitlab", "google", "azuread", "okta"]
    client_id: Text = Field(min_length=1)
    client_secret_file: SecretFile = "/run/secrets/grafana_oauth_client_secret"  # noqa: S105 - a path, no password
    name: Text | None = None
    scopes: _Names = ()
    auth_url: Endpoint | None = None
    token_url: Endpoint | None = None
    api_url: Endpoint | None = None
    allowed_domains: _Names = ()
    allowed_organizations: _Names = ()
    role_attribute_path: Text | None = None
    role_attribute_strict: bool = False
    allow_sign_up: bool = True
    use_pkce: bool = True
    disable_login_form: bool = False

    @classmethod
    def _consistent(cls, fields: dict[str, Any]) -> None:
        provider = fields.get("provider")
        missing = [name for name in ("auth_url", "token_url") if fields.get(name) is None]
        if provider in ("generic_oauth", "azuread", "okta") and missing:
            message = f"Grafana does not know where `{provider}` is: give {' and '.join(f'`{name}`' for name in missing)}"
            raise ValueError(message)
        if fields.get("role_attribute_strict") and fields.get("role_attribute_path") is None:
            message = "`role_attribute_strict` refuses who has no role, and without `role_attribute_path` that is everybody"
            raise ValueError(message)
        if fields.get("allowed_organizations") and provider not in ("github", "generic_oauth"):
            message = f"`allowed_organizations` is for `github` and `generic_oauth`: with `{provider}` use `allowed_domains`"
            raise ValueError(message)


class LdapGroup(Part):
    """What the members of a group of the directory may do; `"*"` is everybody."""

    group_dn: Text = Field(min_length=1)
    org_role: Literal["Admin", "Editor", "Viewer"]
    grafana_admin: bool = False


class Ldap(Part):
    """Logging in to Grafana with an account of a directory. Fields are those of Grafana's `ldap.toml`."""

    host: Text = Field(pattern=r"^[^\s:/]+$", form="a host alone, such as `ldap.example.com`")
    port: int = Field(default=636, ge=1, le=65535)
    use_ssl: bool = True
    start_tls: bool = False
    root_ca_cert: SecretFile | None = None
    bind_dn: Text
    bind_password_file: SecretFile = "/run/secrets/grafana_ldap_bind_password"  # noqa: S105 - a path, no password
    search_filter: Text = "(uid=%s)"
    search_base_dns: tuple[Text, ...] = Field(min_length=1)
    group_search_filter: Text | None = None
    group_search_base_dns: tuple[Text, ...] = ()
    group_mappings: tuple[Instance[LdapGroup], ...] = Field(min_length=1)
    allow_sign_up: bool = True

    @classmethod
    def _consistent(cls, fields: dict[str, Any]) -> None:
        if "search_filter" in fields and "%s" not in fields["search_filter"]:
            message = "`search_filter` finds everybody alike: `%s` stands for who logs in, `(uid=%s)`"
            raise ValueError(message)
        if fields.get("start_tls") and fields.get("use_ssl") is False:
            message = "`start_tls` does nothing without `use_ssl`: leave `use_ssl` out"
            raise ValueError(message)
        if bool(fields.get("group_search_filter")) != bool(fields.get("group_search_base_dns")):
            message = "`group_search_filter` and `group_search_base_dns` need each other"
            raise ValueError(message)


class GrafanaServer(Part):
    """Grafana, or several that share a database.

    `admin_user` is who may always log in, with the password from GRAFANA_PASSWORD. `auth` lets others in with the accounts they have.
    """

    replicas: int = Field(default=1, ge=1, le=4)
    admin_user: PlainName = "admin"
    database: Instance[Postgres] | None = None
    auth: Instance[OAuth] | Instance[Ldap] | None = None
    limits: Instance[Limits] = Limits(memory="512m", cpus=1.0)

    @classmethod
    def _consistent(cls, fields: dict[str, Any]) -> None:
        if fields.get("replicas", 1) > 1 and fields.get("database") is None:
            message = "several Grafanas need a database that they share: give `database=Postgres()`"
            raise ValueError(message)

    @property
    def names(self) -> tuple[str, ...]:
        """What its replicas are called."""
        return replica_names("grafana", self.replicas)
