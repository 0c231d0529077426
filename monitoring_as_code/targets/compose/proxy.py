"""What speaks TLS with people, and leads them to Grafana: Traefik, which gets its certificate itself, or nginx with one that is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitoring_as_code.model.proxy import Nginx, Traefik
from monitoring_as_code.targets.compose.secrets import Secret
from monitoring_as_code.targets.compose.service import Service, direct, mount, service, volume
from monitoring_as_code.yaml_text import to_yaml

if TYPE_CHECKING:
    from monitoring_as_code.model.stack import Stack
    from monitoring_as_code.yaml_text import Plain

# A year, which is what browsers ask for before they take a domain into their lists.
_HSTS_SECONDS = 31536000
# Inside of the container, where nobody needs a privilege for them.
HTTP, HTTPS, HEALTH = 8080, 8443, 8082
FOLDER = "/etc/mac/proxy"


def proxy_service(stack: Stack, wanted: Traefik | Nginx) -> Service:
    """The only service that the world may ask."""
    ports = [f"443:{HTTPS}", f"80:{HTTP}"]
    waits: Plain = {name: {"condition": "service_healthy"} for name in stack.grafana.names}
    if isinstance(wanted, Traefik):
        settings = service(
            stack.images.traefik.reference,
            wanted.limits,
            ["front"],
            ["traefik", "healthcheck", *traefik_health_flags()],
            user="0:0",
            tmpfs=["/tmp:size=16m"],  # noqa: S108 - in the container
            more={
                "command": traefik_flags(wanted),
                "volumes": [mount("compose/proxy", FOLDER), volume("acme", "/acme")],
                "ports": ports,
                "depends_on": waits,
            },
        )
        comment = "The only way in. Its volume with the certificate belongs to root, so it is root without any capability."
        return Service("proxy", comment, settings, outward="front")
    secrets = (
        Secret(wanted.certificate_file, "refuse", f"the certificate of {wanted.domain} and those that signed it", file_only=True),
        Secret(wanted.key_file, "refuse", f"the key of the certificate of {wanted.domain}", file_only=True),
    )
    settings = service(
        stack.images.nginx.reference,
        wanted.limits,
        ["front"],
        ["wget", "-q", "-O", "/dev/null", f"http://127.0.0.1:{HEALTH}/health"],
        user="101:101",
        tmpfs=["/tmp:mode=1777,size=64m"],  # noqa: S108 - in the container
        more={
            "entrypoint": ["nginx", "-c", f"{FOLDER}/nginx.conf", "-g", "daemon off;"],
            "volumes": [mount("compose/proxy", FOLDER)],
            "secrets": [direct(each) for each in secrets],
            "ports": ports,
            "depends_on": waits,
        },
    )
    return Service("proxy", "The only way in.", settings, demanded=secrets, outward="front")


def traefik_flags(proxy: Traefik) -> list[str]:
    """Its command line: no pages of its own, no asking for new versions, no socket of Docker."""
    found = [
        f"--entrypoints.http.address=:{HTTP}",
        "--entrypoints.http.http.redirections.entrypoint.to=:443",
        "--entrypoints.http.http.redirections.entrypoint.scheme=https",
        f"--entrypoints.https.address=:{HTTPS}",
        *traefik_health_flags(),
        f"--providers.file.directory={FOLDER}",
        "--certificatesresolvers.acme.acme.tlschallenge=true",
        f"--certificatesresolvers.acme.acme.email={proxy.email}",
        "--certificatesresolvers.acme.acme.storage=/acme/acme.json",
    ]
    if proxy.ca_server is not None:
        found.append(f"--certificatesresolvers.acme.acme.caserver={proxy.ca_server}")
    return [*found, "--global.checknewversion=false", "--global.sendanonymoususage=false", "--log.level=INFO", "--accesslog=true"]


def traefik_health_flags() -> list[str]:
    """Where it says that it is well, to itself alone."""
    return ["--ping=true", "--ping.entrypoint=health", f"--entrypoints.health.address=127.0.0.1:{HEALTH}"]


def traefik_yaml(proxy: Traefik, backends: list[str], header: str) -> str:
    """Which requests go where, and how TLS is spoken."""
    return to_yaml(
        {
            "http": {
                "routers": {
                    "grafana": {
                        "rule": f"Host(`{proxy.domain}`)",
                        "entryPoints": ["https"],
                        "service": "grafana",
                        "middlewares": ["headers"],
                        "tls": {"certResolver": "acme", "options": "default"},
                    }
                },
                "services": {
                    "grafana": {
                        "loadBalancer": {
                            "servers": [{"url": f"http://{each}"} for each in backends],
                            "healthCheck": {"path": "/api/health", "interval": "10s", "timeout": "3s"},
                        }
                    }
                },
                "middlewares": {
                    "headers": {
                        "headers": {
                            "stsSeconds": _HSTS_SECONDS,
                            "stsIncludeSubdomains": True,
                            "contentTypeNosniff": True,
                            "referrerPolicy": "strict-origin-when-cross-origin",
                        }
                    }
                },
            },
            "tls": {"options": {"default": {"minVersion": "VersionTLS12", "sniStrict": True}}},
        },
        header=header,
    )


def nginx_conf(proxy: Nginx, backends: list[str], header: str) -> str:
    """The whole configuration of nginx. It never runs as root, so all that it writes is in /tmp."""
    servers = "\n".join(f"        server {each} max_fails=2 fail_timeout=10s;" for each in backends)
    return f"""\
# {header}
pid /tmp/nginx.pid;
worker_processes auto;
error_log /dev/stderr warn;

events {{
    worker_connections 1024;
}}

http {{
    access_log /dev/stdout;
    server_tokens off;
    client_body_temp_path /tmp/client;
    proxy_temp_path /tmp/proxy;
    fastcgi_temp_path /tmp/fastcgi;
    uwsgi_temp_path /tmp/uwsgi;
    scgi_temp_path /tmp/scgi;

    # Grafana's live pages hold a connection open.
    map $http_upgrade $connection_upgrade {{
        default upgrade;
        '' close;
    }}

    upstream grafana {{
{servers}
    }}

    server {{
        listen 127.0.0.1:{HEALTH};
        location = /health {{
            access_log off;
            return 204;
        }}
    }}

    server {{
        listen {HTTP} default_server;
        server_name {proxy.domain};
        return 301 https://{proxy.domain}$request_uri;
    }}

    # Whoever asks for another name gets no answer.
    server {{
        listen {HTTPS} ssl default_server;
        ssl_reject_handshake on;
    }}

    server {{
        listen {HTTPS} ssl;
        server_name {proxy.domain};
        ssl_certificate {_quoted(proxy.certificate_file)};
        ssl_certificate_key {_quoted(proxy.key_file)};
        ssl_protocols TLSv1.2 TLSv1.3;
        ssl_session_cache shared:tls:10m;
        ssl_session_tickets off;
        client_max_body_size 16m;
        add_header Strict-Transport-Security "max-age={_HSTS_SECONDS}; includeSubDomains" always;
        add_header X-Content-Type-Options nosniff always;
        add_header Referrer-Policy strict-origin-when-cross-origin always;

        location / {{
            proxy_pass http://grafana;
            proxy_http_version 1.1;
            proxy_set_header Host $host;
            proxy_set_header Upgrade $http_upgrade;
            proxy_set_header Connection $connection_upgrade;
            proxy_set_header X-Real-IP $remote_addr;
            proxy_set_header X-Forwarded-For $remote_addr;
            proxy_set_header X-Forwarded-Proto https;
        }}
    }}
}}
"""


def _quoted(path: str) -> str:
    escaped = path.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
