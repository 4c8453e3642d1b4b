"""The rehearsal of the alerts: real gateways and a canary, real Prometheus and Alertmanager, real faults."""
