"""XenAPI: the session over the local socket, and the calls that Zeus makes."""
