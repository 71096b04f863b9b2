"""Who is at the other end: the first address, seen from here, that is not one of our forwarders."""

from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address

Networks = Sequence[IPv4Network | IPv6Network]


def client(peer: str, forwarded: str, forwarders: Networks) -> str:
    """`forwarded`: X-Forwarded-For, of which each entry is worth what its writer is worth."""
    found = peer
    for named in reversed([one.strip() for one in forwarded.split(",") if one.strip()]):
        if not believed(found, forwarders):
            break
        try:
            found = str(ip_address(named))
        except ValueError:
            break
    return found


def believed(address: str, forwarders: Networks) -> bool:
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    return any(parsed in network for network in forwarders)
