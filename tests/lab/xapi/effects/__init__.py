"""What the lab's xapi does to the machine, behind ports: `real` ones for dom0, and `none` for tests of the logic."""
