"""Real mail servers for tests: private instances on free loopback ports, each in a folder of its own, ended by pid."""
