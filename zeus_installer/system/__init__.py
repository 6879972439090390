"""The ground floor: target root, programs, atomic files, events, errors, secrets. It imports nothing of ours."""
