"""What every process of Anaconda shares: the bus, signals, configuration, kickstart."""
