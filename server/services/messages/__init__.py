"""微信提醒: what is news to whom, what they allow, and what has become of each message."""
