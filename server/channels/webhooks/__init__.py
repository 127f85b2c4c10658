"""数据推送 by HTTPS: one careful POST, and the round that sends all that is due."""
