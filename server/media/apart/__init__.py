"""What other people's files hold, opened in a child process: a bomb ends that, and nothing else."""
