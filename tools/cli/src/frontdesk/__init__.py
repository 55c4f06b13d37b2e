"""How is Frontdesk seen and steered from a terminal? Through the admin API and nothing else."""
