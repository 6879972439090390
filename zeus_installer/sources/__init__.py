"""Package sources: which repositories, package names and kernel make a host. Data, not code."""
