"""A bench of a few machines: dnsmasq and nginx with a rendered tree, and what the machines tell."""
