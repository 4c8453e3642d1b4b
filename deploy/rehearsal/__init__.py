"""The deployment, rehearsed: every machine a network namespace, every program as it is installed.

``python -m deploy.rehearsal --help``. Needs root on Linux and the development environment, which has the
programs around the gateway (Caddy, Patroni, etcd, PostgreSQL, NATS); the gateway itself comes from a wheel.
"""
