"""HTTP: what companions and operators may ask, and how a refusal looks.

Routers reach what they need by ``services_of``; they know no database (``gateway.store`` and this
package are beside each other, and ``gateway.main`` joins them).
"""
