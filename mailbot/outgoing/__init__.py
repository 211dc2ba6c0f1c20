"""From a composed letter to the server's acceptance: the brake, the queue, the way out. Begins in `outbox.deliver`."""
