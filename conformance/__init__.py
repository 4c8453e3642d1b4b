"""What an integrator runs alone against a gateway: ``msa conformance URL``.

It imports nothing of the gateway's: all that it knows is HTTP, the standards, and docs/integrators.md. So
what passes here, another program passes that was written from that page alone.
"""
