"""The command."""

import argparse
import io
import json
import logging
import os
import sqlite3
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from ocop_marketplace import __version__
from ocop_marketplace.following import follow
from ocop_marketplace.listing import Listing
from ocop_marketplace.problems import Refused
from ocop_marketplace.store import Change, Store

KINDS = {"new": "mới · new", "changed": "đổi · changed", "gone": "thôi công bố · no longer listed"}
REFUSED = 3  # 2 is argparse's, for a wrong call
STOPPED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    for out in (sys.stdout, sys.stderr):
        if isinstance(out, io.TextIOWrapper):  # whatever the console's own is: it lacks letters
            out.reconfigure(encoding="utf-8")
    asked = _parser().parse_args(arguments)
    logging.getLogger("pika").setLevel(logging.CRITICAL)  # what it knows, we say in our own words
    try:
        asked.command(asked)
    except Refused as error:
        _say(str(error))
        return REFUSED
    except sqlite3.Error as error:
        _say(f"{asked.store}: {error}")
        return REFUSED
    except BrokenPipeError:  # whoever read our lines has left
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except KeyboardInterrupt:
        return STOPPED
    return 0


def _follow(asked: argparse.Namespace) -> None:
    follow(
        stream=asked.stream, api=asked.api, tenant=asked.tenant, store=asked.store,
        once=asked.once, say=_say,
        told=lambda change, _db: print(_change(change, asked.json), flush=True),
    )  # fmt: skip


def _show(asked: argparse.Namespace) -> None:
    if not asked.store.exists():
        raise Refused(f"chưa có tệp · no such file: {asked.store}")
    with Store(asked.store) as store:
        for listing in store.listings():
            print(_json(listing) if asked.json else _product(listing))


def _change(change: Change, as_json: bool) -> str:
    if as_json:
        told = {"sequence": change.sequence, "change": change.kind, "listing": change.listing}
        return _json(told)
    return f"{change.sequence}  {KINDS[change.kind]}:  {_product(change.listing)}"


def _product(listing: Listing) -> str:
    potential = listing.get("potential")
    star = f"{listing['star']} sao" + (f" (tiềm năng {potential} sao)" if potential else "")
    words = listing["name"], star, listing["producer"]["name"], listing["place"]["unit"]
    return " | ".join(words)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _say(line: str) -> None:
    print(f"ocop-marketplace: {line}", file=sys.stderr, flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "ocop-marketplace", description="Sản phẩm OCOP cho sàn · certified products, as they change"
    )
    parser.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    commands = parser.add_subparsers(required=True, metavar="follow|show")
    each = argparse.ArgumentParser(add_help=False)
    _setting(each, "--store", "tệp dữ liệu (SQLite) · the file to keep it all in", Path)
    each.add_argument(
        "--json", action="store_true", help="mỗi dòng một JSON · one JSON object a line"
    )
    one = commands.add_parser("follow", parents=[each], help="báo từng thay đổi · tell each change")
    _setting(one, "--stream", "amqp://USER:PASSWORD@HOST:PORT/VHOST", _address("amqp", "amqps"))
    _setting(one, "--tenant", "tỉnh hoặc huyện · province or district: an-giang", str)
    _setting(one, "--api", "cổng của nền tảng · the platform's gateway", _address("http", "https"))
    one.add_argument("--once", action="store_true", help="kết thúc khi đã đủ · end when caught up")
    one.set_defaults(command=_follow)
    other = commands.add_parser(
        "show", parents=[each], help="sản phẩm đang công bố · what is listed now"
    )
    other.set_defaults(command=_show)
    return parser


def _setting(
    parser: argparse.ArgumentParser,
    flag: str,
    words: str,
    kind: Callable[[str], object],
) -> None:
    """By flag, or by environment, where a password is better kept."""
    name = f"OCOP_MARKETPLACE_{flag.removeprefix('--').upper()}"
    given = os.environ.get(name)
    parser.add_argument(
        flag, help=f"{words} (or {name})", type=kind, default=given, required=not given
    )


def _address(*schemes: str) -> Callable[[str], str]:
    def address(text: str) -> str:
        try:
            parts = urlsplit(text)
            if parts.scheme in schemes and parts.hostname and parts.port != 0:
                parts.hostname.encode("idna")
                return text
        except ValueError:  # a port that is no number, a name that is none
            pass
        # the text itself may hold a password
        raise argparse.ArgumentTypeError(f"not an address that begins with {schemes[0]}://")

    return address


if __name__ == "__main__":
    sys.exit(main())
