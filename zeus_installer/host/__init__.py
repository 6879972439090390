"""What is in the files of a dom0: identity, access, names of NICs, essential programs, units. Steps put it there."""
