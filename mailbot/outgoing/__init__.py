"""From a composed letter to the server's acceptance: the breaker, the queue, the way out. Begins: `outbox.deliver`."""
