"""What phones and files of unsent records hand in, received once and answered one by one."""
