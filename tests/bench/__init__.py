"""How fast it is, each speed as a ratio within one run: `make bench`, or `python -m tests.bench [row…] [--quick]`."""
