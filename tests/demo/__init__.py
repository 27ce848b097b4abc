"""A whole round of each rule set, played through the gateway by people who signed in: `make demo`.

Nothing here reads a database. Acts stand in `acts/`, each a handful of functions that take the `Stage` and do what
people do; `story.py` names them in their order. What an act finds is told in sentences and counted (`tally.py`).
"""
