"""``msa drill``: scripted stories on real processes, judged by the history checker.

A drill shows on this machine, in real time, that the guarantees hold while things go wrong. What it
starts it ends; its database is made anew. The checker (``history``, ``judging``) judges the
acceptance tests too.
"""
