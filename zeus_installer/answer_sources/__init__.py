"""Where answers come from when nobody names a file: command line of the kernel, volume, DHCP, servers, medium."""
