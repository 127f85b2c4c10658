"""每月报送: what the 专班's members report by the 18th, its acceptance, reminders and summary."""
