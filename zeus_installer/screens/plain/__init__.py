"""The plain face of the wizard: question, choices, answer, line by line. It needs nothing of a terminal."""
