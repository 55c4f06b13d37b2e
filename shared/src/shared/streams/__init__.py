"""How do the services hand work to each other? Through Redis Streams: nothing lost, done twice or out of order."""
