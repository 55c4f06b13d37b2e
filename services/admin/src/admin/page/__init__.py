"""What do people see in a browser? Pages rendered here, from what the API itself answers."""
