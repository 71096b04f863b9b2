"""RabbitMQ, a node of our own from Debian's package; the package's own service is never used."""

import secrets
import zlib
from pathlib import Path
from urllib.parse import quote

from deploy.local.asking import ask
from deploy.local.engines.engine import Engine, plain_environment
from deploy.local.failure import Failure

# The wrapper in /usr/sbin insists on the package's own user; this one does not.
PROGRAM = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")
USER = "ocop"

CONFIGURATION = """\
listeners.tcp.1 = 127.0.0.1:{amqp}
management.tcp.ip = 127.0.0.1
management.tcp.port = {management}
prometheus.tcp.ip = 127.0.0.1
prometheus.tcp.port = {prometheus}
log.console = true
log.console.use_colors = off
log.file = false
# Made at the first start instead of guest, which then never exists.
default_user = {user}
default_pass = {password}
"""


class RabbitMQ(Engine):
    name = "rabbitmq"
    title = "RabbitMQ"
    variable = "OCOP_RABBITMQ"
    preferred_ports = {"amqp": 8302, "management": 8303, "prometheus": 8304, "distribution": 8305}

    @property
    def node(self) -> str:
        """Nodes of one machine share its name server, so each folder's has a name of its own."""
        return f"ocop-{zlib.crc32(bytes(self.folder.resolve())):08x}@localhost"

    @property
    def password(self) -> str:
        file = self.folder / "password"
        if not file.exists():
            file.touch(mode=0o600)
            file.write_text(secrets.token_urlsafe(24))
        return file.read_text()

    def fetch(self) -> None:
        if not PROGRAM.exists():
            raise Failure(
                f"Thiếu {PROGRAM} (gói Debian rabbitmq-server).",
                f"{PROGRAM} is missing (Debian's package rabbitmq-server).",
            )

    def command(self) -> tuple[list[str], dict[str, str], Path]:
        configuration = self.folder / "rabbitmq.conf"
        configuration.touch(mode=0o600)
        configuration.write_text(
            CONFIGURATION.format(**self.ports, user=USER, password=self.password)
        )
        plugins = self.folder / "enabled_plugins"
        plugins.write_text("[rabbitmq_management,rabbitmq_shovel,rabbitmq_prometheus].\n")
        environment = plain_environment(self.folder) | {
            "RABBITMQ_NODENAME": self.node,
            "RABBITMQ_MNESIA_BASE": str(self.folder / "data"),
            "RABBITMQ_LOG_BASE": str(self.folder),
            "RABBITMQ_CONFIG_FILE": str(configuration),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(plugins),
            "RABBITMQ_DIST_PORT": str(self.ports["distribution"]),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
            "ERL_EPMD_ADDRESS": "127.0.0.1",
        }
        return [str(PROGRAM)], environment, self.folder

    def ready(self) -> bool:
        checks = (f"port-listener/{self.ports['amqp']}", "virtual-hosts")
        return all(ask(f"{self.management}/api/health/checks/{c}")[0] == 200 for c in checks)

    @property
    def address(self) -> str:
        """Without a vhost: each site has its own."""
        return f"amqp://{USER}:{quote(self.password)}@127.0.0.1:{self.ports['amqp']}"

    @property
    def management(self) -> str:
        return f"http://{USER}:{quote(self.password)}@127.0.0.1:{self.ports['management']}"

    @property
    def addresses(self) -> dict[str, str]:
        return {"OCOP_RABBITMQ": self.address, "OCOP_RABBITMQ_MANAGEMENT": self.management}
