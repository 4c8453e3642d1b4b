"""``msa console``: the console in a terminal, for when the browser is down, and as a client's example.

It is made of ``dispatch.client`` alone: what it can do, any integrator's program can.
"""
