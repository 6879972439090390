"""Zeus turns a Fedora machine into a Xen + XenAPI (xapi) virtualization host."""

__version__ = "0.1.0"
