"""What the machine is: probes that read below a root directory, and the plain data that they give."""
