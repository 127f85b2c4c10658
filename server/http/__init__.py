"""What both doors share: session per request, guards, problems, clock, ids."""
