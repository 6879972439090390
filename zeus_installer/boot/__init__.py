"""How the host boots: dom0's resources, command lines, boot sets, GRUB's entries and environment. Steps use it."""
