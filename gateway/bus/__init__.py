"""NATS between nodes: a doorbell, and what is only kept. Nothing depends on a message's arrival."""
