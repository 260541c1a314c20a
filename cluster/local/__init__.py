"""The embedded cluster: three brokers and three controllers as child processes on loopback."""
