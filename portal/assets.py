"""Style, script and letters, each served under a name with its content's hash: kept for a year."""

import gzip
import hashlib
from pathlib import Path
from typing import NamedTuple

import fontpkg_be_vietnam_pro as letters

STATIC = Path(__file__).with_name("static")
FONTS = ("BeVietnamPro-Regular.ttf", "BeVietnamPro-SemiBold.ttf")
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".ttf": "font/ttf",
}


class Asset(NamedTuple):
    content_type: str
    plain: bytes
    gzipped: bytes


class Assets:
    def __init__(self) -> None:
        self.named: dict[str, str] = {}
        self.served: dict[str, Asset] = {}
        for font in FONTS:
            self._add(font, (letters.ROOT / "files" / font).read_bytes())
        for file in sorted(STATIC.iterdir()):
            content = file.read_bytes()
            if file.suffix == ".css":
                for font in FONTS:
                    content = content.replace(font.encode(), self.named[font].encode())
            self._add(file.name, content)

    def _add(self, name: str, content: bytes) -> None:
        file = Path(name)
        digest = hashlib.sha256(content).hexdigest()[:10]
        self.named[name] = f"{file.stem}.{digest}{file.suffix}"
        self.served[self.named[name]] = Asset(
            TYPES[file.suffix], content, gzip.compress(content, mtime=0)
        )
