"""The loyalty warehouse: load, check, build and publish, without an orchestrator."""
