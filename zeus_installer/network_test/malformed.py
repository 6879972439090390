"""What the readers of packets raise: whatever came in is not what it claims to be."""


class MalformedError(Exception):
    """Bytes from the network that are wrong, or meant for somebody else. They are passed over."""
