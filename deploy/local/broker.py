"""The vhosts of a site: its own, and one for the public streams, where partners may look."""

from urllib.parse import quote, unquote, urlsplit

from deploy.local.asking import ask
from deploy.local.failure import Failure


def ensure_vhost(management: str, vhost: str) -> None:
    """Left alone where it is, as on a broker where somebody made it for us."""
    url = f"{management}/api/vhosts/{quote(vhost, safe='')}"
    if ask(url)[0] == 200:
        return
    _done(*ask(url, "PUT", {}), what=f"vhost {vhost}")
    user = unquote(urlsplit(management).username or "guest")
    everything = {"configure": ".*", "write": ".*", "read": ".*"}
    permissions = f"{management}/api/permissions/{quote(vhost, safe='')}/{quote(user, safe='')}"
    _done(*ask(permissions, "PUT", everything), what=f"vhost {vhost}")


def drop_vhost(management: str, vhost: str) -> None:
    status, said = ask(f"{management}/api/vhosts/{quote(vhost, safe='')}", "DELETE", read=30)
    if status != 404:
        _done(status, said, what=f"vhost {vhost}")


def _done(status: int, said: object, what: str) -> None:
    if not 200 <= status < 300:
        raise Failure(
            f"RabbitMQ không chấp nhận ({what}): {status} {said}",
            f"RabbitMQ refused ({what}): {status} {said}",
        )
