"""Who counts as one sender: an address, or for IPv6 the network that its owner was given."""

from ipaddress import IPv6Address, ip_address, ip_network

OWN = 64
"""Bits of an IPv6 address that name a home's network; the rest its owner chooses at will."""


def neighbourhood(address: str) -> str:
    """What senders are counted by; ``::ffff:1.2.3.4`` is ``1.2.3.4``, what is none itself."""
    try:
        parsed = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ip_network((parsed, OWN), strict=False))
