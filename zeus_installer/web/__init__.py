"""Asking web servers, with everything checked: certificates or fingerprints, sizes, redirects, patience."""
