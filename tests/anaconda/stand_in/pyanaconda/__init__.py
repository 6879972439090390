"""Stand-in for what an add-on imports of pyanaconda: names and behaviour of 40.22 (EL 10) to 45.21, not their code.

On the path as `tests/anaconda/stand_in`. Where a behaviour is surprising, the docstring names the file of Anaconda's
source (github.com/rhinstaller/anaconda) that has it.
"""
