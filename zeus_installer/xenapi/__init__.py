"""The session over xapi's local socket, and the calls that Zeus makes, one module a class of XenAPI."""
