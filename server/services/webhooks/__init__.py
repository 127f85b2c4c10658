"""数据推送: who receives, what goes out and when, what came of it, and what others fetch."""
