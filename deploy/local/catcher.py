"""A mail server that delivers nothing: what it gets lies in a folder, for whoever wants to look.

python -m deploy.local.catcher HOST:PORT FOLDER
"""

import asyncio
import sys
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

MOST = 1000
"""Mails that are kept; the oldest go."""
LARGEST = 1_000_000  # bytes of one


class Catcher:
    """Takes all that comes, each into a file whose name sorts by when it came."""

    def __init__(self, folder: Path, most: int = MOST) -> None:
        self._folder, self._most = folder, most
        folder.mkdir(parents=True, exist_ok=True)
        self._last = max((int(file.stem) for file in self._kept), default=0)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self._last += 1
        part = self._folder / f"{self._last:08}.part"
        part.write_bytes(envelope.original_content or b"")
        part.rename(part.with_suffix(".eml"))  # whoever looks sees whole ones
        for old in self._kept[: -self._most]:
            old.unlink()
        return "250 kept"

    @property
    def _kept(self) -> list[Path]:
        return sorted(self._folder.glob("*.eml"))


def caught(folder: Path) -> list[EmailMessage]:
    """Every mail in it, read, the oldest first."""
    return [
        message_from_bytes(file.read_bytes(), policy=policy.default)
        for file in sorted(folder.glob("*.eml"))
    ]


async def serve(host: str, port: int, catcher: Catcher) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(catcher, data_size_limit=LARGEST, ident="ocop", loop=loop), host, port
    )
    await server.serve_forever()


if __name__ == "__main__":
    address, folder = sys.argv[1:]
    host, _, port = address.rpartition(":")
    asyncio.run(serve(host, int(port), Catcher(Path(folder))))
