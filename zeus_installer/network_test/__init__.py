"""The wizard's test of the management network (`tester.test_network`): does what the answers say work on this wire?

All is done in a network namespace of a child process, on a macvlan of the NIC: the running network stays as it is, and
the kernel takes everything down with the process. What comes from the network is not trusted: it is bounded, checked,
and shown only as addresses, numbers and words of our own.
"""
